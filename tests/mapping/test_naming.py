from __future__ import annotations

from typing import Any

import pytest

from adapter.crf.record import parser
from adapter.fhir import json
from adapter.mapping.naming import Naming
from adapter.mapping.study import MappedStudy
from adapter.outcome import Issue
from tests.studies import study

INJECTION: dict[str, Any] = {
    "subject": "01-001",
    "cycle": 1,
    "day": 1,
    "outcome": "given",
    "time": "2025-04-01T08:00:00+08:00",
    "volume": 1,
    "body_site": "deltoid-left",
    "kit": "K-1",
    "local_reaction": True,
}
DIARY = {"subject": "01-001", "date": "2025-04-01", "wheals": 1, "itch": 2, "tablets": 1, "angioedema": False}


@pytest.fixture(scope="module")
def mapped() -> MappedStudy:
    return study("il2_csu")


@pytest.fixture(scope="module")
def naming(mapped: MappedStudy) -> Naming:
    return Naming(mapped)


def resources(mapped: MappedStudy, form: str, record: dict[str, Any], view: str = "clinical") -> list[dict[str, Any]]:
    typed, _ = parser(mapped.definition, mapped.plan(form).form).parse_json(record)
    return [json.parse(text) for text in mapped.to_fhir_json(form, typed, view)]


def named(naming: Naming, resource: Any, expression: str | None) -> tuple[str | None, str | None]:
    (issue,) = naming.named([Issue("error", "value", "x", expression)], resource)
    return issue.form, issue.item


@pytest.mark.parametrize(
    ("expression", "item"),
    [
        ("MedicationAdministration.status", "outcome"),
        ("MedicationAdministration.effective", "time"),
        ("MedicationAdministration.effective.ofType(dateTime)", "time"),
        ("MedicationAdministration.dosage.dose", "volume"),
        ("MedicationAdministration.dosage.dose.value", "volume"),
        ("MedicationAdministration.dosage.site.coding[0].code", "body_site"),
        ("MedicationAdministration.dosage.site.coding[7].code", "body_site"),
        ("MedicationAdministration.subject.reference", "subject"),
        ("MedicationAdministration.medication.coding[0]", None),  # a constant is no item's
        ("MedicationAdministration.dosage", None),  # several are below
        ("MedicationAdministration", None),
        ("MedicationAdministration.note[0].text", None),
    ],
)
def test_an_element_is_named_by_the_item_that_is_there(
    mapped: MappedStudy, naming: Naming, expression: str, item: str | None
) -> None:
    assert named(naming, resources(mapped, "injection", INJECTION)[0], expression) == ("injection", item)


def test_resources_of_one_type_are_told_apart(mapped: MappedStudy, naming: Naming) -> None:
    _, reaction, kit = resources(mapped, "injection", INJECTION)
    assert named(naming, reaction, "Observation.value") == ("injection", "local_reaction")
    assert named(naming, kit, "Observation.value.ofType(string)") == ("injection", "kit")


@pytest.mark.parametrize(
    "expression", ["Observation", "Observation.interpretation[0].coding[0].code", "Observation.effective"]
)
def test_every_element_of_a_restricted_resource_is_its_items(
    mapped: MappedStudy, naming: Naming, expression: str
) -> None:
    *_, kit = resources(mapped, "injection", INJECTION)
    assert named(naming, kit, expression) == ("injection", "kit")


def test_an_answer_of_a_response_is_named_by_its_link_id(mapped: MappedStudy, naming: Naming) -> None:
    (response,) = resources(mapped, "diary", DIARY, "form")
    links = [item["linkId"] for item in response["item"]]
    for place, link in enumerate(links):
        expression = f"QuestionnaireResponse.item[{place}].answer[0].value.ofType(integer)"
        assert named(naming, response, expression) == ("diary", link)


def test_an_entry_of_a_bundle_is_named_too(mapped: MappedStudy, naming: Naming) -> None:
    found = resources(mapped, "injection", INJECTION)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in found]}
    assert named(naming, bundle, "Bundle.entry[0].resource.dosage.dose") == ("injection", "volume")
    assert named(naming, bundle, "Bundle.entry[2].resource.value") == ("injection", "kit")
    assert named(naming, bundle, "Bundle.entry[9].resource.value") == (None, None)
    assert named(naming, bundle, "Bundle.type") == (None, None)


def test_an_issue_that_names_its_item_already_keeps_it(naming: Naming) -> None:
    issue = Issue("error", "value", "x", "Patient.gender", "diary", "itch")
    assert naming.named([issue], {"resourceType": "Patient"}) == [issue]


@pytest.mark.parametrize("resource", [None, 1, [], {}, {"resourceType": 1}, {"resourceType": "Slot"}])
def test_what_is_of_no_form_is_named_by_none(naming: Naming, resource: Any) -> None:
    for expression in (None, "", "Patient", "Patient.gender", "Bundle.entry[0].resource.x", "..[", "a.b('x.y').c"):
        assert named(naming, resource, expression) == (None, None)
