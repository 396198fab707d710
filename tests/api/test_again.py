from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.config import Config
from tests.api.test_quarantine import EHR, VISIT, linked, transaction
from tests.api.test_receipts import as_
from tests.api.trial import FHIR, INJECTION, Clock, Serve, refused, told

KEY = {**as_("01/epic"), **FHIR, "Idempotency-Key": "one"}
OWN = {name: value for name, value in EHR.items() if name != "id"}
RECORD = {"subject": "01-001", "outcome": "given", "time": "2025-04-01T08:00:00+08:00"}
MOVED = INJECTION | {"time": "2025-04-01T20:00:00+08:00"}


@pytest.fixture
def app(serve: Serve, database: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("CRFHIR_KEY", "a key of the tests, long enough")
    return serve(Config(database=database, open_demo=True, clock=Clock()))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    found = app.test_client()
    found.post("/crf/visit", json=VISIT)
    return found


def total(client: FlaskClient, path: str) -> int:
    return int(told(client.get(path))["total"])


def test_a_resource_is_known_again_though_its_key_would_not_follow_any_more(app: Flask, client: FlaskClient) -> None:
    linked(app)
    first = client.post("/fhir/MedicationAdministration", json=OWN, headers=KEY)
    assert first.status_code == 201, first.text
    client.post("/crf/injection", json=MOVED)  # now the date fits an occasion that has another time
    again = client.post("/fhir/MedicationAdministration", json=OWN, headers=KEY)
    assert (again.status_code, again.headers["X-Receipt"]) == (200, first.headers["X-Receipt"])
    assert told(again)["resourceType"] == "OperationOutcome"
    assert total(client, "/crf/quarantine") == 0
    later = OWN | {"effectiveDateTime": "2025-04-02T08:00:00+08:00"}
    refused(client.post("/fhir/MedicationAdministration", json=later, headers=KEY), 409, "conflict")


def test_a_record_is_known_again_though_its_key_would_not_follow_any_more(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first = client.post("/crf/injection", json=RECORD, headers=headers)
    assert first.status_code == 201, first.text
    client.post("/crf/injection", json=MOVED)
    again = client.post("/crf/injection", json=RECORD, headers=headers)
    assert (again.status_code, again.data) == (200, first.data)
    refused(client.post("/crf/injection", json=MOVED, headers=headers), 409, "conflict")


@pytest.mark.parametrize("bundled", [False, True])
def test_a_push_that_waits_has_taken_its_key(client: FlaskClient, bundled: bool) -> None:
    def send(resource: dict[str, Any]) -> Any:
        if bundled:
            return client.post("/fhir", json=transaction(resource), headers=KEY)
        return client.put("/fhir/MedicationAdministration/ehr-1", json=resource, headers=KEY)

    first, again = send(EHR), send(EHR)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.headers["X-Receipt"] == again.headers["X-Receipt"]
    refused(send(EHR | {"effectiveDateTime": "2025-04-02T08:00:00+08:00"}), 409, "conflict")
    assert total(client, "/crf/quarantine") == 1


def test_what_waited_under_a_key_and_was_stored_is_not_stored_again(app: Flask, client: FlaskClient) -> None:
    first = client.post("/fhir/MedicationAdministration", json=OWN, headers=KEY)
    linked(app)
    again = client.post("/fhir/MedicationAdministration", json=OWN, headers=KEY)
    assert again.headers["X-Receipt"] == first.headers["X-Receipt"]
    assert total(client, "/crf/injection") == 1


def test_a_bundle_that_is_stored_entry_by_entry_takes_its_key(client: FlaskClient) -> None:
    headers = {**KEY, "Prefer": "respond-async"}
    first, again = (client.post("/fhir", json=transaction(EHR), headers=headers) for _ in range(2))
    assert (again.status_code, again.headers["X-Receipt"]) == (202, first.headers["X-Receipt"])
    other = transaction(EHR | {"effectiveDateTime": "2025-04-02T08:00:00+08:00"})
    refused(client.post("/fhir", json=other, headers=headers), 409, "conflict")


def test_a_patch_and_a_delete_are_known_again(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    path, patch = "/fhir/MedicationAdministration/01-001-c1d1", "application/json-patch+json"
    operations = [
        {"op": "test", "path": "/dosage/dose/value", "value": INJECTION["volume"]},
        {"op": "replace", "path": "/dosage/dose/value", "value": 0.5},
    ]
    headers = {"Idempotency-Key": "patch", "Content-Type": patch}
    found = [client.patch(path, json=operations, headers=headers) for _ in range(2)]
    assert [one.status_code for one in found] == [200, 200], found[1].text
    assert found[0].headers["X-Receipt"] == found[1].headers["X-Receipt"]
    for _ in range(2):
        assert client.delete(path, headers={"Idempotency-Key": "delete"}).status_code == 204


def test_a_refusal_leaves_the_key_free(client: FlaskClient) -> None:
    late = INJECTION | {"time": "2030-01-01T00:00:00+08:00"}
    headers = {"Idempotency-Key": "one"}
    assert [client.post("/crf/injection", json=late, headers=headers).status_code for _ in range(2)] == [422, 422]
    assert client.post("/crf/injection", json=INJECTION, headers=headers).status_code == 201
