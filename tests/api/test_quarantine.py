from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.config import Config
from adapter.intake.deciding import Name, link
from tests.api.test_receipts import as_, issues_of, outputs
from tests.api.trial import FHIR, INJECTION, SUBJECT, Clock, Serve, refused, told

EPIC = {**as_("01/epic"), **FHIR}
VISIT = {"subject": "01-001", "visit": "W0", "date": "2025-04-01", "attendance": "attended"}
EHR = {
    "resourceType": "MedicationAdministration",
    "id": "ehr-1",
    "status": "completed",
    "medicationCodeableConcept": {
        "coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "blinded-study-treatment"}]
    },
    "subject": {"reference": "Patient/12345", "display": "Zhang San"},
    "effectiveDateTime": "2025-04-01T08:00:00+08:00",
}


@pytest.fixture
def app(serve: Serve, database: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("CRFHIR_KEY", "a key of the tests, long enough")
    return serve(Config(database=database, open_demo=True, clock=Clock()))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    found = app.test_client()
    found.post("/crf/visit", json=VISIT)
    return found


def linked(app: Flask) -> Any:
    return link(app.extensions["crfhir"].pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")


def transaction(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_a_push_for_a_patient_who_is_not_linked_waits_and_names_the_command(app: Flask, client: FlaskClient) -> None:
    pushed = client.put("/fhir/MedicationAdministration/ehr-1", json=EHR, headers=EPIC)
    assert (pushed.status_code, told(pushed)["status"]) == (202, "on-hold")
    assert "crfhir subject link FILE" in pushed.text
    assert "12345" not in pushed.text
    assert issues_of(client, told(pushed)) == []
    linked(app)
    task = told(client.get(pushed.headers["Content-Location"], headers=EPIC))
    assert task["status"] == "completed"
    found = told(client.get("/fhir/MedicationAdministration/01-001-c1d1"))
    assert found["subject"]["reference"] == "Patient/01-001"
    assert "Zhang" not in str(found)


def test_a_linked_patients_resource_is_put_to_its_senders_own_id(app: Flask, client: FlaskClient) -> None:
    linked(app)
    pushed = client.put("/fhir/MedicationAdministration/ehr-1", json=EHR, headers=EPIC)
    assert pushed.status_code == 201, pushed.text
    assert pushed.headers["Location"].endswith("/MedicationAdministration/01-001-c1d1/_history/1")
    later = EHR | {"effectiveDateTime": "2025-04-01T09:00:00+08:00"}
    assert client.put("/fhir/MedicationAdministration/ehr-1", json=later, headers=EPIC).status_code == 200
    refused(client.get("/fhir/MedicationAdministration/ehr-1", headers=EPIC), 404, "not-found")
    assert (
        told(client.get("/fhir/MedicationAdministration/01-001-c1d1"))["effectiveDateTime"]
        == later["effectiveDateTime"]
    )


def test_the_schedule_of_another_sites_subject_is_not_told(client: FlaskClient) -> None:
    theirs = {**as_("03/epic"), **FHIR}
    record = {"subject": "01-001", "outcome": "given", "time": "2025-04-10T08:00:00+08:00"}
    found = []
    for subject in ("01-001", "01-009"):  # one who has a Day 0, and one who is not there
        resource = EHR | {"subject": {"reference": f"Patient/{subject}"}}
        for asked in (
            client.post("/fhir/MedicationAdministration", json=resource, headers=theirs),
            client.post("/fhir", json=transaction(resource), headers=theirs),
            client.post("/crf/injection", json=record | {"subject": subject}, headers=as_("03/epic")),
        ):
            refused(asked, 404, "not-found")
            found.append(asked.data)
    assert found[:3] == found[3:]
    assert told(client.get("/crf/quarantine"))["total"] == 0


def test_a_linked_patient_is_put_to_its_senders_own_id(app: Flask, client: FlaskClient) -> None:
    client.post("/crf/subject", json=SUBJECT)
    linked(app)
    patient = {"resourceType": "Patient", "id": "12345", "gender": "female"}
    pushed = client.put("/fhir/Patient/12345", json=patient, headers=EPIC)
    assert (pushed.status_code, told(pushed)["id"]) == (200, "01-001"), pushed.text
    assert client.put("/fhir/Patient/12345", json=patient, headers={**EPIC, "If-Match": 'W/"9"'}).status_code == 412
    refused(client.put("/fhir/Patient/12345", json=patient | {"id": "12346"}, headers=EPIC), 400, "invalid")


def test_a_transaction_waits_as_a_whole_and_is_stored_as_a_whole(app: Flask, client: FlaskClient) -> None:
    second = EHR | {"id": "ehr-2", "effectiveDateTime": "2025-04-02T08:00:00+08:00"}
    pushed = client.post("/fhir", json=transaction(EHR, second), headers=EPIC)
    assert pushed.status_code == 202, pushed.text
    assert told(client.get("/crf/injection"))["total"] == 0
    linked(app)
    assert told(client.get("/crf/injection"))["total"] == 2


def test_a_transaction_of_linked_patients_says_which_keys_were_completed(app: Flask, client: FlaskClient) -> None:
    linked(app)
    pushed = client.post("/fhir", json=transaction(EHR), headers=EPIC)
    assert pushed.status_code == 200, pushed.text
    assert told(pushed)["entry"][0]["response"]["location"].endswith("MedicationAdministration/01-001-c1d1/_history/1")
    task = told(client.get(f"/fhir/{pushed.headers['X-Receipt']}", headers=EPIC))
    assert "The keys follow from its date" in str(task["contained"])
    assert outputs(task, "created") == [1]


def test_what_waits_is_listed_shown_corrected_and_rejected(client: FlaskClient) -> None:
    for number in ("1", "2"):
        client.post("/fhir/MedicationAdministration", json=EHR | {"id": f"ehr-{number}"}, headers=EPIC)
    page = told(client.get("/crf/quarantine?status=waiting"))
    assert [(one["number"], one["resources"]) for one in page["quarantine"]] == [
        (1, ["MedicationAdministration"]),
        (2, ["MedicationAdministration"]),
    ]
    shown = client.get("/crf/quarantine/1")
    assert "12345" not in shown.text
    assert told(shown)["outcome"]["issue"][0]["code"] == "not-found"
    refused(client.post("/crf/quarantine/1/replay"), 422, "not-found")
    refused(client.post("/crf/quarantine/1/reject", json={}), 422, "required")
    rejected = client.post("/crf/quarantine/1/reject", json={"reason": "not of this trial"})
    assert told(rejected)["status"] == "rejected"
    refused(client.post("/crf/quarantine/1/reject", json={"reason": "again"}), 409, "conflict")
    right = EHR | {"subject": {"reference": "Patient/01-001"}, "id": "x"}
    corrected = client.post("/crf/quarantine/2/correct", json={"reason": "it is 01-001", "resources": [right]})
    assert (corrected.status_code, told(corrected)["status"]) == (200, "corrected"), corrected.text
    assert told(client.get("/crf/injection"))["total"] == 1


def test_a_task_leads_on_to_what_was_stored_of_what_waited(app: Flask, client: FlaskClient) -> None:
    pushed = client.put("/fhir/MedicationAdministration/ehr-1", json=EHR, headers=EPIC)
    linked(app)
    task = told(client.get(pushed.headers["Content-Location"], headers=EPIC))
    (on,) = [
        one["valueReference"]["reference"] for one in task["output"] if one["type"]["coding"][0]["code"] == "stored"
    ]
    assert "contained" not in task
    assert task["lastModified"] > task["authoredOn"]
    stored = client.get(f"/fhir/{on}", headers=EPIC)
    assert "MedicationAdministration/01-001-c1d1/_history/1" in stored.text
    events = told(client.get("/crf/quarantine/1"))["events"]
    assert [(one["action"], one.get("receipt")) for one in events] == [("kept", None), ("replayed", f"/fhir/{on}")]


def test_pushes_of_one_unlinked_patient_are_recognised_as_such(client: FlaskClient) -> None:
    patients = ("12345", "12345", "777")
    for number, patient in enumerate(patients):
        own = {"id": f"ehr-{number}", "subject": {"reference": f"Patient/{patient}"}}
        client.post("/fhir/MedicationAdministration", json=EHR | own, headers=EPIC)
    page = client.get("/crf/quarantine")
    first, second, other = told(page)["quarantine"]
    assert (first["forms"], first["dates"]) == (["injection"], ["2025-04-01"])
    assert first["patients"] == second["patients"] != other["patients"]
    assert [len(token) for token in first["patients"]] == [12]
    assert "12345" not in page.text


@pytest.mark.parametrize("verb", ["replay", "reject", "correct"])
def test_what_is_decided_is_not_decided_on_again_and_says_what_became_of_it(
    app: Flask, client: FlaskClient, verb: str
) -> None:
    client.put("/fhir/MedicationAdministration/ehr-1", json=EHR, headers=EPIC)
    linked(app)
    given = {"reason": "x", "resources": [EHR]}
    said = refused(client.post(f"/crf/quarantine/1/{verb}", json=given), 409, "conflict")
    assert "it was replayed on 2026-01-01" in said
    assert "as Task/" in said
    refused(client.post(f"/crf/quarantine/2/{verb}", json=given), 404, "not-found")


def test_a_site_sees_its_own_quarantine_alone(client: FlaskClient) -> None:
    client.post("/fhir/MedicationAdministration", json=EHR, headers=EPIC)
    assert told(client.get("/crf/quarantine", headers=as_("02/x")))["total"] == 0
    assert told(client.get("/crf/quarantine", headers=as_("01/x")))["total"] == 1
    refused(client.get("/crf/quarantine/1", headers=as_("02/x")), 404, "not-found")
    for number in ("0", "x", "9" * 40):
        refused(client.get(f"/crf/quarantine/{number}"), 404, "not-found")


def test_a_record_without_its_keys_is_completed(client: FlaskClient) -> None:
    bare = {name: value for name, value in INJECTION.items() if name not in ("cycle", "day")}
    pushed = client.post("/crf/injection", json=bare)
    assert told(pushed)["records"][0]["key"] == "01-001-c1d1"
