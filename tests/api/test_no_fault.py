"""Whatever is asked, the answer is never a fault of the server's own, and a refusal is an OperationOutcome."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.api.attacks import GOOD
from tests.api.trial import INJECTION, INJECTION_PATH, told

SPARING = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TYPE = "MedicationAdministration"
SYSTEM = GOOD["identifier"][0]["system"]
KEYS = st.sampled_from(["resourceType", "id", "meta", "reference", "value", "coding", "extension", "_value", "x"])
ATOMS = (
    st.none() | st.booleans() | st.integers(-2, 10**20) | st.text(max_size=4) | st.sampled_from(["1", "2025", "a|b"])
)
VALUES = st.recursive(
    ATOMS, lambda below: st.lists(below, max_size=2) | st.dictionaries(KEYS, below, max_size=2), max_leaves=5
)
URLS = st.sampled_from(
    [
        INJECTION_PATH,
        TYPE,
        f"{TYPE}?identifier=01-001-c1d1",
        f"{TYPE}?identifier={SYSTEM}|",
        f"{TYPE}?x",
        f"{TYPE}?_id=1,2&_sort=-_id",
        f"{TYPE}/_history?_at=2025",
        f"{INJECTION_PATH}/_history/1",
        "Patient/01-001/$everything",
        "$versions",
        "metadata",
        "Task/1",
        "ValueSet?url=x",
        "Patient/01-001/Observation",
        "",
        "/",
        "?",
        "a b",
        "%00",
        "Patient/%zz",
    ]
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
CHANGED = st.tuples(st.sampled_from([*GOOD, "meta", "contained", "text", "partOf", "_status"]), VALUES).map(
    lambda pair: GOOD | {pair[0]: pair[1]}
)
BINARY = st.builds(
    lambda data: {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data},
    st.sampled_from(["W10=", "e30=", "!", "bnVsbA==", "W3sib3AiOiJ0ZXN0IiwicGF0aCI6IiIsInZhbHVlIjoxfV0="]),
)
RESOURCES = st.just(GOOD) | CHANGED | BINARY | VALUES
REQUESTS = st.fixed_dictionaries(
    {"method": METHODS, "url": URLS},
    optional={"ifMatch": st.sampled_from(['W/"1"', "*", "", "x"]), "ifNoneExist": URLS, "ifNoneMatch": st.just("*")},
)
ENTRIES = st.fixed_dictionaries(
    {"request": REQUESTS},
    optional={"resource": RESOURCES, "fullUrl": st.sampled_from(["urn:uuid:x", "http://x.y/a/b"])},
)


def sound(answered: TestResponse) -> None:
    assert answered.status_code < 500, answered.data
    if answered.status_code >= 400 and answered.data:
        assert told(answered)["resourceType"] == "OperationOutcome"


@SPARING
@given(st.sampled_from(["transaction", "batch"]), st.lists(ENTRIES, min_size=1, max_size=3))
def test_no_bundle_makes_a_fault(app: Flask, type_: str, entries: list[dict[str, Any]]) -> None:
    client = app.test_client()
    client.post("/crf/injection", json=INJECTION)
    body = json.dumps({"resourceType": "Bundle", "type": type_, "entry": entries})
    answered = client.post("/fhir", data=body, headers={"Content-Type": "application/fhir+json"})
    sound(answered)
    for entry in told(answered).get("entry", ()):
        assert not entry["response"]["status"].startswith("5"), entry


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.sampled_from(["application/fhir+json", "application/json-patch+json", "text/xml", "x", ";"]),
        "If-Match": st.sampled_from(['W/"1"', "*", "", '"'] ),
        "If-None-Match": st.sampled_from(["*", 'W/"1"', "x"]),
        "If-None-Exist": URLS,
        "If-Modified-Since": st.sampled_from(["x", "Mon, 01 Jan 2024 00:00:00 GMT"]),
        "Prefer": st.sampled_from(["return=minimal", "handling=strict", "handling=x", ";=,"]),
        "Accept": st.sampled_from(["application/fhir+xml", "*/*", "x", ";q=1"]),
        "Accept-Encoding": st.sampled_from(["gzip", "gzip;q=x", "*"]),
        "Authorization": st.sampled_from(["Basic MDMvZXBpYzo=", "Basic x", "Bearer x", "Basic"]),
        "Idempotency-Key": st.sampled_from(["a", ""]),
        "X-Provenance": st.sampled_from(["{}", "x", '{"resourceType":"Provenance"}']),
    },
)  # fmt: skip
QUERIES = st.sampled_from(
    ["", "?_summary=true", "?_summary=x", "?_elements=,x", "?_format=xml", "?_pretty=true", "?_page=x"]
)


@SPARING
@given(METHODS, URLS, QUERIES, HEADERS, RESOURCES | st.lists(VALUES, max_size=2))
def test_no_request_makes_a_fault(
    app: Flask, method: str, url: str, query: str, headers: dict[str, str], body: Any
) -> None:
    client = app.test_client()
    client.post("/crf/injection", json=INJECTION)
    path = f"/fhir/{url}" if "?" in url else f"/fhir/{url}{query}"
    answered = client.open(path, method=method, data=json.dumps(body), headers=headers)
    assert answered.status_code < 500, answered.data
