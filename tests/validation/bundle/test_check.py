from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.bundle import check_bundle
from adapter.validation.scope import Scope

SERVER = "http://example.org/fhir/"


def found(type_: str, *entries: dict[str, Any]) -> list[tuple[str, str]]:
    bundle = {"resourceType": "Bundle", "type": type_, "entry": list(entries)}
    return [(each.key, each.path) for each in check_bundle(bundle, Scope(None, bundle, bundle)) or ()]  # type: ignore[arg-type]


PATIENT = {"resourceType": "Patient", "id": "1"}
PUT = {"request": {"method": "PUT", "url": "Patient/1"}}


@pytest.mark.parametrize("type_", ["collection", "searchset", "message"])
def test_a_resource_is_told_by_its_full_url(type_: str) -> None:
    assert found(type_, {"resource": PATIENT, "fullUrl": f"{SERVER}Patient/1"}) == []
    assert found(type_, {"resource": PATIENT})[0] == ("bundle-fullurl", ".entry[0]")


def test_an_entry_that_is_plainly_right_is_not_looked_at_twice() -> None:
    assert found("transaction", {"resource": PATIENT, "fullUrl": f"{SERVER}Patient/1", **PUT}) == []
    assert found("transaction", {"resource": PATIENT, "fullUrl": f"{SERVER}_history/Patient/1", **PUT}) == [
        ("bdl-8", ".entry[0]")
    ]


def test_what_is_to_be_stored_needs_no_id_yet_and_has_its_type() -> None:
    new = {"request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}}
    assert found("transaction", new | {"fullUrl": f"{SERVER}Patient/1"}) == []
    assert found("transaction", new | {"fullUrl": f"{SERVER}Group/1"}) == [("bundle-fullurl", ".entry[0].fullUrl")]


def test_a_reason_in_place_of_a_full_url_is_enough() -> None:
    assert found("collection", {"resource": PATIENT, "_fullUrl": {"extension": [{"url": "a"}]}}) == []


def test_requests_and_responses_stand_where_they_belong() -> None:
    entry = {"resource": PATIENT, "fullUrl": f"{SERVER}Patient/1"}
    assert found("collection", entry | PUT) == [("bdl-3", "")]
    assert found("collection", entry | {"response": {"status": "200"}}) == [("bdl-4", "")]
    assert found("batch", entry) == [("bdl-3", "")]
    assert found("batch-response", entry) == [("bdl-4", "")]


@pytest.mark.parametrize("entry", [None, 5, "a", [], {}])
def test_what_is_no_entry_is_told_elsewhere(entry: Any) -> None:
    assert isinstance(found("collection", entry), list)
