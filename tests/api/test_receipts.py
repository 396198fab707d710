from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.trial import FHIR, INJECTION, INJECTION_PATH, diary, issues, refused, told


def as_(name: str) -> dict[str, str]:
    """The headers of a sender in the open demo."""
    return {"Authorization": f"Basic {b64encode(f'{name}:'.encode()).decode()}"}


def outputs(task: Any, code: str) -> list[Any]:
    """The values of a Task's outputs of one kind."""
    found = [one for one in task["output"] if one["type"]["coding"][0]["code"] == code]
    return [value for one in found for name, value in one.items() if name.startswith("value")]


def test_a_push_names_its_receipt_and_the_receipt_says_what_became_of_it(client: FlaskClient) -> None:
    pushed = client.post("/crf/diary", json=[diary("2025-04-01"), diary("2025-04-02", tablets=5)])
    assert pushed.headers["X-Receipt"] == told(pushed)["receipt"].removeprefix("/fhir/")
    task = told(client.get(told(pushed)["receipt"]))
    assert (task["resourceType"], task["status"]) == ("Task", "completed")
    assert outputs(task, "created") == [2]
    assert len(outputs(task, "checksum")[0]) == 64
    assert len(outputs(task, "chain")) == 1
    assert [one.split()[:2] for one in outputs(task, "record")] == [
        ["diary/01-001-2025-04-01", "created"],
        ["diary/01-001-2025-04-02", "created"],
    ]
    assert "too-many-tablets" in str(task["contained"])
    assert issues_of(client, task) == []


def issues_of(client: FlaskClient, resource: Any) -> list[str]:
    """What is wrong with a resource as R4 has it."""
    desk = client.application.extensions["crfhir"].desk
    return [str(issue) for issue in desk.validator.check(resource) if issue.refuses]


def test_the_digest_of_a_record_is_that_of_what_is_read(client: FlaskClient) -> None:
    from hashlib import sha256

    pushed = client.post("/crf/diary", json=diary("2025-04-01"))
    task = told(client.get(told(pushed)["receipt"]))
    mark = sha256(client.get("/crf/diary/01-001-2025-04-01").data).hexdigest()
    assert outputs(task, "record") == [f"diary/01-001-2025-04-01 created {mark}"]
    assert outputs(task, "checksum") == [sha256(f"diary/01-001-2025-04-01 {mark}\n".encode()).hexdigest()]


def test_only_its_sender_reads_a_receipt(client: FlaskClient) -> None:
    pushed = client.post("/crf/injection", json=INJECTION, headers=as_("01/epic"))
    path = told(pushed)["receipt"]
    assert client.get(path, headers=as_("01/epic")).status_code == 200
    for headers in ({}, as_("01/edc")):
        refused(client.get(path, headers=headers), 404, "not-found")
    for id_ in ("0", "x", "9" * 30, "١"):
        refused(client.get(f"/fhir/Task/{id_}"), 404, "not-found")


def test_a_receipt_does_not_depend_on_what_may_reveal_the_arm(client: FlaskClient) -> None:
    found = []
    for kit in ("K-1", "K-2"):
        pushed = client.post("/crf/injection", json=INJECTION | {"day": 3, "kit": kit})
        task = told(client.get(told(pushed)["receipt"]))
        found.append([outputs(task, "checksum"), outputs(task, "resource")])
    assert found[0] == found[1]


def test_the_same_key_is_answered_alike_and_another_content_under_it_is_a_conflict(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "one", **FHIR}
    client.post("/crf/injection", json=INJECTION)
    resource = told(client.get(f"/fhir/{INJECTION_PATH}"))
    resource["dosage"]["dose"]["value"] = 0.5
    first = client.put(f"/fhir/{INJECTION_PATH}", json=resource, headers=key)
    again = client.put(f"/fhir/{INJECTION_PATH}", json=resource, headers=key)
    assert (again.status_code, again.data, again.headers["X-Receipt"]) == (200, first.data, first.headers["X-Receipt"])
    resource["dosage"]["dose"]["value"] = 0.7
    refused(client.put(f"/fhir/{INJECTION_PATH}", json=resource, headers=key), 409, "conflict")
    refused(client.post("/crf/injection", json=INJECTION, headers={"Idempotency-Key": "one"}), 409, "conflict")
    assert (
        client.post("/crf/injection", json=INJECTION | {"volume": 2}, headers={"Idempotency-Key": ""}).status_code
        == 400
    )


@pytest.mark.parametrize("name", ["3/lab", "99/lab", "/lab"])
def test_a_site_that_is_misspelt_is_not_the_house(client: FlaskClient, name: str) -> None:
    refused(client.post("/crf/injection", json=INJECTION, headers=as_(name)), 400, "invalid")
    assert told(client.get("/crf/injection"))["total"] == 0


def test_a_sites_sender_writes_its_own_subjects_alone(client: FlaskClient) -> None:
    theirs = INJECTION | {"subject": "02-001"}
    first = client.post("/crf/injection", json=theirs, headers=as_("01/epic"))
    client.post("/crf/injection", json=theirs)
    second = client.post("/crf/injection", json=theirs | {"volume": 2}, headers=as_("01/epic"))
    refused(first, 404, "not-found")
    assert first.data == second.data
    assert issues(first)[0] == ("error", "not-found")
