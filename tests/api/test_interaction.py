from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from adapter.api.failure import FailureError
from adapter.api.interaction import Interaction, interactions, relative
from adapter.api.service import Service

BASE = "http://127.0.0.1:8000/fhir/"


@pytest.fixture
def here(app: Flask) -> Service:
    found: Service = app.extensions["crfhir"]
    return found


def entry(method: str, url: str, resource: Any = None, **asked: str) -> dict[str, Any]:
    made: dict[str, Any] = {"request": {"method": method, "url": url, **asked}}
    return made | ({"resource": resource} if resource is not None else {})


def read(here: Service, **more: Any) -> Interaction:
    (found,) = interactions(here, [entry(**more)])
    return found


def test_an_entry_is_read_as_a_request(here: Service) -> None:
    found = read(here, method="DELETE", url="Observation?identifier=a|b", ifMatch='W/"1"')
    assert (found.type, found.id, found.search, found.where) == (
        "Observation",
        None,
        "identifier=a|b",
        "Bundle.entry[0]",
    )
    assert found.conditions == {"If-Match": 'W/"1"'}
    assert not found.reads
    assert read(here, method="GET", url="Patient/1/$everything?_count=1").reads


def test_an_address_of_this_server_is_its_part_below_fhir(here: Service) -> None:
    for url in ("Patient/1", "/Patient/1", f"{BASE}Patient/1"):
        assert relative(here, url) == "Patient/1"
    assert relative(here, "http://other.example/fhir/Patient/1").startswith("http://other")


PATIENT = {"resourceType": "Patient", "id": "1"}


@pytest.mark.parametrize(
    ("asked", "place", "code"),
    [
        (entry("OPTIONS", "Patient"), "request.method", "not-supported"),
        (entry("", "Patient"), "request.method", "not-supported"),
        (entry("POST", "Patient", PATIENT, ifMatch="x"), "request.ifMatch", "not-supported"),
        (entry("DELETE", "Patient/1", ifNoneExist="x"), "request.ifNoneExist", "not-supported"),
        (entry("GET", "../crf"), "request.url", "invalid"),
        (entry("GET", "http://other.example/Patient"), "request.url", "invalid"),
        (entry("GET", ""), "request.url", "invalid"),
        (entry("POST", "Patient/1", PATIENT), "request.url", "invalid"),
        (entry("POST", "Patient?x=1", PATIENT), "request.url", "invalid"),
        (entry("POST", "Patient/$validate", PATIENT), "request.url", "invalid"),
        (entry("PUT", "Patient", PATIENT), "request.url", "invalid"),
        (entry("PUT", "Patient/2", PATIENT), "request.url", "invalid"),
        (entry("PUT", "Observation/1", PATIENT), "request.url", "invalid"),
        (entry("DELETE", "Patient"), "request.url", "invalid"),
        (entry("DELETE", "Slot/1"), "resource", "not-supported"),
        (entry("PUT", "Patient/1"), None, "required"),
        (entry("PATCH", "Patient/1"), None, "required"),
    ],
)
def test_what_cannot_be_carried_out_is_told_at_its_place(
    here: Service, asked: dict[str, Any], place: str | None, code: str
) -> None:
    with pytest.raises(FailureError) as refusal:
        interactions(here, [entry("GET", "Patient/1"), asked])
    expected = "Bundle.entry[1]" + (f".{place}" if place is not None else "")
    assert (expected, code) in [(issue.expression, issue.code) for issue in refusal.value.issues]
    assert refusal.value.status == 400


def test_every_fault_of_every_entry_is_told_at_once(here: Service) -> None:
    with pytest.raises(FailureError) as refusal:
        interactions(here, [entry("DELETE", "Slot/1"), entry("PUT", "Patient/1"), entry("GET", "..")])
    assert len(refusal.value.issues) == 3
