from __future__ import annotations

from typing import Any

import pytest

from adapter.mapping.study import MappedStudy
from tests.mapping.shapes import RECORD

OWN = "https://clinic.example/fhir/CodeSystem/own"


def observation(code: str | None = None, system: str | None = None, **more: Any) -> dict[str, Any]:
    resource: dict[str, Any] = {"resourceType": "Observation", "status": "final", **more}
    if code is not None:
        resource["code"] = {"coding": [{"system": OWN, "code": code}]}
    if system is not None:
        resource["identifier"] = [{"system": system, "value": "x"}]
    return resource


def forms(study: MappedStudy, resource: dict[str, Any]) -> tuple[str, ...]:
    return study.form_of(resource)


def test_a_resource_is_offered_to_the_plans_that_its_code_names(clinic: MappedStudy) -> None:
    assert forms(clinic, observation("pulse")) == ("visit",)
    assert forms(clinic, observation("remark")) == ("note",)
    assert forms(clinic, observation("another")) == ()


def test_without_a_code_every_plan_of_its_type_is_offered_and_an_identifier_chooses(clinic: MappedStudy) -> None:
    assert set(forms(clinic, observation())) == {"visit", "note"}
    assert forms(clinic, observation(system="https://clinic.example/id/note")) == ("note",)
    assert set(forms(clinic, observation(system="https://other.example/id"))) == {"visit", "note"}


def test_a_code_without_its_system_names_no_plan_and_a_foreign_one_neither(clinic: MappedStudy) -> None:
    foreign = {**observation(), "code": {"coding": [{"system": "http://other.example", "code": "pulse"}]}}
    assert forms(clinic, foreign) == ()


@pytest.mark.parametrize("kind", ["Patient", "Nothing", None, 3, [], {}])
def test_a_type_that_no_map_makes_is_read_by_nobody(clinic: MappedStudy, kind: Any) -> None:
    assert forms(clinic, {"resourceType": kind}) == ()
    assert clinic.read({"resourceType": kind}).form is None


@pytest.mark.parametrize("code", [None, 3, "pulse", [], {"coding": "pulse"}, {"coding": [None, {"code": []}]}])
def test_a_code_that_is_none_is_no_crash(clinic: MappedStudy, code: Any) -> None:
    assert set(forms(clinic, {**observation(), "code": code})) <= {"visit", "note"}


def test_a_questionnaire_response_is_told_by_its_questionnaire_with_or_without_its_version(clinic: MappedStudy) -> None:
    form, _ = clinic.to_fhir("visit", RECORD | {"kit": "K"}, "form")
    bare = {**form, "questionnaire": form["questionnaire"].partition("|")[0]}
    for response in (form, bare):
        assert clinic.read(response).form == "visit"
    assert forms(clinic, {**form, "questionnaire": "https://other.example/Questionnaire/1"}) == ()


def test_among_rivals_the_reading_that_leaves_least_wins(clinic: MappedStudy) -> None:
    pulse = next(one for one in clinic.to_fhir("visit", RECORD) if one["id"] == "001.V1.pulse")
    without_code = {key: value for key, value in pulse.items() if key != "code"}
    reading = clinic.read(without_code)
    assert (reading.form, reading.record["pulse"]) == ("visit", 70)
