from __future__ import annotations

from typing import Any

import pytest

from adapter.fhir.definitions import fields
from adapter.fhir.syntax import FhirSyntaxError
from adapter.fhir.xml_fault import MOST_FAULTS, Faults, Place, expression, refusal, said, way

PATIENT: Place = (None, "Patient", 0)
NAME: Place = (PATIENT, fields("Patient")["name"], 1)
GIVEN: Place = (NAME, fields("HumanName")["given"], 2)
DEATH: Place = (PATIENT, fields("Patient")["deceasedDateTime"], 0)
HELD: Place = ((PATIENT, fields("Patient")["contained"], 3), "Organization", 0)
INNER: Place = (HELD, fields("Organization")["name"], 0)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (PATIENT, ("Patient", "Patient", "Patient")),
        (GIVEN, ("Patient.name.given", "Patient.name[1].given[2]", "Patient.name[1].given[2]")),
        (DEATH, ("Patient.deceasedDateTime", "Patient.deceased.ofType(dateTime)", "Patient.deceasedDateTime[0]")),
        (INNER, ("Organization.name", "Patient.contained[3].name", "Patient.contained[3].name[0]")),
    ],
)
def test_a_place_is_told_to_people_to_fhirpath_and_to_whoever_looks_it_up(place: Any, told: tuple[str, ...]) -> None:
    assert (said(place), expression(place), way(place)) == told


def test_a_fault_is_told_with_its_line_and_column() -> None:
    faults = Faults()
    faults.note(DEATH, "one too much", "cardinality-max")
    faults.note(PATIENT, "unknown", "unknown-element", name="nam")
    raw = b'<Patient xmlns="http://hl7.org/fhir">\n <nam/>\n  <deceasedDateTime value="2020"/></Patient>'
    first, second = faults.told(raw)
    assert (first.expression, first.line, first.column) == ("Patient.deceased.ofType(dateTime)", 3, 3)
    assert (second.expression, second.name, second.line, second.column) == ("Patient", "nam", 2, 2)


def test_the_same_fault_at_the_same_place_is_told_once_and_not_without_end() -> None:
    faults = Faults()
    for number in (*range(MOST_FAULTS + 5), 0):
        faults.note(PATIENT, f"fault {number}", "xml-text")
    assert len(faults.told(b"<Patient/>")) == MOST_FAULTS


def test_the_error_of_a_text_is_its_first_fault_and_holds_them_all() -> None:
    faults = Faults()
    faults.note(PATIENT, "first", "xml-text", "value")
    faults.note(NAME, "second", "xml-order")
    error = refusal(faults.told(b"<Patient/>"))
    assert isinstance(error, FhirSyntaxError)
    assert (str(error), error.issue_code, error.line, error.column) == ("first", "value", 1, 1)
    assert [each.message for each in error.faults] == ["first", "second"]
