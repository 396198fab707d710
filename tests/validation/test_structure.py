from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.structure import DEEPEST, check_structure

SOUND: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "x",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "_effectiveDateTime": {"extension": [{"url": "http://x.example", "valueCode": "unknown"}]},
    "valueInteger": 0,
    "component": [{"code": {"text": "x"}, "valueBoolean": False}],
    "contained": [{"resourceType": "Patient", "name": [{"given": ["A", None], "_given": [None, {"id": "b"}]}]}],
}


def test_a_sound_resource_has_no_issue() -> None:
    assert check_structure(SOUND) == []


@pytest.mark.parametrize(
    ("change", "code", "expression"),
    [
        ({"nonsense": 1}, "structure", "Observation"),
        ({"__proto__": {}}, "structure", "Observation"),
        ({"status": "banana"}, "code-invalid", "Observation.status"),
        ({"status": ["final"]}, "structure", "Observation.status"),
        ({"category": {}}, "structure", "Observation.category"),
        ({"category": []}, "structure", "Observation.category"),
        ({"category": [None]}, "structure", "Observation.category[0]"),
        ({"code": "x"}, "structure", "Observation.code"),
        ({"code": {}}, "structure", "Observation.code"),
        ({"code": None}, "structure", "Observation.code"),
        ({"valueInteger": True}, "value", "Observation.valueInteger"),
        ({"valueInteger": "3"}, "value", "Observation.valueInteger"),
        ({"valueString": "3"}, "structure", "Observation"),
        ({"_code": {}}, "structure", "Observation"),
        ({"contained": [{"resourceType": "Nope"}]}, "structure", "Observation.contained[0]"),
        (
            {"component": [{"resourceType": "x", "code": {"text": "y"}}]},
            "structure",
            "Observation.component[0]",
        ),
    ],
)
def test_each_departure_is_an_issue_at_its_place(change: dict[str, Any], code: str, expression: str) -> None:
    (issue,) = check_structure(SOUND | change)
    assert (issue.severity, issue.code, issue.expression) == ("error", code, expression)


def test_all_departures_are_told_at_once() -> None:
    assert len(check_structure(SOUND | {"status": "x", "nonsense": 1, "valueInteger": "3"})) == 3


@pytest.mark.parametrize("value", [None, [], {}, "x", 1, {"resourceType": 1}, {"resourceType": "DomainResource"}])
def test_what_is_no_resource_is_told(value: Any) -> None:
    (issue,) = check_structure(value)
    assert issue.code == "structure"


def test_nesting_has_an_end() -> None:
    nested: dict[str, Any] = {"url": "http://x.example", "valueInteger": 1}
    for _ in range(DEEPEST):
        nested = {"url": "http://x.example", "extension": [nested]}
    (issue,) = check_structure({"resourceType": "Patient", "extension": [nested]})
    assert issue.code == "too-costly"


@pytest.mark.parametrize(
    "name",
    [
        {"given": ["A"], "_given": [None, {"id": "b"}]},
        {"given": ["A", "B"], "_given": [{"id": "b"}]},
        {"given": ["A", None], "_given": [{"id": "a"}, None]},
        {"given": ["A", None]},
    ],
)
def test_the_two_lists_of_a_primitive_stand_side_by_side(name: dict[str, Any]) -> None:
    (issue,) = check_structure({"resourceType": "Patient", "name": [name]})
    assert (issue.code, issue.expression) == ("structure", "Patient.name[0].given")


def test_what_is_said_about_a_primitive_can_stand_alone() -> None:
    assert check_structure({"resourceType": "Patient", "name": [{"_given": [None, {"id": "b"}]}]}) == []
