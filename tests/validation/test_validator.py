from __future__ import annotations

from functools import cache

import pytest

from adapter.fhir.conformance import load_definitions
from adapter.validation.validator import Validator

PATIENT = b'{\n  "resourceType": "Patient",\n  "active": 1,\n  "nam": []\n}'
XML = b'<Patient xmlns="http://hl7.org/fhir">\n  <birthDate value="2000-13"/>\n</Patient>'


@cache
def validator() -> Validator:
    return Validator(load_definitions())


def test_issues_of_a_json_text_have_line_and_column() -> None:
    found = {each.key: (each.place.line, each.place.column) for each in validator().check_json(PATIENT) if each.place}
    assert found == {"format": (3, 3), "unknown-element": (4, 3)}


def test_issues_of_an_xml_text_have_line_and_column() -> None:
    (issue,) = validator().check_xml(XML)
    assert issue.place is not None
    assert (issue.key, issue.place.line, issue.place.column) == ("format", 2, 3)


def test_an_element_that_xml_has_and_its_type_has_not_stands_on_its_own_line() -> None:
    raw = b'<Patient xmlns="http://hl7.org/fhir">\n  <active value="true"/>\n  <nam value="a"/>\n</Patient>'
    (issue,) = validator().check_xml(raw)
    assert issue.place is not None
    assert issue.place.line == 3


def test_a_text_may_be_given_as_text() -> None:
    assert validator().check_json(PATIENT.decode()) == validator().check_json(PATIENT)


@pytest.mark.parametrize("raw", [b"", b"{", b"[1", b'{"a": 1, "a": 2}', b"\xff", b'{"a": NaN}'])
def test_what_is_no_json_is_fatal(raw: bytes) -> None:
    (issue,) = validator().check_json(raw)
    assert (issue.severity, issue.key) == ("fatal", "syntax")


@pytest.mark.parametrize("raw", [b"", b"<", b"<a/>", b'<!DOCTYPE a><Patient xmlns="http://hl7.org/fhir"/>'])
def test_what_is_no_xml_is_fatal(raw: bytes) -> None:
    (issue,) = validator().check_xml(raw)
    assert (issue.severity, issue.key) == ("fatal", "syntax")


@pytest.mark.parametrize("value", [None, 1, "Patient", [], ["Patient"], True])
def test_what_is_no_object_is_no_resource(value: object) -> None:
    (issue,) = validator().check(value)
    assert (issue.key, issue.expression) == ("resource-type", None)


def test_a_sound_resource_has_no_issue_and_stays_as_it_was() -> None:
    patient = {"resourceType": "Patient", "active": True, "name": [{"family": "A"}]}
    assert validator().check(patient) == []
    assert patient == {"resourceType": "Patient", "active": True, "name": [{"family": "A"}]}


def test_the_same_issues_come_each_time_with_paths_of_their_own() -> None:
    patient = {"resourceType": "Patient", "name": [{"familly": "A"}, {"familly": "B"}]}
    first, second = validator().check(patient), validator().check(patient)
    assert first == second
    assert [each.expression for each in first] == ["Patient.name[0]", "Patient.name[1]"]
