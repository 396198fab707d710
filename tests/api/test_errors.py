from __future__ import annotations

import gzip
import io
import json
import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.config import Config
from adapter.errors import StoreError
from adapter.fhir import xml
from tests.api.trial import FHIR, INJECTION, Serve, issues, refused, told

JSON = "application/json"
XML_TYPE = "application/fhir+xml"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "structure"),
        (b"   ", "structure"),
        (b'{"subject":"01-001","subject":"01-002"}', "structure"),
        (b'{"volume":NaN}', "structure"),
        (b'{"volume":1e400}', "value"),
        (b"[" * 100_000, "too-costly"),
        (b"9" * 5000, "value"),
        (b'{"subject":"\\ud800"}', "value"),
        (b'{"subject":"\\u0000"}', "value"),
        (b'{"subject":"01-001"', "structure"),
        (b'{"subject":"\xff"}', "structure"),
        ('{"subject":"01-001"}'.encode("utf-16"), "structure"),
        (b'{"subject":"01-001",}', "structure"),
        (b'{"subject":"01-001"} // x', "structure"),
    ],
)
def test_a_body_that_is_no_json_is_refused_with_its_place(client: FlaskClient, body: bytes, code: str) -> None:
    refused(client.post("/crf/diary", data=body, content_type=JSON), 400, code)
    refused(client.post("/fhir/Patient", data=body, headers=FHIR), 400, code)


@pytest.mark.parametrize("value", ["null", '"x"', "1", "true", "[[{}]]", "[null]", "[1]"])
def test_json_that_is_no_record_is_refused(client: FlaskClient, value: str) -> None:
    assert client.post("/crf/diary", data=value, content_type=JSON).status_code in (400, 422)
    assert client.post("/fhir/Patient", data=value, headers=FHIR).status_code in (400, 422)
    assert client.post("/fhir/$convert", data=value, headers=FHIR).status_code in (400, 422)
    assert client.post("/fhir", data=value, headers=FHIR).status_code in (400, 422)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE Patient><Patient xmlns='http://hl7.org/fhir'/>",
        b"<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Patient xmlns='http://hl7.org/fhir'>&x;</Patient>",
        b"<Patient/>",
        b"<Patient xmlns='http://hl7.org/fhir'><nonsense value='1'/></Patient>",
        b"<Patient xmlns='http://hl7.org/fhir'>",
        b"plain",
    ],
)
def test_a_body_that_is_no_fhir_xml_is_refused(client: FlaskClient, body: bytes) -> None:
    answered = client.post("/fhir/Patient", data=body, content_type=XML_TYPE)
    assert answered.status_code in (400, 422)
    assert issues(answered)[0][0] == "error"


def test_every_failure_is_an_outcome_in_the_format_asked_for(client: FlaskClient) -> None:
    for response in (
        client.get("/nothing", headers={"Accept": XML_TYPE}),
        client.delete("/fhir/Patient", headers={"Accept": XML_TYPE}),
        client.post("/fhir/Patient", data=b"x", headers={"Accept": XML_TYPE}),
        client.get("/fhir/Patient?_count=x&_format=xml"),
    ):
        assert response.content_type.startswith(XML_TYPE)
        assert xml.parse(response.data)["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("DELETE", "/fhir/metadata", 405, "not-supported"),
        ("PATCH", "/fhir/ValueSet/1", 405, "not-supported"),
        ("TRACE", "/fhir/Patient", 405, "not-supported"),
        ("GET", "/fhir", 405, "not-supported"),
        ("PUT", "/crf/diary", 405, "not-supported"),
        ("GET", "/crf/diary/a%00", 404, "not-found"),
        ("GET", "/fhir/Patient?_id=%00", 400, "invalid"),
    ],
)
def test_what_is_not_there_is_an_outcome_too(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    answered = client.open(path, method=method)
    refused(answered, status, code)
    assert (status == 405) == ("Allow" in answered.headers)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({}, 415),
        ({"Content-Type": "application/json; charset=gb18030"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "br"}, 415),
        ({"Content-Type": "application/json", "Accept": "image/png"}, 406),
        ({"Content-Type": "application/json; charset=UTF-8"}, 201),
    ],
)
def test_formats_and_charsets_are_negotiated(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    body = b'{"subject":"01-001","date":"2025-04-01"}'
    answered = client.post("/crf/diary", data=body, headers=headers)
    assert answered.status_code == status
    if status != 201:
        assert issues(answered) == [("error", "not-supported")]


@pytest.mark.parametrize("accept", ["*/*", "application/*", "application/json", "text/html,application/xml;q=0.9,*/*"])
def test_json_is_what_comes_where_it_will_do(client: FlaskClient, accept: str) -> None:
    answered = client.get("/fhir/metadata", headers={"Accept": accept})
    assert answered.content_type == "application/fhir+json; charset=utf-8"


def test_a_gzip_body_is_read_within_bounds(serve: Serve, database: str) -> None:
    client = serve(Config(database=database, open_demo=True, largest_body=5000)).test_client()
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    good = b'{"subject":"01-001","date":"2025-04-01"}'
    assert client.post("/crf/diary", data=gzip.compress(good), headers=headers).status_code == 201
    refused(client.post("/crf/diary", data=gzip.compress(b" " * 10_000_000), headers=headers), 413, "too-long")
    refused(client.post("/crf/diary", data=gzip.compress(good)[:-9], headers=headers), 400, "structure")
    refused(client.post("/crf/diary", data=gzip.compress(good) * 2, headers=headers), 400, "structure")
    refused(client.post("/crf/diary", data=good, headers=headers), 400, "structure")
    refused(client.post("/crf/diary", data=b" " * 5001, content_type=JSON), 413, "too-long")


def test_a_store_that_fails_is_a_503_that_says_try_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("disk full at patient 01-001")

    monkeypatch.setattr(type(app.extensions["crfhir"].pipeline), "push_records", full)
    answered = app.test_client().post("/crf/diary", json={"subject": "01-001"})
    text = refused(answered, 503, "transient")
    assert "01-001" not in text
    assert answered.headers["Retry-After"] == "2"


def injection(client: FlaskClient) -> dict[str, Any]:
    made: dict[str, Any] = client.application.extensions["crfhir"].desk.engine.to_fhir("injection", INJECTION)[0]
    return made


@pytest.mark.parametrize("reason", [StoreError("gone"), ZeroDivisionError("a fault")], ids=repr)
def test_what_fails_after_it_was_stored_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, reason: Exception
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise reason

    with monkeypatch.context() as patched:
        patched.setattr("adapter.api.pushed.body_of", broken)
        answered = client.post("/fhir/MedicationAdministration", json=injection(client), headers=FHIR)
    assert answered.status_code in (500, 503)
    text = told(answered)["issue"][0]["diagnostics"]
    assert "after it was stored" in text
    assert "othing" not in text
    assert answered.headers["X-Receipt"]
    assert client.get("/fhir/MedicationAdministration/01-001-c1d1").status_code == 200


def test_a_batch_that_fails_after_an_entry_was_stored_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("full")

    good = injection(client)
    request = {"method": "POST", "url": "MedicationAdministration"}
    entries = [{"request": request, "resource": one} for one in (good, good | {"status": "x"})]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    monkeypatch.setattr("adapter.pipeline.Pipeline.quarantine", full)
    assert "after it was stored" in refused(client.post("/fhir", json=bundle, headers=FHIR), 503, "transient")


def test_an_entry_that_is_not_stored_beside_one_that_is_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapter.pipeline import Pipeline

    whole = Pipeline.push_resources

    def full(self: Pipeline, sender: object, resources: object, **more: object) -> object:
        if "01-002" in str(resources):
            raise StoreError("full")
        return whole(self, sender, resources, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Pipeline, "push_resources", full)
    good = injection(client)
    other = json.loads(json.dumps(good).replace("01-001", "01-002"))
    request = {"method": "POST", "url": "MedicationAdministration"}
    entries = [{"request": request, "resource": one} for one in (good, other)]
    answered = client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": entries}, headers=FHIR)
    first, second = told(answered)["entry"]
    assert first["response"]["status"].startswith("201")
    assert "nothing was stored" in second["response"]["outcome"]["issue"][0]["diagnostics"]


def test_a_decision_that_was_stored_says_so_when_it_cannot_be_shown(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreError("gone")

    late = {"subject": "01-001", "date": "2025-04-09", "wheals": 1, "itch": 2, "tablets": 6}
    client.post("/crf/diary", json=late)
    (query, *_) = told(client.get("/crf/queries"))["queries"]
    monkeypatch.setattr("adapter.api.queries._whole", broken)
    answered = client.post(f"/crf/queries/{query['id']}/answer", json={"reason": "as it was"})
    assert "after it was stored" in refused(answered, 503, "transient")
    bad = {"resourceType": "Encounter", "status": "finished"}
    entry = {"request": {"method": "POST", "url": "Encounter"}, "resource": bad}
    client.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": [entry]}, headers=FHIR)
    monkeypatch.setattr("adapter.api.quarantine._whole", broken)
    rejected = client.post("/crf/quarantine/1/reject", json={"reason": "not of this trial"})
    assert "after it was stored" in refused(rejected, 503, "transient")


def test_why_the_store_failed_is_in_the_log(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("The database could not do it: database or disk is full.")

    monkeypatch.setattr(type(app.extensions["crfhir"].pipeline), "push_records", full)
    app.test_client().post("/crf/diary", json={"subject": "01-001"})
    assert "disk is full" in caplog.text


def test_a_fault_of_ours_is_an_outcome_and_no_value_reaches_the_log(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("wheals of 01-001 were 3")

    monkeypatch.setattr(type(app.extensions["crfhir"].pipeline), "push_records", broken)
    with caplog.at_level(logging.DEBUG):
        answered = app.test_client().post("/crf/diary", json={"subject": "01-001"})
    assert issues(answered) == [("fatal", "exception")]
    assert "ZeroDivisionError" in caplog.text
    assert "01-001" not in caplog.text
    assert "01-001" not in answered.get_data(as_text=True)


def test_no_request_leaves_a_value_in_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/crf/injection", json=INJECTION | {"kit": "K-77", "volume": 9})
        client.get("/fhir/Patient/01-001")
    assert "01-001" not in caplog.text
    assert "K-77" not in caplog.text


@pytest.mark.parametrize(("size", "status"), [(4000, 400), (5000, 413), (50_000, 413)])
def test_a_body_in_chunks_has_the_same_bound(serve: Serve, database: str, size: int, status: int) -> None:
    client = serve(Config(database=database, open_demo=True, largest_body=5000)).test_client()
    answered = client.post(
        "/crf/diary",
        input_stream=io.BytesIO(b"[" + b" " * (size - 1)),
        content_type=JSON,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answered.status_code == status
