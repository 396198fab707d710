from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.api.test_receipts import issues_of, outputs
from tests.api.trial import FHIR, INJECTION, refused, told

ASYNC = {**FHIR, "Prefer": "respond-async"}


def resources(client: FlaskClient) -> list[dict[str, Any]]:
    """Three injections: one right, one dated in the future, one that is no FHIR."""
    engine = client.application.extensions["crfhir"].desk.engine
    records = [INJECTION, INJECTION | {"day": 2, "time": "2030-01-01T00:00:00+08:00"}, INJECTION | {"day": 3}]
    found = [engine.to_fhir("injection", record)[0] for record in records]
    for resource in found:
        resource["dosage"]["dose"]["value"] = 1
    return [*found[:2], found[2] | {"status": "nonsense"}]


def bundle(given: list[dict[str, Any]], method: str = "POST") -> dict[str, Any]:
    entries = [{"resource": one, "request": {"method": method, "url": one["resourceType"]}} for one in given]
    return {"resourceType": "Bundle", "type": "batch", "entry": entries}


def test_what_can_be_stored_is_and_the_rest_waits(client: FlaskClient) -> None:
    pushed = client.post("/fhir", json=bundle(resources(client)), headers=ASYNC)
    assert pushed.status_code == 202, pushed.text
    task = told(client.get(pushed.headers["Content-Location"]))
    assert (task["status"], outputs(task, "created"), outputs(task, "quarantined")) == ("on-hold", [1], [2])
    assert issues_of(client, task) == []
    wrong = [issue for issue in task["contained"][0]["issue"] if issue["severity"] == "error"]
    assert {one["expression"][0] for one in wrong if "expression" in one} == {"Bundle.entry[2].resource.status"}
    assert [one["code"] for one in wrong if "expression" not in one] == ["business-rule"]
    assert told(client.get("/crf/injection"))["total"] == 1
    assert told(client.get("/crf/quarantine"))["total"] == 2


def test_the_same_again_has_the_same_receipt(client: FlaskClient) -> None:
    found = [client.post("/fhir", json=bundle(resources(client)), headers=ASYNC).headers["X-Receipt"] for _ in range(2)]
    assert found[0] == found[1]
    assert told(client.get("/crf/quarantine"))["total"] == 2


def test_more_than_storing_is_refused(client: FlaskClient) -> None:
    refused(client.post("/fhir", json=bundle(resources(client), "DELETE"), headers=ASYNC), 400, "not-supported")


def test_a_condition_on_the_whole_is_refused(client: FlaskClient) -> None:
    refused(client.post("/fhir", json=bundle([]), headers={**ASYNC, "If-Match": 'W/"77"'}), 400, "not-supported")


def test_without_a_key_a_patient_who_is_not_linked_is_to_be_sent_again(client: FlaskClient) -> None:
    unlinked = resources(client)[0] | {"subject": {"reference": "Patient/12345"}}
    refused(client.post("/fhir", json=bundle([unlinked]), headers=ASYNC), 503, "transient")
    at_once = client.post(f"/fhir/{unlinked['resourceType']}", json=unlinked, headers=FHIR, auth=("01/epic", ""))
    refused(at_once, 503, "transient")
    assert at_once.headers["Retry-After"]
    assert told(client.get("/crf/quarantine"))["total"] == 0


def test_a_resource_that_is_none_holds_up_no_other(client: FlaskClient) -> None:
    good = resources(client)[0]
    entries = [*bundle([good])["entry"], {"resource": {}, "request": {"method": "POST", "url": "Patient"}}]
    pushed = client.post("/fhir", json=bundle([]) | {"entry": entries}, headers=ASYNC)
    task = told(client.get(pushed.headers["Content-Location"]))
    assert (outputs(task, "created"), outputs(task, "quarantined")) == ([1], [1])
