from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.bundle.index import BundleIndex
from adapter.validation.bundle.request import check_request, named_twice

PATIENT = {"resourceType": "Patient", "id": "1"}


@pytest.mark.parametrize(
    ("method", "url", "wrong"),
    [
        ("POST", "Patient", False),
        ("PUT", "Patient/1", False),
        ("PUT", "Patient/1/", False),
        ("PUT", "Patient?identifier=a", False),
        ("POST", "Patient/$match", False),
        ("GET", "Group/7", False),
        ("POST", "Patient/1", True),
        ("PUT", "Patient", True),
        ("PUT", "Patient/2", True),
        ("PUT", "Group/1", True),
        ("PUT", "http://example.org/fhir/Patient/1", True),
    ],
)
def test_a_resource_goes_where_its_type_and_id_belong(method: str, url: str, wrong: bool) -> None:
    assert [each.path for each in check_request({"method": method, "url": url}, PATIENT)] == [".request.url"] * wrong


def test_what_is_to_be_stored_is_there() -> None:
    assert [each.path for each in check_request({"method": "POST", "url": "Patient"}, None)] == [""]
    assert list(check_request({"method": "DELETE", "url": "Patient/1"}, None)) == []


def twice(*requests: Any) -> list[int]:
    return [place for place, _ in named_twice(BundleIndex({"entry": [{"request": each} for each in requests]}))]


def test_an_identity_is_changed_once() -> None:
    put, delete = {"method": "PUT", "url": "Patient/1"}, {"method": "DELETE", "url": "Patient/1/"}
    assert twice(put, delete, put | {"url": "Patient/2"}) == [1]
    assert twice(put, {"method": "GET", "url": "Patient/1"}, None, 5, {"method": "PUT"}) == []


def test_what_is_created_has_no_identity_yet() -> None:
    assert twice({"method": "POST", "url": "Patient"}, {"method": "POST", "url": "Patient"}) == []
