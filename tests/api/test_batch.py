from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.fhir import xml
from tests.api.test_transaction import converted, transaction
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, diary, issues, refused, told


def batch(client: FlaskClient, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    bundle = {"resourceType": "Bundle", "type": "batch"} | ({"entry": list(entries)} if entries else {})
    done = client.post("/fhir", json=bundle, headers=FHIR)
    assert done.status_code == 200, done.data
    assert told(done)["type"] == "batch-response"
    found: list[dict[str, Any]] = told(done).get("entry", [])
    assert len(found) == len(entries)
    return found


def asked(method: str, url: str, **more: Any) -> dict[str, Any]:
    return {"request": {"method": method, "url": url, **more}}


def test_each_entry_has_its_own_answer_and_the_bad_hold_up_none(client: FlaskClient) -> None:
    good, bad = converted(client, "diary", diary("2025-04-01")), converted(client, "injection", INJECTION)
    for resource in bad:
        resource["status"] = "banana"
    found = batch(client, *transaction(good + bad)["entry"])
    statuses = [entry["response"]["status"] for entry in found]
    assert statuses[0] == "201 Created"
    assert set(statuses[: len(good)]) <= {"201 Created", "200 OK"}
    assert all(status.startswith(("422", "202")) for status in statuses[len(good) :])
    for entry in found[len(good) :]:
        assert entry["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert told(client.get("/crf/diary"))["total"] == 1
    assert told(client.get("/crf/injection"))["total"] == 0


def test_reading_sees_what_the_same_batch_wrote(client: FlaskClient) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    found = batch(
        client,
        asked("GET", INJECTION_PATH),
        asked("GET", "MedicationAdministration?identifier=01-001-c1d1"),
        transaction([resource])["entry"][0],
        asked("GET", "Observation/nothing"),
        asked("HEAD", INJECTION_PATH),
    )
    assert [entry["response"]["status"][:3] for entry in found] == ["200", "200", "201", "404", "200"]
    assert found[0]["resource"]["id"] == "01-001-c1d1"
    assert found[1]["resource"]["total"] == 1
    assert "resource" not in found[4]


def test_an_entry_has_the_format_of_its_bundle(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    for shape in ("_format=xml", "_format=html", "_pretty=true", "_f%6Frmat=xml"):
        (found,) = batch(client, asked("GET", f"{INJECTION_PATH}?{shape}&_elements=dosage"))
        assert found["resource"]["id"] == "01-001-c1d1"


def test_a_batch_is_answered_in_xml(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [asked("GET", INJECTION_PATH)]}
    sent = client.post("/fhir?_format=xml", json=bundle, headers=FHIR)
    assert xml.parse(sent.data)["entry"][0]["resource"]["id"] == "01-001-c1d1"


def test_conditions_of_entries_are_held_to(client: FlaskClient) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    create = {"resource": resource} | asked("POST", "MedicationAdministration", ifNoneExist="identifier=01-001-c1d1")
    first, again = (batch(client, create)[0]["response"] for _ in range(2))
    assert (first["status"], again["status"]) == ("201 Created", "200 OK")
    stale = {"resource": resource} | asked("PUT", INJECTION_PATH, ifMatch='W/"7"')
    assert batch(client, stale)[0]["response"]["status"].startswith("412")
    known = asked("GET", INJECTION_PATH, ifNoneMatch='W/"1"')
    assert batch(client, known)[0]["response"]["status"].startswith("304")
    assert batch(client, asked("DELETE", INJECTION_PATH))[0]["response"]["status"].startswith("204")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "../crf/injection",
        "/../crf/injection",
        "https://elsewhere.example/fhir/Patient/1",
        "//elsewhere.example",
        "Patient/1/../../crf",
        "Patient\r\nX: y",
        "Patient/%2e%2e/crf",
    ],
)
def test_no_address_leads_out_of_fhir(client: FlaskClient, url: str) -> None:
    done = client.post(
        "/fhir",
        json={"resourceType": "Bundle", "type": "batch", "entry": [asked("GET", url)]},
        headers=FHIR,
    )
    if done.status_code == 200:
        status = told(done)["entry"][0]["response"]["status"]
        assert status.startswith(("400", "404"))
    else:
        assert done.status_code in (400, 422)


def test_what_is_hidden_is_hidden_in_a_batch(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    (found,) = batch(client, asked("GET", KIT_PATH))
    assert found["response"]["status"].startswith("404")


def test_a_batch_holds_no_batch_and_may_be_empty(client: FlaskClient) -> None:
    inner = {"resource": {"resourceType": "Bundle", "type": "batch"}} | asked("POST", "Bundle")
    assert batch(client, inner)[0]["response"]["status"].startswith("400")
    assert batch(client) == []


def test_a_bundle_that_is_none_is_refused_whole(client: FlaskClient) -> None:
    for entry in ({}, {"request": {"method": "GET"}}, {"x": 1} | asked("GET", "Patient/1"), 1):
        sent = client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": [entry]}, headers=FHIR)
        assert sent.status_code in (400, 422), sent.data
        assert issues(sent)
    for type_ in ("collection", "history"):
        sent = client.post("/fhir", json={"resourceType": "Bundle", "type": type_}, headers=FHIR)
        refused(sent, 422, "not-supported")
