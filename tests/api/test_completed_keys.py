"""Keys that were looked up before the push held anything: what is stored there meanwhile is not written over."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.config import Config
from tests.api.test_quarantine import EHR, EPIC, VISIT, linked, transaction
from tests.api.trial import INJECTION, Clock, Serve, refused, told

KEYS = ("cycle", "day")
MORNING = {item: value for item, value in INJECTION.items() if item not in KEYS}
EVENING = MORNING | {"time": "2025-04-01T20:00:00+08:00"}
LATE = EHR | {"id": "ehr-2", "effectiveDateTime": EVENING["time"]}


class Racing(Clock):
    """A clock that lets something else happen once: the pipeline asks for the time when keys are completed already."""

    meanwhile: Any = None

    def __call__(self) -> Any:
        other, self.meanwhile = self.meanwhile, None
        if other is not None:
            other()
        return super().__call__()


@pytest.fixture
def clock() -> Racing:
    return Racing()


@pytest.fixture
def app(serve: Serve, database: str, clock: Racing, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("CRFHIR_KEY", "a key of the tests, long enough")
    opened = serve(Config(database=database, open_demo=True, clock=clock))
    opened.test_client().post("/crf/visit", json=VISIT)
    linked(opened)
    return opened


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def first(client: FlaskClient) -> None:
    """The injection of the morning, by another sender."""
    assert client.post("/crf/injection", json=MORNING).status_code == 201


def morning_stands(client: FlaskClient) -> bool:
    return bool(told(client.get("/crf/injection/01-001-c1d1"))["time"] == MORNING["time"])


def test_a_record_without_keys_does_not_replace_one_that_came_meanwhile(client: FlaskClient, clock: Racing) -> None:
    clock.meanwhile = lambda: first(client)
    refused(client.post("/crf/injection", json=EVENING), 422, "multiple-matches")
    assert morning_stands(client)


def test_the_same_record_that_came_meanwhile_is_the_same(client: FlaskClient, clock: Racing) -> None:
    clock.meanwhile = lambda: first(client)
    again = client.post("/crf/injection", json=MORNING)
    assert (again.status_code, told(client.get("/crf/injection"))["total"]) == (200, 1)


@pytest.mark.parametrize("way", ["put", "post", "transaction"])
def test_a_resource_without_keys_waits_when_another_came_meanwhile(
    client: FlaskClient, clock: Racing, way: str
) -> None:
    clock.meanwhile = lambda: first(client)
    if way == "transaction":
        sent = client.post("/fhir", json=transaction(LATE), headers=EPIC)
    else:
        path = "/fhir/MedicationAdministration" + ("/ehr-2" if way == "put" else "")
        sent = client.open(path, method=way.upper(), json=LATE, headers=EPIC)
    assert sent.status_code == 202, sent.text
    assert morning_stands(client)
    assert told(client.get("/crf/quarantine"))["total"] == 1


def test_of_an_asynchronous_bundle_what_came_meanwhile_stands(client: FlaskClient, clock: Racing) -> None:
    clock.meanwhile = lambda: first(client)
    bundle = transaction(LATE) | {"type": "batch"}
    sent = client.post("/fhir", json=bundle, headers={**EPIC, "Prefer": "respond-async"})
    assert (sent.status_code, told(sent)["status"]) == (202, "on-hold")
    assert morning_stands(client)


def test_what_was_said_of_one_entry_is_not_said_of_the_next(client: FlaskClient) -> None:
    unsupported = {"ifNoneMatch": 'W/"1"'}
    other = {"resourceType": "Patient", "id": "01-001", "gender": "female"}
    other["identifier"] = [{"system": "https://il2-csu.example/id/subject", "value": "01-001"}]
    entries = [
        {"resource": EHR, "request": {"method": "PUT", "url": f"MedicationAdministration/{EHR['id']}"} | unsupported},
        {"resource": other, "request": {"method": "PUT", "url": "Patient/01-001"}},
    ]
    headers = {**EPIC, "Prefer": "return=OperationOutcome"}
    done = client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": entries}, headers=headers)
    first, last = (each["response"] for each in told(done)["entry"])
    assert first["status"].startswith("400"), first
    assert "completed" not in str(last), last
