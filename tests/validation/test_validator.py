from __future__ import annotations

from functools import cache
from typing import Any

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


def test_a_float_has_lost_its_digits_and_the_issue_says_how_to_keep_them() -> None:
    weight = {"resourceType": "Observation", "status": "final", "code": {"text": "a"}, "valueQuantity": {"value": 1.5}}
    (issue,) = validator().check(weight)
    assert issue.key == "format"
    assert "parse_float=Decimal" in issue.diagnostics


@pytest.mark.parametrize("key", [3, None, ("a", 1), b"active"])
@pytest.mark.parametrize("place", ["root", "inner"])
def test_a_key_that_is_no_text_is_an_issue(key: object, place: str) -> None:
    name: dict[object, object] = {"family": "A"}
    patient: dict[object, object] = {"resourceType": "Patient", "name": [name]}
    (patient if place == "root" else name)[key] = "x"
    (issue,) = validator().check(patient)
    assert issue.key == "syntax"
    assert "expected a str" in issue.diagnostics


@pytest.mark.parametrize("profiles", ["http://example.org/none", ["http://example.org/none"]])
def test_a_profile_that_the_caller_asks_for_must_be_known(profiles: str | list[str]) -> None:
    (issue,) = validator().check({"resourceType": "Patient", "active": True}, profiles)
    assert (issue.severity, issue.key) == ("error", "unknown-profile")
    assert "http://example.org/none" in issue.diagnostics


def test_one_profile_may_be_given_as_a_text() -> None:
    weight = {"resourceType": "Observation", "status": "final", "code": {"text": "a"}}
    url = "http://hl7.org/fhir/StructureDefinition/bodyweight"
    found = validator().check(weight, url)
    assert found
    assert found == validator().check(weight, [url])


def test_xml_may_be_given_as_text() -> None:
    assert validator().check_xml(XML.decode()) == validator().check_xml(XML)
    (issue,) = validator().check_xml("<Patient>\ud800</Patient>")
    assert issue.severity == "fatal"


@pytest.mark.parametrize("value", [[], ["x"], {}, {"value": "x"}])
@pytest.mark.parametrize("element", ["status", "implicitRules"])
def test_a_list_or_an_object_is_no_primitive(element: str, value: Any) -> None:
    encounter = {"resourceType": "Encounter", "status": "planned", "class": {"code": "x"}}
    found = validator().check(encounter | {element: value})
    assert "type" in [issue.key for issue in found if issue.expression == f"Encounter.{element}"]


def test_every_issue_of_xml_is_told_at_once_with_its_place() -> None:
    inner = '<gendr value="femal"/>\n<active value="yes"/>\n<birthDate value="2020-13-01"/>'
    found = validator().check_xml(f'<Patient xmlns="http://hl7.org/fhir">\n{inner}\n</Patient>'.encode())
    assert {(each.severity, each.key, each.expression) for each in found} == {
        ("error", "unknown-element", "Patient"),
        ("error", "format", "Patient.active"),
        ("error", "format", "Patient.birthDate"),
    }
    assert sorted(str(each.place) for each in found) == [f"line {line}, column 1" for line in (2, 3, 4)]
    assert any("did you mean 'gender'" in each.diagnostics for each in found)
