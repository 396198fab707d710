from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from adapter.fhir import json
from adapter.intake.conformity import is_fhir, judge, judge_stored
from adapter.intake.desk import Desk
from adapter.mapping.study import Emitted
from adapter.outcome import Issue
from tests.api.trial import INJECTION, SUBJECT

PROFILE = "https://il2-csu.example/fhir/StructureDefinition/trial-subject"
OWN_SITE = {"system": "http://site03.example/sites", "code": "R-GLUT"}
OWN_DRUG = {"system": "http://site03.example/drugs", "code": "STUDY-IL2-OR-PLACEBO"}


def emitted(desk: Desk, form: str, record: dict[str, Any], type_: str) -> dict[str, Any]:
    record, _ = desk.parser(form).parse_json(record)
    found = next(entry for entry in desk.engine.emit(form, record) if entry.type == type_)
    resource: dict[str, Any] = json.parse(found.body)
    return resource


@pytest.fixture
def patient(desk: Desk) -> dict[str, Any]:
    return emitted(desk, "subject", SUBJECT, "Patient")


@pytest.fixture
def injection(desk: Desk) -> dict[str, Any]:
    return emitted(desk, "injection", INJECTION, "MedicationAdministration")


def refusing(issues: list[Issue]) -> list[tuple[str | None, str | None]]:
    return [(issue.key, issue.expression) for issue in issues if issue.refuses]


NAMED = {
    "name": [{"family": "Zhang", "given": ["San"]}],
    "telecom": [{"system": "phone", "value": "1"}],
    "birthDate": "1966-05-04",
    "deceasedDateTime": "unknown",
    "contact": [{"name": {"family": "Li"}}],
    "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'><marquee>x</marquee></div>"},
    "photo": [{"contentType": "image/png", "url": "http://x.example/p.png"}],
}


@pytest.mark.parametrize("element", NAMED)
def test_a_named_subject_is_accepted_without_its_name(desk: Desk, patient: dict[str, Any], element: str) -> None:
    assert patient["meta"]["profile"] == [PROFILE]
    named = patient | {element: NAMED[element]}
    assert refusing(desk.validator.check(named)) != []
    assert refusing(judge(desk, named)) == []


def test_an_identifier_of_the_hospital_is_dropped_before_they_are_counted(desk: Desk, patient: dict[str, Any]) -> None:
    patient["identifier"].insert(0, {"system": "http://x.example/mrn", "value": "4711"})
    assert refusing(judge(desk, patient)) == []


def test_dropping_a_name_makes_no_error(desk: Desk, patient: dict[str, Any]) -> None:
    """pat-1: a contact has a name, an address or the like; without its name this one has none."""
    patient["contact"] = [{"relationship": [{"text": "wife"}], "name": {"family": "Li"}}]
    assert refusing(judge(desk, patient)) == []


def test_what_is_wrong_beside_a_name_is_told(desk: Desk, patient: dict[str, Any]) -> None:
    named = patient | NAMED | {"gender": "banana"}
    assert refusing(judge(desk, named)) == [("binding", "Patient.gender")]


def test_a_name_of_another_shape_is_refused_all_the_same(desk: Desk, patient: dict[str, Any]) -> None:
    found = judge(desk, patient | {"name": "Zhang San"})
    assert ("type", "Patient.name") in refusing(found)
    assert not is_fhir(found)


def test_an_entry_of_a_bundle_is_judged_without_its_name_too(desk: Desk, patient: dict[str, Any]) -> None:
    both = patient | NAMED, patient | NAMED | {"gender": "banana"} | {"id": "another"}
    entries = [{"fullUrl": f"http://x.example/Patient/{each['id']}", "resource": each} for each in both]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert refusing(judge(desk, bundle)) == [("binding", "Bundle.entry[1].resource.gender")]


def test_a_hospitals_own_codes_do_not_break_a_profile_that_names_the_studys(
    desk: Desk, injection: dict[str, Any]
) -> None:
    injection["medicationCodeableConcept"] = {"coding": [OWN_DRUG]}
    injection["dosage"]["site"] = {"coding": [OWN_SITE]}
    assert {key for key, _ in refusing(desk.validator.check(injection))} == {"binding", "pattern"}
    assert refusing(judge(desk, injection)) == []


@pytest.mark.parametrize("system", ["http://x.example/sites", "https://il2-csu.example/fhir/CodeSystem/trial"])
def test_a_code_that_no_hospitals_file_lists_breaks_it(desk: Desk, injection: dict[str, Any], system: str) -> None:
    injection["dosage"]["site"] = {"coding": [{"system": system, "code": "R-GLUT"}]}
    assert "binding" in {key for key, _ in refusing(judge(desk, injection))}


def test_a_hospitals_own_code_breaks_a_rule_of_r4(desk: Desk) -> None:
    status = {"coding": [OWN_SITE]}
    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "clinicalStatus": status}
    assert refusing(judge(desk, condition)) == [("binding", "Condition.clinicalStatus")]


def test_a_resource_that_claims_no_profile_is_held_to_r4_alone(desk: Desk, injection: dict[str, Any]) -> None:
    injection["medicationCodeableConcept"] = {"text": "something else"}
    assert refusing(judge(desk, injection)) != []
    del injection["meta"]
    assert refusing(judge(desk, injection)) == []


def test_profiles_can_be_asked_for(desk: Desk) -> None:
    assert refusing(judge(desk, {"resourceType": "Patient"}, (PROFILE,))) != []


def test_an_issue_names_the_item(desk: Desk, patient: dict[str, Any]) -> None:
    (issue,) = (issue for issue in judge(desk, patient | {"gender": "banana"}) if issue.refuses)
    assert (issue.form, issue.item) == ("subject", "sex")


def test_what_would_be_served_is_held_to_the_studys_profiles(desk: Desk) -> None:
    record, _ = desk.parser("injection").parse_json(INJECTION)
    sound = list(desk.engine.emit("injection", record, "both"))
    assert judge_stored(desk, sound) == []
    broken = sound[0].body.replace(b'"completed"', b'"unknown"')
    (issue, *_) = judge_stored(desk, [Emitted(sound[0].type, sound[0].id, False, broken)])
    assert issue.refuses
    assert issue.diagnostics.startswith("As it would be stored: ")


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"resourceType": []}, {"resourceType": "Bundle", "entry": 1}])
def test_anything_can_be_judged(desk: Desk, value: Any) -> None:
    before = deepcopy(value)
    assert not is_fhir(judge(desk, value)) or value == {}
    assert value == before
