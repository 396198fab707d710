from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.store.sight import Sight
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, refused, told

FOUND = "MedicationAdministration?identifier=01-001-c1d1"


@pytest.mark.parametrize("path", [INJECTION_PATH, FOUND])
def test_what_is_deleted_is_gone_and_its_versions_stay(client: FlaskClient, path: str) -> None:
    client.post("/crf/injection", json=INJECTION)
    for _ in range(2):
        sent = client.delete(f"/fhir/{path}")
        assert (sent.status_code, sent.data, "Content-Type" in sent.headers) == (204, b"", False)
    refused(client.get(f"/fhir/{INJECTION_PATH}"), 410, "deleted")
    assert client.get(f"/fhir/{INJECTION_PATH}/_history/1").status_code == 200
    refused(client.get(f"/fhir/{INJECTION_PATH}/_history/2"), 410, "deleted")
    assert told(client.get(f"/fhir/{FOUND}"))["total"] == 0
    assert told(client.get(f"/fhir/{INJECTION_PATH}/_history"))["entry"][0]["request"]["method"] == "DELETE"


def test_what_was_deleted_can_come_back_as_a_new_version(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    served = told(client.get(f"/fhir/{INJECTION_PATH}"))
    client.delete(f"/fhir/{INJECTION_PATH}")
    back = client.put(f"/fhir/{INJECTION_PATH}", data=client_json(served), headers=FHIR)
    assert (back.status_code, back.headers["ETag"]) == (201, 'W/"3"')
    assert back.headers["Location"].endswith(f"/fhir/{INJECTION_PATH}/_history/3")
    assert client.get(f"/fhir/{INJECTION_PATH}").status_code == 200
    changed = served | {"status": "stopped"}
    assert client.put(f"/fhir/{INJECTION_PATH}", data=client_json(changed), headers=FHIR).status_code == 200
    told_of = told(client.get(f"/fhir/{INJECTION_PATH}/_history"))["entry"]
    assert [entry["response"]["status"] for entry in told_of] == ["200", "201", "204", "201"]
    assert [entry["request"]["method"] for entry in told_of] == ["PUT", "PUT", "DELETE", "PUT"]


def client_json(value: object) -> bytes:
    from adapter.fhir import json

    return json.encode(value)


def test_a_delete_under_a_condition_holds_to_it(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    refused(client.delete(f"/fhir/{INJECTION_PATH}", headers={"If-Match": 'W/"2"'}), 412, "conflict")
    assert client.delete(f"/fhir/{INJECTION_PATH}", headers={"If-Match": 'W/"1"'}).status_code == 204
    refused(client.delete(f"/fhir/{FOUND}", headers={"If-Match": 'W/"2"'}), 412, "conflict")


@pytest.mark.parametrize("bundled", [False, True], ids=["alone", "in a transaction"])
def test_hidden_and_missing_are_deleted_and_answered_alike(app: Flask, client: FlaskClient, bundled: bool) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    answers = []
    for path in (KIT_PATH, "Observation/nothing"):
        if bundled:
            entry = {"request": {"method": "DELETE", "url": path}}
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
            answers.append(client.post("/fhir", json=bundle, headers=FHIR))
        else:
            answers.append(client.delete(f"/fhir/{path}"))
    assert [each.status_code for each in answers] == [200 if bundled else 204] * 2
    assert answers[0].data == answers[1].data
    assert [each.headers["X-Receipt"] for each in answers] == ["Task/3", "Task/4"]
    receipts = [told(client.get(f"/fhir/{each.headers['X-Receipt']}")) for each in answers]
    assert [[one for one in each["output"] if "form" in str(one)] for each in receipts] == [[], []]
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'
    held = app.extensions["crfhir"].store.read(Sight(restricted=True), *KIT_PATH.split("/"))
    assert held.deleted


def test_a_search_that_finds_several_deletes_none(client: FlaskClient) -> None:
    client.post("/crf/injection", json=[INJECTION, INJECTION | {"day": 2, "time": "2025-04-02T08:00:00+08:00"}])
    refused(client.delete("/fhir/MedicationAdministration?subject=Patient/01-001"), 412, "multiple-matches")
    refused(client.delete("/fhir/MedicationAdministration"), 400, "invalid")
    assert told(client.get("/crf/injection"))["total"] == 2


def test_a_transaction_deletes_before_it_writes(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    entries = [{"request": {"method": "DELETE", "url": url}} for url in (INJECTION_PATH, "Observation/nothing")]
    done = client.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": entries}, headers=FHIR)
    assert [entry["response"]["status"] for entry in told(done)["entry"]] == ["204 No Content"] * 2
    refused(client.get(f"/fhir/{INJECTION_PATH}"), 410, "deleted")


@pytest.mark.parametrize("type_", ["batch", "transaction"])
def test_what_comes_back_in_a_bundle_is_told_as_created(client: FlaskClient, type_: str) -> None:
    client.post("/crf/injection", json=INJECTION)
    served = told(client.get(f"/fhir/{INJECTION_PATH}"))
    client.delete(f"/fhir/{INJECTION_PATH}")
    entry = {"resource": served, "request": {"method": "PUT", "url": INJECTION_PATH}}
    bundle = {"resourceType": "Bundle", "type": type_, "entry": [entry]}
    (first,) = told(client.post("/fhir", data=client_json(bundle), headers=FHIR))["entry"]
    assert first["response"]["status"] == "201 Created"
    assert first["response"]["location"].endswith("/_history/3")
