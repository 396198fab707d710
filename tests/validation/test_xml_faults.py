from __future__ import annotations

from adapter.fhir.syntax import TextFault
from adapter.outcome import Issue, Place
from adapter.validation.xml_faults import issue_of, joined


def fault(key: str, expression: str = "Patient.active", name: str | None = None) -> TextFault:
    return TextFault("Patient.active is wrong", key, "structure", expression, name, 2, 3)


def test_a_fault_is_an_error_at_its_place() -> None:
    found = issue_of(fault("xml-order"))
    assert (found.severity, found.code, found.key, found.place) == (
        "error",
        "structure",
        "xml-order",
        Place(None, 2, 3),
    )
    assert found.diagnostics == "Patient.active is wrong."


def test_a_check_says_more_of_the_same_fault_and_it_is_told_once() -> None:
    issue = Issue("error", "structure", "did you mean 'name'?", "Patient", key="unknown-element", name="nam")
    assert joined([fault("unknown-element", "Patient", "nam")], [issue]) == [issue]
    other = fault("unknown-element", "Patient", "nom")
    assert joined([other], [issue]) == [issue_of(other), issue]


def test_how_a_value_is_written_is_said_in_words_for_xml() -> None:
    issue = Issue("error", "value", "Expected true or false, without quotation marks.", "Patient.active", key="format")
    assert joined([fault("format")], [issue]) == [issue_of(fault("format"))]
