from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.contained import check_contained
from adapter.validation.scope import Scope

ORDER: dict[str, Any] = {
    "resourceType": "MedicationStatement",
    "contained": [{"resourceType": "Medication", "id": "m"}],
    "medicationReference": {"reference": "#m"},
}


def found(resource: dict[str, Any], root: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    scope = Scope(None, resource, resource if root is None else root)  # type: ignore[arg-type]
    return [(each.key, each.path) for each in check_contained(resource, scope) or ()]


def test_contained_resources_that_are_named_have_no_issue() -> None:
    assert found(ORDER) == []


def test_what_a_contained_resource_contains_is_told_once_for_all() -> None:
    assert found(ORDER, root={}) == [("dom-2", ".contained")]


def test_a_name_counts_in_a_uri_and_not_in_a_text() -> None:
    nowhere = {key: value for key, value in ORDER.items() if key != "medicationReference"}
    assert found(nowhere) == [("dom-3", ".contained[0]")]
    assert found(nowhere | {"note": [{"text": "#m"}]}) == [("dom-3", ".contained[0]")]
    assert found(nowhere | {"extension": [{"url": "http://example.org/a", "valueUrl": "#m"}]}) == []


@pytest.mark.parametrize("held", [None, 5, {}, [None], ["#m"], []])
def test_what_is_no_list_of_resources_is_not_looked_at(held: Any) -> None:
    assert found(ORDER | {"contained": held}) == []


def test_depth_is_no_trouble() -> None:
    nested: Any = {"reference": "#n"}
    for _ in range(5000):
        nested = {"extension": [nested]}
    assert found(ORDER | {"extension": [nested]}) == []
