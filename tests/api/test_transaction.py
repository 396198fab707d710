from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.several import MOST
from tests.api.trial import FHIR, INJECTION, SUBJECT, diary, refused, told

URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"


def converted(client: FlaskClient, form: str, record: dict[str, Any], view: str = "both") -> list[dict[str, Any]]:
    bundle = client.post(f"/crf/{form}/$convert?view={view}", json=record).get_json()
    return [entry["resource"] for entry in bundle["entry"]]


def transaction(resources: list[dict[str, Any]], method: str = "PUT") -> dict[str, Any]:
    def request(resource: dict[str, Any]) -> dict[str, str]:
        type_ = resource["resourceType"]
        return {"method": method, "url": f"{type_}/{resource['id']}" if method == "PUT" else type_}

    entries = [{"resource": resource, "request": request(resource)} for resource in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_transaction_is_answered_entry_by_entry(client: FlaskClient, method: str) -> None:
    resources = converted(client, "injection", INJECTION) + converted(client, "diary", diary("2025-04-01"))
    done = told(client.post("/fhir", json=transaction(resources, method), headers=FHIR))
    assert done["type"] == "transaction-response"
    assert [entry["response"]["status"] for entry in done["entry"]] == ["201 Created"] * len(resources)
    for entry, resource in zip(done["entry"], resources, strict=True):
        assert entry["fullUrl"].endswith(f"/fhir/{resource['resourceType']}/{resource['id']}")
    assert told(client.get("/crf/injection/01-001-c1d1")) == INJECTION
    again = told(client.post("/fhir", json=transaction(resources, method), headers=FHIR))
    assert {entry["response"]["status"] for entry in again["entry"]} == {"200 OK"}


def test_fragments_of_a_record_that_come_together_are_one_record(client: FlaskClient) -> None:
    visit = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "weight": 70}
    resources = converted(client, "visit", visit, "clinical")
    assert len(resources) > 1
    assert client.post("/fhir", json=transaction(resources[::-1]), headers=FHIR).status_code == 200
    assert told(client.get("/crf/visit/01-001-W2")) == visit


def test_nothing_is_stored_when_one_entry_is_refused_and_all_issues_are_told(client: FlaskClient) -> None:
    good, bad = converted(client, "diary", diary("2025-04-01")), converted(client, "injection", INJECTION)
    for resource in bad:
        resource["status"] = "banana"
    text = client.post("/fhir", json=transaction(good + bad), headers=FHIR)
    refused(text, 422, "code-invalid")
    expressions = [issue.get("expression", [""])[0] for issue in told(text)["issue"]]
    assert all(f"Bundle.entry[{len(good) + i}].resource.status" in expressions for i in range(len(bad)))
    assert told(client.get("/crf/diary"))["total"] == 0


def test_references_between_entries_are_resolved(client: FlaskClient) -> None:
    resources = converted(client, "subject", SUBJECT, "clinical")
    patient = next(resource for resource in resources if resource["resourceType"] == "Patient")
    (injection,) = converted(client, "injection", INJECTION, "clinical")[:1]
    injection["subject"] = {"reference": URN}
    bundle = transaction([*resources, injection], "POST")
    for entry in bundle["entry"]:
        if entry["resource"] is patient:
            entry["fullUrl"] = URN
    sent = client.post("/fhir", json=bundle, headers=FHIR)
    assert sent.status_code == 200, sent.data
    assert told(client.get("/fhir/MedicationAdministration/01-001-c1d1"))["subject"]["reference"] == "Patient/01-001"


def broken(change: str, bundle: dict[str, Any]) -> dict[str, Any]:
    made = deepcopy(bundle)
    entry = made["entry"][0]
    asked = {
        "method": {"method": "OPTIONS"},
        "condition": {"ifMatch": 'W/"1"', "method": "POST"},
        "url": {"url": "Observation"},
        "elsewhere": {"url": "https://elsewhere.example/fhir/Observation/1"},
        "search": {"url": "QuestionnaireResponse?_count=1"},
    }
    if change in asked:
        entry["request"] |= asked[change]
    elif change == "twice":
        made["entry"].append(deepcopy(entry))
    elif change == "deleted":
        made["entry"].append({"request": {"method": "DELETE", "url": entry["request"]["url"]}})
    elif change == "fullUrl":
        made["entry"] = [entry | {"fullUrl": URN}, deepcopy(made["entry"][1]) | {"fullUrl": URN}]
    elif change == "resource":
        del entry["resource"]
    return made


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("method", "not-supported"),
        ("condition", "not-supported"),
        ("url", "invalid"),
        ("elsewhere", "invalid"),
        ("search", "not-supported"),
        ("twice", "duplicate"),
        ("deleted", "duplicate"),
        ("fullUrl", "invariant"),
        ("resource", "required"),
    ],
)
def test_a_transaction_that_cannot_be_carried_out_is_refused_whole(client: FlaskClient, change: str, code: str) -> None:
    good = transaction(converted(client, "diary", diary("2025-04-01")))
    sent = client.post("/fhir", json=broken(change, good), headers=FHIR)
    refused(sent, sent.status_code, code)
    assert sent.status_code in (400, 422)
    places = [issue.get("expression", [""])[0] for issue in told(sent)["issue"]]
    assert any(place.startswith("Bundle.entry[") for place in places) or change in ("twice", "fullUrl")
    assert told(client.get("/crf/diary"))["total"] == 0


def test_an_empty_transaction_does_nothing(client: FlaskClient) -> None:
    done = client.post("/fhir", json={"resourceType": "Bundle", "type": "transaction"}, headers=FHIR)
    assert done.status_code == 200


def test_an_empty_transaction_is_answered_in_either_format(client: FlaskClient) -> None:
    empty = {"resourceType": "Bundle", "type": "transaction"}
    answered = client.post("/fhir", json=empty, headers=FHIR)
    assert told(answered) == {"resourceType": "Bundle", "type": "transaction-response"}
    assert client.post("/fhir?_format=xml", json=empty, headers=FHIR).status_code == 200


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        (URN, 400, "not-found"),
        ("Encounter?identifier=a|b", 400, "not-found"),
        ("EpisodeOfCare?identifier=a|b", 400, "not-supported"),
        ("Encounter?_sort=date", 400, "not-supported"),
    ],
)
def test_a_reference_that_leads_to_no_entry_is_refused(
    client: FlaskClient, reference: str, status: int, code: str
) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    resource["context"] = {"reference": reference}
    sent = client.post("/fhir", json=transaction([resource]), headers=FHIR)
    refused(sent, status, code)
    assert told(sent)["issue"][0]["expression"] == ["Bundle.entry[0].resource.context.reference"]
    assert told(client.get("/crf/injection"))["total"] == 0


def test_too_many_entries_are_refused_before_they_are_looked_at(client: FlaskClient) -> None:
    many = {"resourceType": "Bundle", "type": "transaction", "entry": [None] * (MOST + 1)}
    refused(client.post("/fhir", json=many, headers=FHIR), 413, "too-costly")


@pytest.mark.parametrize("condition", ["If-Match", "If-None-Match", "If-None-Exist"])
def test_a_condition_on_a_whole_transaction_is_refused(client: FlaskClient, condition: str) -> None:
    resources = converted(client, "diary", diary("2025-04-01"))
    sent = client.post("/fhir", json=transaction(resources), headers=FHIR | {condition: "*"})
    refused(sent, 400, "not-supported")
    assert told(client.get("/crf/diary"))["total"] == 0
