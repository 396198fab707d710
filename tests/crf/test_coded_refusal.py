from __future__ import annotations

from dataclasses import replace

from adapter.crf.record import parser
from adapter.crf.study import Site
from tests.crf.toy import GOOD, TOY, json_refusals, refusals

SITES = {
    "01": Site("01", values={"colour": {"红": "red", "绿": "green"}, "boolean": {"是": True}}),
    "02": Site("02", values={"colour": {"1": "red", "红": "red"}}),
    "03": Site("03", values={"colour": {"1": "green"}}),
}
WITH_SITES = replace(TOY, sites=SITES)


def told(site: str | None = None, **cells: str) -> str:
    (issue,) = parser(WITH_SITES, "toy", site).parse_cells(GOOD | cells)[1]
    return issue.diagnostics


def test_the_answers_are_listed_and_the_label_is_known() -> None:
    refusal = refusals(answer="Red One")["answer"]
    assert "expected one of red, green, blue; 'Red One' is the label; write red" in refusal


def test_a_word_of_one_site_names_the_site_and_what_it_means() -> None:
    assert "site 01 writes this for green: is it that site's (--site 01)?" in told(answer="绿")
    assert "site 01 writes this for true" in told(smoker="是")
    (issue,) = parser(WITH_SITES, "toy").parse_json({"subject": "01-001", "pain": 0, "smoker": "是"})[1]
    assert "--site 01" in issue.diagnostics


def test_a_word_of_several_sites_names_them_and_the_meaning_only_where_they_agree() -> None:
    assert "the sites 01, 02 write this for red: is it one of theirs (--site 01)?" in told(answer="红")
    assert "the sites 02, 03 write this: is it" in told(answer="1")


def test_with_a_site_its_own_words_are_listed_beside_the_answers() -> None:
    assert "expected one of red (红), green (绿), blue" in told("01", answer="x")
    assert "expected one of true (是), false" in told("01", smoker="x")


def test_a_word_that_no_site_knows_names_none() -> None:
    assert "--site" not in told(answer="紫")
    assert "--site" not in json_refusals(smoker="yes")["smoker"]
    assert "if true is meant" in told(smoker="yes")
