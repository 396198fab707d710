from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from lxml import etree

from adapter.outcome import Issue, Place
from adapter.verdict.formats import Count, counted, junit, ndjson, summary, text
from adapter.verdict.judge import Verdict

PLACE = Place("a.json", 3, 7)
WRONG = Issue("error", "code-invalid", "'x' is no code.", "Patient.gender", "subject", "sex", PLACE, "binding")
NOTE = Issue("information", "not-supported", "Not checked.", "Patient", key="binding")
VERDICTS = [Verdict("a.json", (WRONG, NOTE)), Verdict("b.json", ()), Verdict("c.json", (NOTE,))]


def test_text_tells_of_each_resource_with_issues_where_they_are_and_what_is_wrong() -> None:
    assert "".join(text(VERDICTS)).splitlines() == [
        "a.json: NOT VALID",
        "  line 3, column 7, Patient.gender (subject.sex): error: 'x' is no code. [binding]",
        "  Patient: information: Not checked. [binding]",
        "c.json: valid",
        "  Patient: information: Not checked. [binding]",
    ]


def test_an_issue_without_a_place_or_key_is_told_too() -> None:
    told = list(text([Verdict("a.json", (Issue("fatal", "structure", "It is cut off.", place=Place(line=2)),))]))
    assert told[1] == "  line 2: fatal: It is cut off. [structure]\n"


def test_ndjson_has_a_line_for_each_resource() -> None:
    first, second, _ = (json.loads(line) for line in ndjson(VERDICTS))
    assert second == {"source": "b.json", "valid": True, "issues": []}
    assert (first["source"], first["valid"]) == ("a.json", False)
    assert first["issues"][0] == {
        "severity": "error",
        "code": "code-invalid",
        "expression": "Patient.gender",
        "constraint": "binding",
        "diagnostics": "'x' is no code.",
        "form": "subject",
        "item": "sex",
        "line": 3,
        "column": 7,
    }


def test_junit_is_xml_with_a_case_for_each_resource() -> None:
    suites = etree.fromstring("".join(junit(VERDICTS)).encode())
    suite = suites[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert [case.get("name") for case in suite] == ["a.json", "b.json", "c.json"]
    assert [[part.tag for part in case] for case in suite] == [["failure", "system-out"], [], ["system-out"]]
    assert "is no code" in (suite[0][0].text or "")


def test_what_no_xml_may_hold_stands_in_no_junit_report() -> None:
    issue = Issue("error", "value", "found '\x00\x1b\ud800\ufffe' <&>", key="x")
    suites = etree.fromstring("".join(junit([Verdict("a\x01.json", (issue,))])).encode())
    assert "<&>" in (suites[0][0][0].text or "")


def test_a_report_larger_than_memory_is_whole() -> None:
    verdicts = (Verdict(f"{number}.json", (WRONG,)) for number in range(10_000))
    suites = etree.fromstring("".join(junit(verdicts)).encode())
    assert len(suites[0]) == 10_000


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "There is nothing to validate: the inputs hold no resource."),
        ([Verdict("a", ())], "1 resource: none refused"),
        (VERDICTS, "3 resources: 1 refused (1 error, 2 information)"),
        ([Verdict("a", (WRONG, WRONG))] * 1500, "1,500 resources: 1,500 refused (3,000 errors)"),
    ],
)
def test_the_summary_counts_what_passed(verdicts: Iterable[Verdict], expected: str) -> None:
    count: Count = {}
    assert list(counted(verdicts, count)) == list(verdicts)
    assert summary(count) == expected
