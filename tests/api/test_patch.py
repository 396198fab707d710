from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, KIT_PATH, refused, told

PATCH = {"Content-Type": "application/json-patch+json"}
NO_DOSE = [{"op": "replace", "path": "/dosage/dose/value", "value": 0}]
FOUND = "MedicationAdministration?identifier=01-001-c1d1"


@pytest.fixture(autouse=True)
def stored(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})


def patch(client: FlaskClient, patch: Any, path: str = INJECTION_PATH, **headers: str) -> TestResponse:
    return client.patch(f"/fhir/{path}", json=patch, headers=PATCH | headers)


@pytest.mark.parametrize("path", [INJECTION_PATH, FOUND])
def test_a_patch_makes_a_version(client: FlaskClient, path: str) -> None:
    sent = patch(client, NO_DOSE, path)
    assert (sent.status_code, sent.headers["ETag"]) == (200, 'W/"2"')
    assert told(sent)["dosage"]["dose"]["value"] == 0
    assert told(client.get("/crf/injection/01-001-c1d1"))["volume"] == 0


def test_a_test_that_fails_changes_nothing(client: FlaskClient) -> None:
    sent = patch(client, [{"op": "test", "path": "/status", "value": "stopped"}, *NO_DOSE])
    refused(sent, 422, "processing")
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'


def test_a_patched_resource_is_held_to_what_any_is(client: FlaskClient) -> None:
    refused(patch(client, [{"op": "replace", "path": "/status", "value": "banana"}]), 422, "code-invalid")
    refused(patch(client, [{"op": "add", "path": "/nonsense", "value": 1}]), 400, "structure")


@pytest.mark.parametrize("path", ["/dosage/site", "/dosage", "/medicationCodeableConcept/coding/0/display"])
def test_what_a_put_would_leave_cannot_be_taken_out(client: FlaskClient, path: str) -> None:
    sent = patch(client, [{"op": "remove", "path": path}])
    if path.count("/") < 3:
        assert "cannot be taken out" in refused(sent, 422, "not-supported")
    assert client.get(f"/fhir/{INJECTION_PATH}").headers["ETag"] == 'W/"1"'


def test_a_choice_may_take_another_type(client: FlaskClient) -> None:
    period = {"start": "2025-04-01T08:00:00+08:00"}
    sent = patch(
        client,
        [{"op": "remove", "path": "/effectiveDateTime"}, {"op": "add", "path": "/effectivePeriod", "value": period}],
    )
    assert sent.status_code == 200, sent.data


def test_a_patch_of_another_version_than_was_read_is_refused(client: FlaskClient) -> None:
    headers = {"If-Match": 'W/"1"'}
    assert patch(client, NO_DOSE, **headers).status_code == 200
    refused(patch(client, [{"op": "replace", "path": "/dosage/dose/value", "value": 1}], **headers), 412, "conflict")


def test_what_is_hidden_or_not_there_cannot_be_asked_by_a_patch(client: FlaskClient) -> None:
    asked = [{"op": "test", "path": "/valueString", "value": "K-1"}]
    hidden, missing = patch(client, asked, KIT_PATH), patch(client, asked, "Observation/nothing")
    refused(hidden, 404, "not-found")
    assert hidden.data == missing.data
    refused(patch(client, asked, "Observation?identifier=01-001-c1d1-kit"), 404, "not-found")


@pytest.mark.parametrize("kind", ["application/fhir+json", "application/merge-patch+json", "application/xml", ""])
def test_other_kinds_of_patch_are_refused(client: FlaskClient, kind: str) -> None:
    sent = client.patch(f"/fhir/{INJECTION_PATH}", data=b"[]", headers={"Content-Type": kind})
    refused(sent, 415, "not-supported")


def test_a_patch_in_a_transaction_is_a_binary(client: FlaskClient) -> None:
    def sent(binary: dict[str, Any], url: str = INJECTION_PATH) -> TestResponse:
        entry = {"resource": binary, "request": {"method": "PATCH", "url": url}}
        return client.post(
            "/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]}, headers=FHIR
        )

    binary = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9kb3NhZ2UvZG9zZS92YWx1ZSIsInZhbHVlIjowfV0=",
    }
    done = told(sent(binary))
    assert done["entry"][0]["response"]["etag"] == 'W/"2"'
    refused(sent(binary | {"contentType": "text/plain"}), 400, "not-supported")
    refused(sent(binary | {"data": "YQ=="}), 400, "structure")
    refused(sent(binary, "Observation/nothing"), 404, "not-found")
