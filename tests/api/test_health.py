from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.errors import StoreError


def test_a_service_that_can_serve_is_live_and_ready(client: FlaskClient) -> None:
    for path, status in (("live", "live"), ("ready", "ready")):
        answered = client.get(f"/health/{path}")
        assert (answered.status_code, answered.json) == (200, {"status": status})
        assert answered.headers["Cache-Control"] == "no-store"


def test_without_its_database_it_is_live_and_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_self: object) -> None:
        raise StoreError("gone: password secret")

    monkeypatch.setattr(type(app.extensions["crfhir"].store), "ping", gone)
    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    answered = client.get("/health/ready")
    assert (answered.status_code, answered.headers["Retry-After"]) == (503, "2")
    assert "secret" not in answered.get_data(as_text=True)
