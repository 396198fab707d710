from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.contained import check_contained

ORDER: dict[str, Any] = {
    "resourceType": "MedicationStatement",
    "contained": [{"resourceType": "Medication", "id": "m", "ingredient": [{"itemReference": {"reference": "#"}}]}],
    "medicationReference": {"reference": "#m"},
    "subject": {"reference": "Patient/01-001"},
}


def test_contained_resources_that_are_named_have_no_issue() -> None:
    assert list(check_contained(ORDER)) == []


def test_a_contained_resource_contains_no_other() -> None:
    nested = ORDER | {"contained": [ORDER["contained"][0] | {"contained": [{"resourceType": "Patient"}]}]}
    (issue,) = check_contained(nested)
    assert (issue.key, issue.expression) == ("dom-2", "MedicationStatement.contained[0]")


def test_a_reference_to_what_is_not_contained_is_told_with_its_place() -> None:
    (issue,) = check_contained(ORDER | {"reasonReference": [{"reference": "#n"}]})
    assert (issue.key, issue.expression) == ("ref-1", "MedicationStatement.reasonReference[0].reference")


@pytest.mark.parametrize("value", [None, [], "x", {}, {"resourceType": 1}, {"resourceType": "Patient", "contained": 5}])
def test_what_is_no_resource_is_not_looked_at(value: Any) -> None:
    assert list(check_contained(value)) == []


def test_depth_is_no_trouble() -> None:
    nested: Any = {"reference": "#n"}
    for _ in range(5000):
        nested = {"extension": [nested]}
    assert len(list(check_contained({"resourceType": "Patient", "extension": [nested]}))) == 1
