from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.bundle import BundleIndex
from adapter.validation.reference import check_reference, type_named
from adapter.validation.scope import Scope

UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"


def found(reference: dict[str, Any], *targets: str, **bundle: Any) -> list[tuple[str, str]]:
    root: dict[str, Any] = {"resourceType": "Observation"}
    scope = Scope(None, root, root, BundleIndex(bundle) if bundle else None)  # type: ignore[arg-type]
    return [(each.key, each.path) for each in check_reference(reference, scope, targets) or ()]


@pytest.mark.parametrize(
    ("reference", "named"),
    [
        ("Patient/1", "Patient"),
        ("Patient/1/_history/2", "Patient"),
        ("Patient/1#a", "Patient"),
        ("https://example.org/fhir/Patient/1", "Patient"),
        ("Patient?identifier=a&b=c", "Patient"),
        ("Nothing/1", "Nothing"),
        ("https://example.org/fhir/Nothing/1", None),
        (UUID, None),
        ("#a", None),
        ("Patient", None),
        ("Patient?identifier", None),
    ],
)
def test_a_reference_names_a_type_where_it_is_written_as_the_api_does(reference: str, named: str | None) -> None:
    assert type_named(reference) == named


def test_what_is_not_at_hand_is_of_the_type_that_is_stated() -> None:
    assert found({"reference": UUID, "type": "Patient"}, "Patient") == []
    assert found({"reference": UUID, "type": "Group"}, "Patient") == [("reference-target", ".type")]


def test_within_a_bundle_a_reference_is_followed() -> None:
    entry = [{"fullUrl": UUID, "resource": {"resourceType": "Group"}}]
    assert found({"reference": UUID}, "Group", type="collection", entry=entry) == []
    assert found({"reference": UUID}, "Patient", type="collection", entry=entry) == [("reference-target", "")]


def test_what_a_closed_bundle_has_not_is_nowhere() -> None:
    assert found({"reference": UUID}, type="transaction", entry=[]) == [("bundle-reference", ".reference")]
    assert found({"reference": UUID}, type="collection", entry=[]) == []


def test_a_search_in_place_of_a_reference_is_for_transactions() -> None:
    search = {"reference": "Patient?identifier=a"}
    assert found(search, "Patient") == found(search, type="transaction", entry=[]) == []
    assert found(search, type="collection", entry=[]) == [("reference-format", ".reference")]
