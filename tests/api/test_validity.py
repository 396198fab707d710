"""What the service answers is valid FHIR: history, operations, Bundles, parts of resources, in both formats."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.fhir import json, xml
from tests.api.attacks import GOOD
from tests.api.test_entries import entry, injection, patch
from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, SUBJECT, diary

TYPE = "MedicationAdministration"

ASKED = [
    "/fhir/metadata",
    "/fhir/CapabilityStatement",
    "/fhir/CapabilityStatement/crfhir",
    "/fhir/Questionnaire?_count=2&_summary=true",
    "/fhir/_history",
    "/fhir/_history?_count=1",
    f"/fhir/{TYPE}/_history",
    f"/fhir/{INJECTION_PATH}/_history?_summary=true",
    f"/fhir/{INJECTION_PATH}?_summary=true",
    f"/fhir/{INJECTION_PATH}?_summary=text",
    f"/fhir/{INJECTION_PATH}?_elements=dosage",
    f"/fhir/{INJECTION_PATH}/$meta",
    "/fhir/$meta",
    "/fhir/$versions",
    "/fhir/Patient/01-001/$everything",
    "/fhir/Patient/01-001/$everything?_count=1",
    f"/fhir/{TYPE}?_summary=count",
    "/fhir/Patient/nothing",
    "/fhir/Patient/nothing/_history",
    "/fhir/ValueSet?kit=1&_count=1",
]


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/diary", json=[diary("2025-04-01"), diary("2025-04-02")])
    for volume in (1, 0):
        client.post("/crf/injection", json=INJECTION | {"volume": volume, "kit": "K-1"})
    client.post("/crf/injection", json=INJECTION | {"day": 2, "time": "2025-04-02T08:00:00+08:00"})
    client.delete(f"/fhir/{TYPE}/01-001-c1d2")
    return client


def bundles() -> Iterator[dict[str, Any]]:
    bad = injection(5) | {"status": "banana"}
    entries = [
        entry("GET", f"{TYPE}?subject=Patient/01-001"),
        entry("GET", f"{TYPE}/nothing"),
        entry("PATCH", INJECTION_PATH, patch({"op": "replace", "path": "/dosage/dose/value", "value": 1})),
        entry("POST", TYPE, injection(4, effectiveDateTime="2025-04-04")),
        entry("DELETE", f"{TYPE}/01-001-c1d2"),
    ]
    for type_, more in (("transaction", []), ("batch", [entry("PUT", f"{TYPE}/01-001-c1d5", bad)])):
        yield {"resourceType": "Bundle", "type": type_, "entry": [*entries, *more]}


def answers(client: FlaskClient) -> Iterator[tuple[str, Any]]:
    for path in ASKED:
        plain = client.get(path)
        yield path, json.parse(plain.data)
        joint = "&" if "?" in path else "?"
        assert xml.parse(client.get(f"{path}{joint}_format=xml").data)["resourceType"], path
    for bundle in bundles():
        for wish in ("return=minimal", "return=representation", "return=OperationOutcome"):
            sent = client.post("/fhir", data=json.encode(bundle), headers=FHIR | {"Prefer": wish})
            yield f"{bundle['type']} {wish}", json.parse(sent.data)
    refused = client.put(f"/fhir/{INJECTION_PATH}", json=GOOD | {"status": "banana"}, headers=FHIR)
    yield "an outcome", json.parse(refused.data)


def test_every_answer_is_valid(app: Flask, filled: FlaskClient) -> None:
    validator = app.extensions["crfhir"].desk.validator
    kept = os.environ.get("CRFHIR_TEST_ANSWERS")
    for number, (name, answer) in enumerate(answers(filled)):
        if kept is not None:
            Path(kept, f"{number:02}.json").write_bytes(json.encode(answer))
        # Of a part its profiles do not hold.
        partial = "_summary" in name or "_elements" in name
        wrong = [
            issue for issue in validator.check(answer) if issue.refuses and not (partial and issue.key != "format")
        ]
        assert wrong == [], (name, wrong[:3])
