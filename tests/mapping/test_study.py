"""A study as a library user meets it: what is asked wrongly, what fits nothing, and how fragments meet."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.errors import UsageError
from adapter.mapping.study import load_study
from tests.studies import FOLDERS, study

DOSE = {"subject": "HA0001", "dose": 1, "given": True, "time": "2025-03-01T09:00:00-05:00", "arm": "left"}


def told(resource: dict[str, Any], **changes: Any) -> Any:
    return study("harbor").to_crf([{**resource, **changes}])


@pytest.fixture
def immunization() -> dict[str, Any]:
    (first,) = study("harbor").to_fhir("dose", DOSE)
    return first


def test_an_unknown_form_view_or_site_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="there is no form 'doze'; is 'dose' meant"):
        study("harbor").to_fhir("doze", DOSE)
    with pytest.raises(UsageError, match="clinical, form, both"):
        study("harbor").to_fhir("dose", DOSE, "all")
    with pytest.raises(UsageError, match="there are HB"):
        load_study(FOLDERS["harbor"], "HX")


def test_a_resource_of_another_type_says_which_types_are_read() -> None:
    result = study("harbor").to_crf([{"resourceType": "Claim", "status": "active"}])
    assert result.records == []
    assert [one.expression for one in result.residue] == ["Claim.status"]
    assert "no form of this study reads a Claim" in result.issues[0].diagnostics


def test_another_drug_is_no_dose_of_the_study(immunization: dict[str, Any]) -> None:
    result = told(immunization, vaccineCode={"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "208"}]})
    assert result.records == []
    assert result.issues[0].severity == "error"


def test_what_is_extra_is_residue_with_a_path_that_resolves(immunization: dict[str, Any]) -> None:
    result = told(immunization, isSubpotent=False, performer=[{"actor": {"display": "Dr. Who"}}])
    assert [(one.expression, one.value) for one in result.residue] == [("Immunization.isSubpotent", False)]
    assert result.dropped == ["Immunization.performer[0].actor.display"]
    assert result.records == [("dose", DOSE)]


def test_what_cannot_be_read_is_an_issue_that_names_element_and_item(immunization: dict[str, Any]) -> None:
    result = told(immunization, occurrenceDateTime="yesterday")
    (issue,) = result.issues
    assert (issue.expression, issue.form, issue.item) == ("Immunization.occurrence", "dose", "time")
    assert "expected is a date, or a time with seconds and offset" in issue.diagnostics


def test_fragments_that_disagree_name_the_item() -> None:
    mapped = study("harbor")
    resources = mapped.to_fhir("dose", DOSE, "both")
    resources[0]["item"][1]["answer"][0]["valueBoolean"] = False
    result = mapped.to_crf(resources)
    assert [(issue.code, issue.item) for issue in result.issues] == [("conflict", "given")]


def test_a_site_s_own_codes_are_read_and_not_written(immunization: dict[str, Any]) -> None:
    lakeside = load_study(FOLDERS["harbor"], "HB")
    theirs = {**immunization, "site": {"coding": [{"system": "https://lakeside.example/sites", "code": "10"}]}}
    assert lakeside.to_crf([theirs]).records == [("dose", DOSE)]
    assert lakeside.to_fhir("dose", DOSE) == study("harbor").to_fhir("dose", DOSE)
    assert study("harbor").to_crf([theirs]).records == [("dose", {k: v for k, v in DOSE.items() if k != "arm"})]


def test_a_derived_value_that_does_not_follow_is_an_issue() -> None:
    mapped = study("harbor")
    titre = mapped.to_fhir("serology", {"subject": "HA0001", "visit": "D57", "state": "final", "titre": 100})[-1]
    titre["interpretation"][0]["coding"][0]["code"] = "NEG"
    result = mapped.to_crf([titre])
    assert [(issue.key, issue.item) for issue in result.issues] == [("derived", "band")]
    assert result.records[0][1]["band"] == "high"


def test_only_the_forms_that_are_asked_for_are_compiled() -> None:
    assert load_study(FOLDERS["harbor"], only=["dose"]).forms == ("dose",)


def test_an_id_that_a_foreign_identifier_alone_has_is_its_sender_s_and_told_as_dropped() -> None:
    own = {"system": "https://rsv.example.org/id/subject", "value": "AAA0000"}
    foreign = {"system": "https://ehr.example.org/mrn", "value": "4711"}
    resource = {"resourceType": "Patient", "id": "4711", "identifier": [foreign, own]}
    assert study("vaccine").read(resource).dropped == ["Patient.identifier[0]", "Patient.id"]
    assert study("vaccine").read(resource | {"id": "AAA0000"}).dropped == ["Patient.identifier[0]"]
