"""DELETE by a hospital's own ids, and of what other systems have told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_quarantine import EHR, EPIC, linked
from tests.api.test_quarantine import app as app  # a fixture
from tests.api.test_quarantine import client as client  # a fixture
from tests.api.test_receipts import as_
from tests.api.trial import FHIR, INJECTION_PATH, SUBJECT, refused, told

OWN = "MedicationAdministration/ehr-1"


def deletes(*urls: str, **conditions: Any) -> dict[str, Any]:
    entries = [{"request": {"method": "DELETE", "url": url} | conditions} for url in urls]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture
def sent(app: Flask, client: FlaskClient) -> FlaskClient:
    """A client of a service that has the injection which the EHR calls ehr-1."""
    linked(app)
    assert client.put(f"/fhir/{OWN}", json=EHR, headers=EPIC).status_code == 201
    return client


def test_what_a_sender_calls_by_its_own_id_is_deleted_by_it(sent: FlaskClient) -> None:
    for _ in range(2):
        assert sent.delete(f"/fhir/{OWN}", headers=EPIC).status_code == 204
    refused(sent.get(f"/fhir/{INJECTION_PATH}"), 410, "deleted")
    again = sent.put(f"/fhir/{OWN}", json=EHR, headers=EPIC)
    assert (again.status_code, again.headers["ETag"]) == (201, 'W/"3"')


def test_another_senders_id_deletes_nothing(sent: FlaskClient) -> None:
    assert sent.delete(f"/fhir/{OWN}", headers={**as_("01/edc"), **FHIR}).status_code == 204
    assert sent.get(f"/fhir/{INJECTION_PATH}").status_code == 200


def test_a_condition_of_a_delete_by_an_own_id_is_held_to(sent: FlaskClient) -> None:
    refused(sent.delete(f"/fhir/{OWN}", headers={**EPIC, "If-Match": 'W/"2"'}), 412, "conflict")
    assert sent.get(f"/fhir/{INJECTION_PATH}").status_code == 200
    assert sent.delete(f"/fhir/{OWN}", headers={**EPIC, "If-Match": 'W/"1"'}).status_code == 204
    refused(sent.get(f"/fhir/{INJECTION_PATH}"), 410, "deleted")


def test_a_transaction_deletes_by_an_own_id(sent: FlaskClient) -> None:
    refused(sent.post("/fhir", json=deletes(OWN, ifMatch='W/"2"'), headers=EPIC), 412, "conflict")
    done = sent.post("/fhir", json=deletes(OWN), headers=EPIC)
    assert [entry["response"]["status"] for entry in told(done)["entry"]] == ["204 No Content"]
    refused(sent.get(f"/fhir/{INJECTION_PATH}"), 410, "deleted")


@pytest.mark.parametrize("way", ["alone", "transaction", "batch"])
def test_what_waits_is_not_told_to_be_deleted(app: Flask, client: FlaskClient, way: str) -> None:
    assert client.put(f"/fhir/{OWN}", json=EHR, headers=EPIC).status_code == 202
    if way == "batch":
        done = client.post("/fhir", json=deletes(OWN) | {"type": "batch"}, headers=EPIC)
        assert told(done)["entry"][0]["response"]["status"].startswith("409")
    else:
        path = ("DELETE", f"/fhir/{OWN}", None) if way == "alone" else ("POST", "/fhir", deletes(OWN))
        refused(client.open(path[1], method=path[0], json=path[2], headers=EPIC), 409, "conflict")
    assert client.delete(f"/fhir/{OWN}", headers={**as_("01/edc"), **FHIR}).status_code == 204
    linked(app)
    assert client.delete(f"/fhir/{OWN}", headers=EPIC).status_code == 204
    refused(client.get(f"/fhir/{INJECTION_PATH}"), 410, "deleted")


def test_one_resource_by_two_names_is_told_as_twice_in_a_transaction(sent: FlaskClient) -> None:
    refused(sent.post("/fhir", json=deletes(OWN, INJECTION_PATH), headers=EPIC), 400, "business-rule")


def test_a_linked_patient_is_deleted_by_the_hospitals_number(app: Flask, client: FlaskClient) -> None:
    client.post("/crf/subject", json=SUBJECT)
    linked(app)
    study_subject = told(client.get("/fhir/ResearchSubject/01-001"))["id"]
    refused(client.delete("/fhir/Patient/12345", headers=EPIC), 422, "business-rule")
    assert client.delete(f"/fhir/ResearchSubject/{study_subject}", headers=EPIC).status_code == 204
    refused(client.get("/fhir/Patient/01-001"), 410, "deleted")
    assert client.delete("/fhir/Patient/12345", headers=EPIC).status_code == 204


VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended"}
LAB = {**as_("01/lab"), **FHIR}
CRP = "Observation/01-001-W2-crp"
ENCOUNTER, ANSWERS = "Encounter/01-001-W2", "QuestionnaireResponse/visit-01-001-W2"


@pytest.fixture
def shared(client: FlaskClient) -> FlaskClient:
    """A client of a service that has a visit told by the EHR, and its C-reactive protein by the laboratory."""
    assert client.post("/crf/visit", json=VISIT, headers=EPIC).status_code == 201
    converted = client.post("/crf/visit/$convert?view=clinical", json=VISIT | {"crp": 5}).get_json()
    (crp,) = (one["resource"] for one in converted["entry"] if one["resource"].get("id") == CRP.partition("/")[2])
    assert client.put(f"/fhir/{CRP}", json=crp, headers=LAB).status_code == 201
    return client


@pytest.mark.parametrize("path", [ENCOUNTER, ANSWERS, CRP])
def test_a_delete_that_takes_another_systems_word_with_it_is_disputed(shared: FlaskClient, path: str) -> None:
    refused(shared.delete(f"/fhir/{path}", headers=EPIC), 409, "conflict")
    assert {shared.get(f"/fhir/{each}").status_code for each in (ENCOUNTER, ANSWERS, CRP)} == {200}
    (query,) = told(shared.get("/crf/queries"))["queries"]
    assert (query["item"], query["rule"], query["status"]) == ("crp", "disputed", "open")


def test_a_disputed_delete_in_a_transaction_says_that_the_resource_stands(shared: FlaskClient) -> None:
    (entry,) = told(shared.post("/fhir", json=deletes(ENCOUNTER), headers=EPIC))["entry"]
    assert entry["response"]["status"] == "200 OK"
    assert [issue["code"] for issue in entry["response"]["outcome"]["issue"]] == ["conflict", "informational"]
    assert shared.get(f"/fhir/{ENCOUNTER}").status_code == 200


def test_when_the_other_system_has_taken_its_word_back_the_rest_can_be_deleted(shared: FlaskClient) -> None:
    refused(shared.delete(f"/fhir/{ENCOUNTER}", headers=EPIC), 409, "conflict")
    assert shared.delete(f"/fhir/{CRP}", headers=LAB).status_code == 204
    assert [one["status"] for one in told(shared.get("/crf/queries"))["queries"]] == ["closed"]
    assert shared.delete(f"/fhir/{ENCOUNTER}", headers=EPIC).status_code == 204
    refused(shared.get(f"/fhir/{ENCOUNTER}"), 410, "deleted")


def test_the_house_deletes_whatever_others_have_told(shared: FlaskClient) -> None:
    assert shared.delete(f"/fhir/{ENCOUNTER}").status_code == 204
    refused(shared.get(f"/fhir/{CRP}"), 410, "deleted")
