from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.attacks import GOOD, PATH, changed
from tests.api.trial import FHIR, refused, told

PROVENANCE: dict[str, Any] = {
    "resourceType": "Provenance",
    "recorded": "2025-04-02T08:00:00+08:00",
    "agent": [{"who": {"display": "interface engine"}}],
    "reason": [{"text": "corrected after monitoring"}],
}


def test_a_key_gives_the_same_answer_and_no_second_effect(client: FlaskClient) -> None:
    headers = FHIR | {"Idempotency-Key": "push-7"}
    first = client.put(PATH, json=GOOD, headers=headers)
    client.put(PATH, data=changed(effectiveDateTime="2025-04-01T09:00:00+08:00"), headers=FHIR)
    again = client.put(PATH, json=GOOD, headers=headers)
    assert (first.status_code, again.status_code, again.data) == (201, 200, first.data)
    assert again.headers["X-Receipt"] == first.headers["X-Receipt"]
    assert client.get(PATH).headers["ETag"] == 'W/"2"'


def test_a_key_with_another_content_is_a_conflict(client: FlaskClient) -> None:
    headers = FHIR | {"Idempotency-Key": "push-7"}
    client.put(PATH, json=GOOD, headers=headers)
    other = changed(effectiveDateTime="2025-04-01T09:00:00+08:00")
    refused(client.put(PATH, data=other, headers=headers), 409, "conflict")
    assert client.get(PATH).headers["ETag"] == 'W/"1"'


def test_the_entries_of_a_batch_are_pushes_of_their_own_under_its_key(client: FlaskClient) -> None:
    entry = {"resource": GOOD, "request": {"method": "PUT", "url": PATH[6:]}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    statuses = []
    for key in ("a", "a", "b"):
        done = client.post("/fhir", json=bundle, headers=FHIR | {"Idempotency-Key": key})
        statuses.append(told(done)["entry"][0]["response"]["status"])
    assert statuses == ["201 Created", "200 OK", "200 OK"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\x7fb"])
def test_a_key_that_is_none_is_refused(client: FlaskClient, key: str) -> None:
    refused(client.put(PATH, json=GOOD, headers=FHIR | {"Idempotency-Key": key}), 400, "invalid")


def test_a_provenance_goes_with_a_push(client: FlaskClient) -> None:
    sent = client.put(PATH, json=GOOD, headers=FHIR | {"X-Provenance": json.dumps(PROVENANCE)})
    assert sent.status_code == 201


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("{", 400, "structure"),
        ("[]", 400, "invalid"),
        ('{"resourceType":"Patient"}', 400, "invalid"),
        (json.dumps(PROVENANCE | {"target": [{"reference": "Patient/1"}]}), 400, "invalid"),
        (json.dumps(PROVENANCE | {"recorded": "yesterday"}), 422, "value"),
        (json.dumps({k: v for k, v in PROVENANCE.items() if k != "agent"}), 422, "required"),
    ],
)
def test_a_provenance_that_is_none_is_refused(client: FlaskClient, header: str, status: int, code: str) -> None:
    refused(client.put(PATH, json=GOOD, headers=FHIR | {"X-Provenance": header}), status, code)
    assert client.get(PATH).status_code == 404
