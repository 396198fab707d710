from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, refused, told

FOUND = "MedicationAdministration?identifier=01-001-c1d1"


@pytest.mark.parametrize("path", [INJECTION_PATH, FOUND])
def test_what_is_deleted_is_gone_and_its_versions_stay(client: FlaskClient, path: str) -> None:
    client.post("/crf/injection", json=INJECTION)
    for _ in range(2):
        sent = client.delete(f"/fhir/{path}")
        assert (sent.status_code, sent.data) == (204, b"")
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
    assert (back.status_code, back.headers["ETag"]) == (200, 'W/"3"')
    assert client.get(f"/fhir/{INJECTION_PATH}").status_code == 200


def client_json(value: object) -> bytes:
    from adapter.fhir import json

    return json.encode(value)


def test_a_delete_under_a_condition_holds_to_it(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    refused(client.delete(f"/fhir/{INJECTION_PATH}", headers={"If-Match": 'W/"2"'}), 412, "conflict")
    assert client.delete(f"/fhir/{INJECTION_PATH}", headers={"If-Match": 'W/"1"'}).status_code == 204


def test_hidden_and_missing_are_deleted_alike_and_nothing_happens(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    answers = [client.delete(f"/fhir/{path}") for path in (KIT_PATH, "Observation/nothing")]
    assert [(each.status_code, each.data) for each in answers] == [(204, b"")] * 2
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'


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
