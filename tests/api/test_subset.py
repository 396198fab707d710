from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.failure import FailureError
from adapter.api.subset import TAG, Subset, is_subsetted, subset
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, refused, told

RESOURCE: dict[str, Any] = {
    "resourceType": "MedicationAdministration",
    "id": "1",
    "meta": {"versionId": "1"},
    "text": {"status": "generated", "div": "<div/>"},
    "extension": [{"url": "http://x.example", "valueString": "x"}],
    "identifier": [{"value": "v"}],
    "status": "completed",
    "medicationCodeableConcept": {"coding": [{"code": "b"}], "extension": [{"url": "http://x.example"}]},
    "subject": {"reference": "Patient/1"},
    "_effectiveDateTime": {"extension": [{"url": "http://x.example"}]},
    "dosage": {"text": "t"},
}


@pytest.mark.parametrize(
    ("part", "left_out"),
    [
        (Subset("true"), {"text", "extension", "identifier", "dosage"}),
        (Subset("text"), {"extension", "identifier", "dosage"}),
        (Subset("data"), {"text"}),
        (
            Subset(elements=frozenset({"dosage"})),
            {"text", "extension", "identifier"},
        ),
        (Subset(elements=frozenset({"identifier", "effective"})), {"text", "extension", "dosage"}),
    ],
)
def test_a_subset_leaves_out_what_it_says_and_is_tagged(part: Subset, left_out: set[str]) -> None:
    found = part.of(RESOURCE)
    assert set(RESOURCE) - set(found) == left_out
    assert found["meta"] == {"versionId": "1", "tag": [TAG]}
    assert is_subsetted(found)
    assert not is_subsetted(RESOURCE)


def test_a_summary_reaches_into_data_types() -> None:
    assert Subset("true").of(RESOURCE)["medicationCodeableConcept"] == {"coding": [{"code": "b"}]}


def test_what_carries_an_answer_is_whole_and_its_entries_are_not() -> None:
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [{"resource": RESOURCE}]}
    outcome = {"resourceType": "OperationOutcome", "issue": []}
    assert Subset("data").of(outcome) is outcome
    assert "text" not in Subset("data").of(bundle)["entry"][0]["resource"]
    assert Subset("count").of(bundle | {"link": [{"relation": "next"}]}) == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "link": [],
    }
    assert Subset().of(bundle) is bundle


def test_a_summary_that_r4_does_not_know_is_refused() -> None:
    with pytest.raises(FailureError) as refusal:
        subset({"_summary": "some"})
    assert refusal.value.status == 400
    assert subset({"_elements": "Patient.gender, birthDate"}) == Subset(elements=frozenset({"gender", "birthDate"}))


def test_a_read_answers_the_part_that_was_asked_for(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    found = told(client.get(f"/fhir/{INJECTION_PATH}?_elements=dosage"))
    assert set(found) == {
        "resourceType", "id", "meta", "status", "medicationCodeableConcept", "subject", "effectiveDateTime", "dosage",
    }  # fmt: skip
    assert "dosage" not in told(client.get(f"/fhir/{INJECTION_PATH}?_summary=true"))
    refused(client.get(f"/fhir/{INJECTION_PATH}?_summary=1"), 400, "invalid")


def test_a_push_whose_answer_cannot_be_is_not_stored(client: FlaskClient) -> None:
    bundle = told(client.post("/crf/injection/$convert", json=INJECTION))
    resource = bundle["entry"][0]["resource"] | {"dosage": {"dose": {"value": 1}}}
    refused(client.put(f"/fhir/{INJECTION_PATH}?_summary=1", json=resource, headers=FHIR), 400, "invalid")
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=resource, headers=FHIR | {"Accept": "text/plain"})
    refused(sent, 406, "not-supported")
    assert told(client.get("/crf/injection"))["total"] == 0


def test_a_part_of_a_resource_is_not_stored_for_the_whole(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    part = told(client.get(f"/fhir/{INJECTION_PATH}?_summary=data"))
    sent = client.put(f"/fhir/{INJECTION_PATH}", json=part | {"dosage": {"dose": {"value": 1}}}, headers=FHIR)
    refused(sent, 422, "business-rule")
