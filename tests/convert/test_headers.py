from __future__ import annotations

from adapter.convert.batch import Header
from adapter.convert.headers import judged
from adapter.convert.vocabulary import Vocabulary
from adapter.outcome import Issue, Place

PLACE = Place("x.csv", line=1)


def header(names: str, form: str = "pain", site: str | None = None, place: Place = PLACE) -> Header:
    from tests.convert.words import STUDY

    return judged(Vocabulary(STUDY, site), form, tuple(names.split(",")), place)


def only(found: Header) -> Issue:
    (issue,) = found.faults
    return issue


def test_a_header_of_known_columns_has_no_fault() -> None:
    assert header("day,subject,score") == Header(("day", "subject", "score"))
    assert header("编号,日期,评分,note", site="01").faults == ()


def test_an_unknown_column_is_named_with_its_place_and_the_nearest() -> None:
    found = header("subject,day,score,nott")
    assert only(found).place == Place("x.csv", line=1, column=4)
    assert "unknown column 'nott'; did you mean note?" in only(found).diagnostics
    assert (found.unread, found.missing) == ({"nott"}, frozenset())


def test_in_a_sheet_a_column_has_letters() -> None:
    found = header("subject,day,score,nott", place=Place("x.xlsx", sheet="pain", row=2))
    assert only(found).place == Place("x.xlsx", sheet="pain", row=2, column="D")
    wide = header(",".join(["subject,day,score,note,at", *map(str, range(22))]))
    assert wide.faults[-1].place == Place("x.csv", line=1, column=27)


def test_a_label_is_known_for_its_item() -> None:
    assert "it is the label of score: write score" in header("subject,day,疼痛").faults[0].diagnostics


def test_a_column_that_every_record_needs_is_missed_once() -> None:
    found = header("subject,day")
    assert only(found).diagnostics == "there is no column score, which every record of pain needs: add it"
    assert found.missing == {"score"}


def test_a_needed_column_that_is_only_misspelt_is_not_missed_too() -> None:
    assert "did you mean score?" in only(header("subject,day,scor")).diagnostics


def test_the_words_of_a_site_are_one_fault_that_names_the_site() -> None:
    told = only(header("编号,日期,评分")).diagnostics
    assert told == "unknown columns '编号', '日期', '评分', words of site 01: give --site 01"
    some = header("编号,日期,评分,nott").faults
    assert [issue.place and issue.place.column for issue in some] == [1, 4]


def test_the_columns_of_another_form_are_one_fault_that_names_the_form() -> None:
    told = only(header("subject,day,volume,kit")).diagnostics
    assert "unknown columns 'volume', 'kit', columns of the form dose: give --form dose, or name" in told
    assert "give --form dose --site 02" in only(header("编号,日期,体积,药盒", form="end")).diagnostics


def test_a_header_of_which_nothing_is_known_is_one_fault() -> None:
    told = only(header("a,b")).diagnostics
    assert told == "no column is one of pain: found 'a', 'b'; expected subject, day, score, at, note"
