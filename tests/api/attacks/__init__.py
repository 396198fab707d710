"""What is sent to break the service, by table: each with the answer that it gets, and that nothing is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

PATH = "/fhir/MedicationAdministration/01-001-c1d1"
JSON = "application/fhir+json"
XML = "application/fhir+xml"

GOOD: dict[str, Any] = {
    "resourceType": "MedicationAdministration",
    "id": "01-001-c1d1",
    "identifier": [{"system": "https://il2-csu.example/id/injection", "value": "01-001-c1d1"}],
    "status": "completed",
    "medicationCodeableConcept": {
        "coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "blinded-study-treatment"}]
    },
    "subject": {"reference": "Patient/01-001"},
    "effectiveDateTime": "2025-04-01T08:00:00+08:00",
    "dosage": {"dose": {"value": 1, "unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL"}},
}
"""An injection that is stored, before something is done to it."""

TEXT = json.dumps(GOOD)


@dataclass(frozen=True)
class Attack:
    """One request and its answer: `codes` are those of which one must be told, `status` those of which one must be."""

    name: str
    status: tuple[int, ...]
    codes: tuple[str, ...]
    body: bytes = b""
    path: str = PATH
    method: str = "PUT"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def put(name: str, status: int | tuple[int, ...], codes: str, body: str | bytes, **more: Any) -> Attack:
    """A PUT of JSON to the good injection's address."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    statuses = status if isinstance(status, tuple) else (status,)
    return Attack(name, statuses, tuple(codes.split()), raw, headers={"Content-Type": JSON}, **more)


def changed(**elements: Any) -> str:
    """The good injection as JSON, with some elements others; None leaves one out."""
    return json.dumps({key: value for key, value in (GOOD | elements).items() if value is not None})


def get(name: str, status: int | tuple[int, ...], codes: str, path: str, **headers: str) -> Attack:
    """A GET."""
    statuses = status if isinstance(status, tuple) else (status,)
    return Attack(name, statuses, tuple(codes.split()), path=path, method="GET", headers=headers)
