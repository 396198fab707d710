"""Two databases that differ only in what may reveal the arm: history, operations, conditions, patches and Bundles
answer alike, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.test_blinding import twins as twins  # a fixture
from tests.api.trial import FHIR, INJECTION_PATH, KIT_PATH, told

EOSINOPHILS = "Observation/01-001-W2-eosinophils"
PATCH = {"Content-Type": "application/json-patch+json"}
KIT = {
    "resourceType": "Observation",
    "identifier": [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}],
    "status": "final",
    "code": {"coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}]},
    "subject": {"reference": "Patient/01-001"},
    "valueString": "K-8",
}


def alike(twins: tuple[FlaskClient, FlaskClient], method: str, path: str, **sent: Any) -> TestResponse:
    one, two = (client.open(f"/fhir{path}", method=method, **sent) for client in twins)
    assert (one.status_code, list(one.headers)) == (two.status_code, list(two.headers)), path
    assert one.data == two.data, path
    assert b"K-8" not in one.data
    assert b"K-9" not in one.data
    return one


def reads(client: FlaskClient) -> Iterator[str]:
    types = [resource["type"] for resource in told(client.get("/fhir/metadata"))["rest"][0]["resource"]]
    yield from ("/_history", "/_history?_count=1", "/$meta", "/$versions", "/_history?_since=2026-01-01T00:00:05Z")
    for type_ in types:
        yield from (f"/{type_}/_history", f"/{type_}/_history?_count=2&_summary=true", f"/{type_}/$meta")
        yield from (f"/{type_}?_summary={summary}" for summary in ("true", "text", "data", "count"))
        yield f"/{type_}?_elements=identifier,value"
    for path in (INJECTION_PATH, KIT_PATH, EOSINOPHILS, "Patient/01-001"):
        yield from (f"/{path}/_history", f"/{path}/$meta", f"/{path}?_summary=true", f"/{path}?_elements=value")
    yield from (
        f"/Patient/01-001/$everything{query}" for query in ("", "?_count=1", "?_type=Observation", "?_since=2026")
    )


def test_reads_are_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:
    for path in reads(twins[0]):
        answered = alike(twins, "GET", path)
        alike(twins, "HEAD", path)
        alike(twins, "GET", path, headers={"Accept-Encoding": "gzip"})
        while answered.status_code == 200 and answered.content_type.startswith("application/fhir+json"):
            links = {link["relation"]: link["url"] for link in told(answered).get("link", ())}
            if "next" not in links:
                break
            answered = alike(twins, "GET", links["next"].partition("/fhir")[2])


def bundle(type_: str, *entries: dict[str, Any]) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": type_, "entry": list(entries)}).encode()


def asked(method: str, url: str, **more: Any) -> dict[str, Any]:
    return {"request": {"method": method, "url": url, **more}}


def test_writes_that_meet_what_is_hidden_are_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:
    test = json.dumps([{"op": "test", "path": "/valueString", "value": "K-1"}])
    by_kit = "identifier=01-001-c1d1-kit"
    hidden_reference = KIT | {"derivedFrom": [{"reference": f"Observation?{by_kit}"}]}
    for path in (KIT_PATH, EOSINOPHILS):
        alike(twins, "PATCH", f"/{path}", data=test, headers=PATCH)
        for condition in ({}, {"If-Match": 'W/"1"'}, {"If-Match": "*"}):
            alike(twins, "DELETE", f"/{path}", headers=condition)
    alike(twins, "PATCH", f"/Observation?{by_kit}", data=test, headers=PATCH)
    alike(twins, "DELETE", f"/Observation?{by_kit}")
    for condition in ({}, {"If-None-Exist": by_kit}, {"If-Match": 'W/"1"'}, {"If-None-Match": "*"}):
        alike(twins, "POST", "/Observation", json=KIT, headers=FHIR | condition)
    alike(twins, "PUT", f"/Observation?{by_kit}", json=KIT, headers=FHIR)
    for type_ in ("transaction", "batch"):
        for entry in (
            {"resource": KIT} | asked("POST", "Observation"),
            {"resource": KIT} | asked("POST", "Observation", ifNoneExist=by_kit),
            {"resource": hidden_reference} | asked("POST", "Observation"),
            asked("DELETE", KIT_PATH),
            asked("GET", KIT_PATH),
            asked("GET", f"Observation?{by_kit}"),
        ):
            alike(twins, "POST", "", data=bundle(type_, entry), headers=FHIR)
    for path in reads(twins[0]):
        alike(twins, "GET", path)
