"""Records of the trial that the tests of the service push, and how answers are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from adapter.api.config import Config

Serve = Callable[[Config], Flask]
"""From a configuration to the application, which is closed when the test ends: the fixture `serve`."""

STUDY = Path(__file__).parents[2] / "mappings" / "il2_csu"
FHIR = {"Content-Type": "application/fhir+json"}

SUBJECT = {"subject": "01-001", "site": "01", "status": "on-treatment", "randomized": "2025-04-01"}
INJECTION = {
    "subject": "01-001",
    "cycle": 1,
    "day": 1,
    "outcome": "given",
    "time": "2025-04-01T08:00:00+08:00",
    "volume": 1,
    "body_site": "deltoid-left",
}
INJECTION_PATH = "MedicationAdministration/01-001-c1d1"
KIT_PATH = "Observation/01-001-c1d1-kit"


class Clock:
    """A clock that goes on by a second each time it is asked, from the same time in every test."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def diary(day: str, **more: Any) -> dict[str, Any]:
    return {
        "subject": "01-001",
        "date": day,
        "wheals": 1,
        "itch": 2,
        "tablets": 1,
        "angioedema": False,
    } | more


def told(response: TestResponse) -> Any:
    """The JSON of an answer, decimals with their digits."""
    return json.loads(response.data, parse_float=Decimal)


def issues(response: TestResponse) -> list[tuple[str, str]]:
    """(severity, code) of each issue of an OperationOutcome."""
    outcome = told(response)
    assert outcome["resourceType"] == "OperationOutcome"
    return [(issue["severity"], issue["code"]) for issue in outcome["issue"]]


def refused(response: TestResponse, status: int, code: str) -> str:
    """Assert that an answer is an OperationOutcome of this status with an error of this code; return its
    diagnostics."""
    assert response.status_code == status, response.data
    assert response.content_type.startswith("application/fhir+json")
    found = [issue for issue in told(response)["issue"] if issue["severity"] in ("error", "fatal")]
    assert code in [issue["code"] for issue in found], response.data
    return " ".join(issue["diagnostics"] for issue in found)
