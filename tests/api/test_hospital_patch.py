"""PATCH by a hospital's own ids."""

from __future__ import annotations

from base64 import b64encode

from flask.testing import FlaskClient

from adapter.fhir.json import encode
from tests.api.test_hospital_delete import OWN
from tests.api.test_hospital_delete import sent as sent  # a fixture
from tests.api.test_quarantine import EPIC
from tests.api.test_quarantine import app as app  # a fixture
from tests.api.test_quarantine import client as client  # a fixture
from tests.api.test_receipts import as_
from tests.api.trial import INJECTION_PATH, refused, told

KIND = "application/json-patch+json"
STOPPED = encode([{"op": "replace", "path": "/status", "value": "stopped"}])


def test_what_a_sender_calls_by_its_own_id_is_patched_by_it(sent: FlaskClient) -> None:
    refused(sent.patch(f"/fhir/{OWN}", data=STOPPED, headers={**as_("01/edc"), "Content-Type": KIND}), 404, "not-found")
    done = sent.patch(f"/fhir/{OWN}", data=STOPPED, headers={**EPIC, "Content-Type": KIND})
    assert (done.status_code, told(sent.get(f"/fhir/{INJECTION_PATH}"))["status"]) == (200, "stopped")


def test_bundles_patch_by_an_own_id(sent: FlaskClient) -> None:
    binary = {"resourceType": "Binary", "contentType": KIND, "data": b64encode(STOPPED).decode()}
    for type_ in ("transaction", "batch"):
        entry = {"resource": binary, "request": {"method": "PATCH", "url": OWN}}
        done = sent.post("/fhir", json={"resourceType": "Bundle", "type": type_, "entry": [entry]}, headers=EPIC)
        assert told(done)["entry"][0]["response"]["status"] == "200 OK", done.data
    assert told(sent.get(f"/fhir/{INJECTION_PATH}"))["status"] == "stopped"
