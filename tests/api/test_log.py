from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.config import Config
from tests.api.trial import INJECTION, INJECTION_PATH, Clock, Serve


@pytest.fixture
def logged(serve: Serve, database: str) -> Iterator[FlaskClient]:
    """A service that logs; the logger, which is the process's, is as it was afterwards."""
    logger = logging.getLogger("crfhir")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield serve(Config(database=database, open_demo=True, clock=Clock(), log="json")).test_client()
    logger.handlers[:], logger.level, logger.propagate = before


def entries(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_request_is_a_line_with_its_route_and_no_value(
    logged: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    logged.post("/crf/injection", json=INJECTION | {"kit": "K-77"})
    logged.get(f"/fhir/{INJECTION_PATH}?_format=json")
    told = entries(capfd)
    assert [(each["method"], each["route"], each["status"]) for each in told] == [
        ("POST", "/crf/<form>", 201),
        ("GET", "/fhir/<type_>/<id_>", 200),
    ]
    assert {"request", "ms", "received", "sent", "timestamp", "level", "event"} <= told[0].keys()
    for value in ("01-001", "K-77", "deltoid"):
        assert value not in json.dumps(told)


def test_the_id_of_a_request_is_the_senders_if_it_is_one(
    logged: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    answered = logged.get("/health/live", headers={"X-Request-Id": "ehr-7.a_b"})
    assert answered.headers["X-Request-Id"] == "ehr-7.a_b"
    made = logged.get("/health/live", headers={"X-Request-Id": "no id: 01-001"}).headers["X-Request-Id"]
    assert len(made) == 32
    assert [each["request"] for each in entries(capfd)] == ["ehr-7.a_b", made]


def test_a_fault_is_logged_with_the_request_it_was_in(
    logged: FlaskClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("wheals of 01-001 were 3")

    monkeypatch.setattr(type(logged.application.extensions["crfhir"].pipeline), "push_records", broken)
    logged.post("/crf/diary", json={"subject": "01-001"}, headers={"X-Request-Id": "r1"})
    told = entries(capfd)
    assert [(each["level"], each.get("request")) for each in told] == [("error", "r1"), ("info", "r1")]
    assert "ZeroDivisionError" in told[0]["event"]
    assert "01-001" not in json.dumps(told)


def test_nothing_is_logged_where_logs_are_off(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    answered = client.get("/health/live")
    assert "X-Request-Id" not in answered.headers
    assert capfd.readouterr().err == ""


def test_a_line_for_a_person_says_the_same(
    serve: Serve, database: str, capfd: pytest.CaptureFixture[str], logged: FlaskClient
) -> None:
    client = serve(Config(database=database, open_demo=True, clock=Clock(), log="text")).test_client()
    client.get("/health/live", headers={"X-Request-Id": "r7"})
    (line,) = capfd.readouterr().err.splitlines()
    assert "[info] request method=GET route=/health/live status=200" in line
    assert line.endswith("request=r7")


def test_an_id_is_on_no_line_of_another_request(logged: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    logged.get("/health/live", headers={"X-Request-Id": "r1"})
    logging.getLogger("crfhir").warning("beside")
    logged.get("/health/live", headers={"X-Request-Id": "r2"})
    assert [each.get("request") for each in entries(capfd)] == ["r1", None, "r2"]


def test_no_traceback_is_logged(logged: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("wheals of 01-001 were 3")
    except ValueError:
        logging.getLogger("crfhir").exception("fault")
    assert "01-001" not in capfd.readouterr().err
