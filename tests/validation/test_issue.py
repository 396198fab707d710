from __future__ import annotations

from adapter.validation.finding import below, error, note, warning
from adapter.validation.issue import MOST_ISSUES, issues_of

PATIENT = {"resourceType": "Patient"}


def test_a_finding_becomes_an_issue_with_the_path_from_the_resource_on() -> None:
    (issue,) = issues_of(below(below([error("value", "no", "format", ".given[1]")], "[0]"), ".name"), PATIENT)
    assert (issue.severity, issue.code, issue.diagnostics, issue.key) == ("error", "value", "no", "format")
    assert issue.expression == "Patient.name[0].given[1]"


def test_what_is_no_resource_has_no_path() -> None:
    (issue,) = issues_of([error("structure", "no", "resource-type")], [])
    assert issue.expression is None


def test_errors_stand_first_and_each_issue_once() -> None:
    found = [
        note("informational", "a", "x"),
        warning("value", "b", "x"),
        error("value", "c", "x"),
        note("informational", "a", "x"),
    ]
    assert [each.diagnostics for each in issues_of(found, PATIENT)] == ["c", "b", "a"]


def test_as_many_as_are_told_are_told() -> None:
    found = [error("value", str(place), "x") for place in range(MOST_ISSUES)]
    assert len(issues_of(found, PATIENT)) == MOST_ISSUES
    more = issues_of([*found, error("value", "one more", "x")], PATIENT)
    assert len(more) == MOST_ISSUES + 1
    assert more[-1].diagnostics.startswith("1 more")
    assert more[-1].expression == "Patient"
    assert more[-1].severity == "information"
