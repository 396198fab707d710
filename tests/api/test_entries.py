from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from adapter.store.schema import residue
from tests.api.attacks import GOOD
from tests.api.trial import FHIR, INJECTION, refused, told

TYPE = "MedicationAdministration"
SYSTEM = GOOD["identifier"][0]["system"]
EHR = "https://ehr.example/fhir"


SEVERAL = [{"reference": f"{TYPE}?subject=Patient/01-001"}]


def injection(day: int, **more: Any) -> dict[str, Any]:
    key = f"01-001-c1d{day}"
    return GOOD | {"id": key, "identifier": [{"system": SYSTEM, "value": key}]} | more


def entry(method: str, url: str, resource: Any = None, full_url: str | None = None, **asked: str) -> dict[str, Any]:
    made: dict[str, Any] = {"request": {"method": method, "url": url, **asked}}
    if full_url is not None:
        made["fullUrl"] = full_url
    return made | ({"resource": resource} if resource is not None else {})


def sent(client: FlaskClient, *entries: dict[str, Any]) -> TestResponse:
    return client.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": entries}, headers=FHIR)


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    content = b64encode(json.dumps(operations).encode()).decode()
    return {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": content}


@pytest.fixture
def three(client: FlaskClient) -> None:
    days = [INJECTION | {"day": day, "time": f"2025-04-0{day}T08:00:00+08:00"} for day in (1, 2, 3)]
    client.post("/crf/injection", json=days)


@pytest.mark.usefixtures("three")
def test_a_transaction_holds_every_method_and_is_answered_in_its_own_order(client: FlaskClient) -> None:
    stopped = {"op": "replace", "path": "/dosage/dose/value", "value": 0}
    done = sent(
        client,
        entry("GET", f"{TYPE}?subject=Patient/01-001&_total=accurate"),
        entry("HEAD", f"{TYPE}/01-001-c1d1"),
        entry("PATCH", f"{TYPE}/01-001-c1d1", patch(stopped)),
        entry("PUT", f"{TYPE}?identifier={SYSTEM}|01-001-c1d2", {k: v for k, v in injection(2).items() if k != "id"}),
        entry("POST", TYPE, injection(4, effectiveDateTime="2025-04-04")),
        entry("DELETE", f"{TYPE}/01-001-c1d3"),
    )
    assert done.status_code == 200, done.data
    answers = [each["response"]["status"][:3] for each in told(done)["entry"]]
    assert answers == ["200", "200", "200", "200", "201", "204"]
    assert told(done)["entry"][0]["resource"]["total"] == 3
    assert told(done)["entry"][2]["response"]["etag"] == 'W/"2"'


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        (entry("PUT", f"{TYPE}/01-001-c1d2", injection(2), ifMatch='W/"9"'), 412, "conflict"),
        (entry("PUT", f"{TYPE}/01-001-c1d2", injection(2), ifNoneMatch="*"), 412, "conflict"),
        (entry("DELETE", f"{TYPE}/01-001-c1d2", ifMatch='W/"9"'), 412, "conflict"),
        (entry("DELETE", f"{TYPE}?subject=Patient/01-001"), 412, "multiple-matches"),
        (entry("POST", TYPE, injection(2), ifNoneExist="subject=Patient/01-001"), 412, "multiple-matches"),
        (entry("PATCH", f"{TYPE}/01-001-c1d9", patch()), 404, "not-found"),
        (entry("PUT", f"{TYPE}/01-001-c1d2", injection(2, partOf=SEVERAL)), 412, "multiple-matches"),
        (entry("PUT", f"{TYPE}/01-001-c1d2", injection(2, status="banana")), 422, "code-invalid"),
        (entry("PUT", f"{TYPE}?identifier=01-001-c1d1", injection(2)), 400, "invalid"),
    ],
)  # fmt: skip
def test_one_entry_that_fails_takes_all_back_and_is_named(
    client: FlaskClient, wrong: dict[str, Any], status: int, code: str
) -> None:
    done = sent(client, entry("DELETE", f"{TYPE}/01-001-c1d3"), entry("POST", TYPE, injection(4)), wrong)
    refused(done, status, code)
    assert all(place.startswith("Bundle.entry[2]") for issue in told(done)["issue"] for place in issue["expression"])
    assert client.get(f"/fhir/{TYPE}/01-001-c1d3").status_code == 200
    assert client.get(f"/fhir/{TYPE}/01-001-c1d4").status_code == 404


def test_a_get_that_finds_nothing_takes_nothing_back(client: FlaskClient) -> None:
    done = sent(client, entry("PUT", f"{TYPE}/01-001-c1d1", injection(1)), entry("GET", f"{TYPE}/nothing"))
    assert [each["response"]["status"][:3] for each in told(done)["entry"]] == ["201", "404"]


@pytest.mark.parametrize(
    ("full_url", "reference"),
    [
        ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
        ("urn:oid:1.2.3.4", "urn:oid:1.2.3.4"),
        (f"{EHR}/{TYPE}/x1", f"{EHR}/{TYPE}/x1"),
        (f"{EHR}/{TYPE}/x1", f"{TYPE}/x1"),
        (f"{EHR}/{TYPE}/x1", f"{EHR}/{TYPE}/x1/_history/3"),
    ],
)
def test_a_reference_to_an_entry_gets_its_id(app: Flask, client: FlaskClient, full_url: str, reference: str) -> None:
    """What no map reads is kept as it was sent, with its references resolved: the residue shows it."""
    second = injection(2, id="x2", effectiveDateTime="2025-04-02", partOf=[{"reference": reference}])
    done = sent(
        client,
        entry("POST", TYPE, second, f"{EHR}/{TYPE}/x2"),
        entry("POST", TYPE, injection(1, id="x1"), full_url),
    )
    assert done.status_code == 200, done.data
    locations = [each["response"]["location"].rpartition("/_history")[0] for each in told(done)["entry"]]
    assert [each.rpartition("/")[2] for each in locations] == ["01-001-c1d2", "01-001-c1d1"]
    with app.extensions["crfhir"].store.engines.reading() as connection:
        left = [row[0] for row in connection.execute(select(residue.c.content))]
    assert f"{TYPE}/01-001-c1d1" in left[0]
    assert reference not in left[0].replace(f"{TYPE}/01-001-c1d1", "")


def test_two_entries_that_lead_to_one_resource_are_refused(client: FlaskClient) -> None:
    done = sent(
        client,
        entry("PUT", f"{TYPE}/01-001-c1d1", injection(1), f"{EHR}/{TYPE}/01-001-c1d1"),
        entry("POST", TYPE, injection(1, id="other"), f"{EHR}/{TYPE}/other"),
    )
    refused(done, 400, "business-rule")
    assert told(client.get("/crf/injection"))["total"] == 0


@pytest.mark.parametrize(("wish", "there"), [("return=representation", True), ("return=minimal", False), ("", False)])
def test_prefer_decides_what_the_entries_of_the_answer_hold(client: FlaskClient, wish: str, there: bool) -> None:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry("POST", TYPE, injection(1))]}
    done = client.post("/fhir", json=bundle, headers=FHIR | {"Prefer": wish})
    assert ("resource" in told(done)["entry"][0]) is there


def test_an_outcome_of_each_entry_comes_where_it_is_preferred(client: FlaskClient) -> None:
    noted = injection(1, note=[{"text": "arm was sore"}])
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry("POST", TYPE, noted)]}
    done = client.post("/fhir", json=bundle, headers=FHIR | {"Prefer": "return=OperationOutcome"})
    (told_entry,) = told(done)["entry"]
    assert told_entry["response"]["outcome"]["issue"][0]["expression"] == ["Bundle.entry[0].resource.note[0].text"]
