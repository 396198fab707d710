from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.conformance import TYPES
from tests.api.trial import INJECTION, SUBJECT, refused

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")
VALUES = {
    "type_": "MedicationAdministration",
    "id_": "01-001-c1d1",
    "version": "1",
    "form": "injection",
    "key": "01-001-c1d1",
    "number": "1",
    "compartment": "Patient",
}


def addresses(app: Flask) -> dict[str, set[str]]:
    """An address of each route, with the methods that its own routes have."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.rule.startswith("/openapi/"):
            continue
        with app.test_request_context():
            values = {name: VALUES[name] for name in rule.arguments}
            path = rule.build(values)
        assert path is not None
        found.setdefault(path[1], set()).update(rule.methods or ())
    return found


def test_another_method_than_an_addresss_own_is_told_so_with_those_that_it_has(app: Flask, client: FlaskClient) -> None:
    for path, methods in addresses(app).items():
        for method in set(METHODS) - methods:
            sent = client.open(path, method=method)
            assert sent.status_code == 405, (method, path)
            assert set(sent.headers["Allow"].split(", ")) == methods, path
            if method != "HEAD":
                refused(sent, 405, "not-supported")


def test_options_tells_an_addresss_own_methods(app: Flask, client: FlaskClient) -> None:
    for path, methods in addresses(app).items():
        sent = client.options(path)
        assert (sent.status_code, sent.data) == (200, b""), path
        assert set(sent.headers["Allow"].split(", ")) == methods, path


def test_head_answers_as_get_does_without_a_body(app: Flask, client: FlaskClient) -> None:
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/injection", json=INJECTION)
    for path, methods in addresses(app).items():
        if "GET" in methods:
            asked, head = client.get(path), client.head(path)
            assert (head.status_code, head.data) == (asked.status_code, b""), path
            assert head.content_type == asked.content_type, path
            assert head.headers.get("ETag") == asked.headers.get("ETag"), path


@pytest.mark.parametrize("type_", [*TYPES, "Task"])
def test_what_only_is_read_has_no_other_method(client: FlaskClient, type_: str) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        sent = client.open(f"/fhir/{type_}/x", method=method)
        refused(sent, 405, "not-supported")
        assert set(sent.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/fhir/$nothing", "/fhir/Patient/_nothing", "/crf/_history", "/crf/injection/$x"])
def test_what_begins_with_a_sign_is_no_id(client: FlaskClient, path: str) -> None:
    for method in ("GET", "DELETE", "PUT", "POST"):
        refused(client.open(path, method=method), 404, "not-found")


def test_a_resource_of_a_type_that_is_only_read_can_be_validated(client: FlaskClient) -> None:
    sent = client.post("/fhir/CodeSystem/$validate", json={"resourceType": "CodeSystem"})
    assert sent.status_code == 200
