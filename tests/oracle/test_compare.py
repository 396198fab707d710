"""Comparison of two verdicts: by place and severity, never by the words of a message."""

from __future__ import annotations

import pytest

from tests.oracle import examples, report
from tests.oracle.case import Case
from tests.oracle.compare import Compared, compared
from tests.oracle.decide import DECISIONS, KEYS, decision, groups
from tests.oracle.verdict import Fault, beside, named, place, skeleton


def fault(at: str, severity: str = "error", rule: str = "a", text: str = "b") -> Fault:
    return Fault(severity, at, rule, text)


def one(ours: list[Fault], theirs: list[Fault]) -> Compared:
    return Compared(Case("format", "a case", "{}"), ours, theirs)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Patient.name[0].given[1]", "Patient.name.given"),
        ("Observation.value.ofType(Quantity).code", "Observation.value.code"),
        ("Bundle.entry[0].resource/*Patient/1*/.name", "Bundle.entry.resource.name"),
        ("Patient.name[0].extension[0].url", "Patient.name.extension"),
        ("Patient.maritalStatus.coding[0].code", "Patient.maritalStatus.coding"),
        ("ActivityDefinition.url", "ActivityDefinition.url"),
        (None, ""),
    ],
)
def test_places_are_compared_without_positions_and_types(expression: str | None, expected: str) -> None:
    assert place(expression) == expected


@pytest.mark.parametrize(
    ("this", "that", "expected"),
    [
        ("Patient.name", "Patient.name", True),
        ("Patient", "Patient.name", True),
        ("Patient.name.given", "Patient.name", True),
        ("Patient", "Patient.name.given", False),
        ("Patient.name", "Patient.gender", False),
        ("Patient.name", "Patient.names", False),
    ],
)
def test_an_element_its_parent_and_its_child_are_beside_each_other(this: str, that: str, expected: bool) -> None:
    assert beside(this, that) is beside(that, this) is expected


def test_a_rule_is_named_by_its_constraint_its_message_or_its_first_words() -> None:
    assert named({"id": "http://hl7.org/fhir/StructureDefinition/Patient#pat-1", "message": "a"}) == "pat-1"
    assert named({"id": "Terminology_TX", "message": "a"}) == "Terminology_TX"
    assert named({"id": None, "message": "The value 'a' is not 'b'"}) == skeleton("The value 'x' is not 'y'")


def test_verdicts_agree_where_both_refuse_though_elsewhere() -> None:
    found = one([fault("Patient.name")], [fault("Patient.gender")])
    assert found.agree
    assert [(side, each.place) for side, each in found.of_one] == [
        ("ours", "Patient.name"),
        ("theirs", "Patient.gender"),
    ]


def test_warnings_refuse_nothing() -> None:
    found = one([fault("Patient", "warning")], [])
    assert found.agree
    assert found.of_one == []


def test_one_that_refuses_alone_differs() -> None:
    assert not one([fault("Patient")], [fault("Patient", "warning")]).agree


def test_cases_meet_their_verdicts_by_digest() -> None:
    case = Case("format", "a case", "{}")
    assert compared([case], {case.digest: []}, {case.digest: [fault("a")]}) == [Compared(case, [], [fault("a")])]


def test_every_decision_says_why_and_can_be_met() -> None:
    for each in DECISIONS:
        assert each.keys() <= KEYS
        assert each["side"] in ("ours", "theirs")
        assert each["right"] in ("ours", "theirs", "apart")
        assert each["because"].strip().endswith((".", '"'))


def test_a_difference_without_decision_is_open() -> None:
    unheard = fault("Patient", rule="unheard-of")
    assert decision("ours", unheard, Case("format", "a case", "{}")) is None
    assert [group.right for group in groups([one([unheard], [])])] == ["open"]


def test_the_report_counts_by_rule_and_lists_what_differs() -> None:
    found = [one([fault("Patient", rule="empty")], []), one([], []), one([fault("Patient")], [fault("Patient")])]
    text = report.section(found)
    assert "3 cases; both refuse or both accept 2 of them (66.7 %)" in text
    assert "| primitives at both sides of their borders | 3 | 2 | 1 | 0 |" in text
    assert "| crfhir | `empty` | 1 |" in text


def test_the_report_is_written_between_its_markers(tmp_path) -> None:
    document = tmp_path / "validation.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write([one([], [])], document)
    text = document.read_text()
    assert text.startswith(f"before\n{report.BEGIN}\n")
    assert text.endswith(f"{report.END}\nafter\n")
    assert "old" not in text


def test_the_document_has_the_markers() -> None:
    text = report.DOCUMENT.read_text(encoding="utf-8")
    assert text.count(report.BEGIN) == text.count(report.END) == 1


def test_examples_are_the_shortest_cases_with_differing_verdicts(tmp_path) -> None:
    unheard = fault("Patient", rule="unheard-of", text="something")
    long = Compared(Case("format", "a long one", '{"a": "b"}'), [unheard], [])
    examples.write([long, one([unheard], []), one([unheard], [fault("a")])], tmp_path)
    assert "`a case` | 'something' at Patient" in (tmp_path / "README.md").read_text()
    assert '"name": "a case"' in (tmp_path / "ours-unheard-of.json").read_text()
