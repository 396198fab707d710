from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from adapter.api.config import Config
from adapter.fhir import xml
from adapter.fhir.json import encode
from adapter.store.schema import quarantine
from tests.api.test_receipts import as_
from tests.api.test_transaction import converted, transaction
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, Clock, Serve, diary, issues, refused, told


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
    for entry in ({}, {"fullUrl": "urn:x"}, 1):
        sent = client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": [entry]}, headers=FHIR)
        assert sent.status_code in (400, 422), sent.data
        assert issues(sent)
    for type_ in ("collection", "history"):
        sent = client.post("/fhir", json={"resourceType": "Bundle", "type": type_}, headers=FHIR)
        refused(sent, 422, "not-supported")


@pytest.mark.parametrize("type_", ["batch", "transaction"])
def test_each_answer_says_where_which_and_since_when(client: FlaskClient, type_: str) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    body = b64encode(b'[{"op":"replace","path":"/dosage/dose/value","value":0.8}]').decode()
    patch = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": body}
    base = f"http://127.0.0.1:8000/fhir/{INJECTION_PATH}/_history"
    type_of, found = "MedicationAdministration", "MedicationAdministration?identifier=01-001-c1d1"
    nameless = {key: value for key, value in resource.items() if key != "id"}
    writing = [
        ({"resource": resource} | asked("PUT", INJECTION_PATH), "201 Created", 1),
        ({"resource": resource} | asked("PUT", INJECTION_PATH), "200 OK", 1),
        ({"resource": resource} | asked("POST", type_of), "200 OK", 1),
        ({"resource": resource} | asked("POST", type_of, ifNoneExist="identifier=01-001-c1d1"), "200 OK", 1),
        ({"resource": patch} | asked("PATCH", INJECTION_PATH), "200 OK", 2),
        ({"resource": nameless} | asked("PUT", found), "200 OK", 3),
        (asked("GET", INJECTION_PATH), "200 OK", 3),
        (asked("HEAD", INJECTION_PATH), "200 OK", 3),
        (asked("GET", INJECTION_PATH, ifNoneMatch='W/"3"'), "304 Not Modified", 3),
        (asked("DELETE", INJECTION_PATH), "204 No Content", None),
        (asked("GET", INJECTION_PATH), "410 Gone", None),
    ]
    for entry, status, version in writing:
        bundle = {"resourceType": "Bundle", "type": type_, "entry": [entry]}
        response = told(client.post("/fhir", data=encode(bundle), headers=FHIR))["entry"][0]["response"]
        assert response["status"] == status, entry
        assert response.get("etag") == (f'W/"{version}"' if version is not None else None)
        assert ("lastModified" in response) == (version is not None)
        if entry["request"]["method"] in ("POST", "PUT", "PATCH"):
            assert response["location"] == f"{base}/{version}"
            stood = told(client.get(f"/fhir/{INJECTION_PATH}/_history/{version}"))
            assert response["lastModified"] == stood["meta"]["lastUpdated"]


def test_one_entry_that_is_none_holds_up_no_other(client: FlaskClient) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    good = {"resource": resource} | asked("PUT", INJECTION_PATH)
    wrong: list[dict[str, Any]] = [
        {"resource": resource} | asked("PUT", "MedicationAdministration/other"),
        {"resource": {"resourceType": "Condition"}} | asked("POST", "MedicationAdministration"),
        {"resource": {}} | asked("POST", "MedicationAdministration"),
        {"resource": "x"} | asked("POST", "MedicationAdministration"),
        {"request": {"method": "GET"}},
        {"request": 1},
        {"request": {"method": ["POST"], "url": 1, "ifMatch": 1}, "resource": resource, "fullUrl": 1},
        {"x": 1} | asked("GET", "Patient/1"),
        asked("FETCH", "Patient/1"),
    ]
    found = batch(client, *wrong, good)
    assert [entry["response"]["status"][:3] for entry in found] == ["400"] * len(wrong) + ["201"]
    for position, entry in enumerate(found[:-1]):
        places = [place for issue in entry["response"]["outcome"]["issue"] for place in issue["expression"]]
        assert all(place.startswith(f"Bundle.entry[{position}]") for place in places), places


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "MedicationAdministration", "status": 1},
        {"resourceType": "MedicationAdministration", "nmae": "Zhang San", "subject": "Zhang San"},
        {"resourceType": "Condition", "subject": {"display": "Zhang San"}},
        {"resourceType": "Patinet", "name": [{"family": "Zhang San"}]},
        {"resourceType": "Patient", "name": "Zhang San", "birthDate": "1990-01-01"},
        {"resourceType": "Patient", "name": [{"family": "Zhang San"}], "gender": "banana"},
        {},
        "Zhang San",
        [{"family": "Zhang San"}],
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_is_refused_is_kept_without_what_names_a_person(
    serve: Serve, database: str, monkeypatch: pytest.MonkeyPatch, method: str, resource: Any
) -> None:
    monkeypatch.setenv("CRFHIR_KEY", "k" * 40)
    client = serve(Config(database=database, open_demo=True, clock=Clock())).test_client()
    type_ = resource.get("resourceType", "Patient") if isinstance(resource, dict) else "Patient"
    entry = {"resource": resource} | asked(method, type_ if method == "POST" else f"{type_}/x")
    first, again = (batch(client, entry)[0]["response"] for _ in range(2))
    assert first["status"].startswith(("400", "422"))
    (number,) = re.findall(r"/crf/quarantine/([0-9]+)", first["outcome"]["issue"][-1]["diagnostics"])
    assert again == first
    shown = told(client.get(f"/crf/quarantine/{number}"))
    assert shown["status"] == "waiting"
    assert len(shown["outcome"]["issue"]) == len(first["outcome"]["issue"]) - 1
    with client.application.extensions["crfhir"].store.engines.reading() as connection:
        (kept,) = connection.execute(select(quarantine.c.content, quarantine.c.issues)).all()
    assert "Zhang" not in f"{kept.content}{kept.issues}"
    assert (kept.content is None) == (not isinstance(resource, dict))


def test_what_met_a_condition_or_only_reads_is_not_kept(client: FlaskClient) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    batch(
        client,
        {"resource": resource} | asked("PUT", INJECTION_PATH, ifMatch='W/"7"'),
        asked("GET", "Patient/nothing"),
        asked("DELETE", "Condition/x"),
    )
    assert told(client.get("/crf/quarantine"))["total"] == 0


def test_what_is_anothers_is_kept_for_its_sender(client: FlaskClient) -> None:
    (resource,) = converted(client, "injection", INJECTION, "clinical")
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"resource": resource} | asked("PUT", INJECTION_PATH)],
    }
    sent = client.post("/fhir", data=encode(bundle), headers=FHIR | as_("02/epic"))
    assert told(sent)["entry"][0]["response"]["status"].startswith("404")
    assert told(client.get("/crf/quarantine", headers=as_("02/epic")))["total"] == 1
