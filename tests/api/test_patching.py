from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.api.failure import FailureError
from adapter.api.patching import COPIES, MOST, patched

RESOURCE = {"resourceType": "Patient", "id": "1", "gender": "male", "multipleBirthInteger": Decimal("1.0")}


def test_operations_are_carried_out_in_order() -> None:
    patch = [
        {"op": "test", "path": "/gender", "value": "male"},
        {"op": "replace", "path": "/gender", "value": "female"},
        {"op": "add", "path": "/active", "value": True},
        {"op": "move", "from": "/multipleBirthInteger", "path": "/x"},
        {"op": "remove", "path": "/x"},
    ]
    assert patched(RESOURCE, patch, 1000) == {"resourceType": "Patient", "id": "1", "gender": "female", "active": True}
    assert RESOURCE["gender"] == "male"


@pytest.mark.parametrize(
    ("patch", "status", "code"),
    [
        ({}, 400, "structure"),
        ([1], 400, "structure"),
        ([{"path": "/x"}], 400, "structure"),
        ([{"op": "leap", "path": "/x"}], 400, "structure"),
        ([{"op": "test", "path": "/gender", "value": "female"}], 422, "processing"),
        ([{"op": "remove", "path": "/nothing"}], 422, "processing"),
        ([{"op": "add", "path": "/gender/x/y", "value": 1}], 422, "processing"),
        ([{"op": "add", "path": "no-slash", "value": 1}], 422, "processing"),
        ([{"op": "replace", "path": "", "value": []}], 422, "processing"),
        ([{"op": "replace", "path": "/id", "value": "2"}], 422, "processing"),
        ([{"op": "replace", "path": "/resourceType", "value": "Group"}], 422, "processing"),
        ([{"op": "test", "path": "/id", "value": "1"}] * (MOST + 1), 400, "too-costly"),
        ([{"op": "copy", "from": "/id", "path": "/x"}] * (COPIES + 1), 400, "too-costly"),
        ([{"op": "copy", "from": "", "path": f"/x{i}"} for i in range(40)], 413, "too-long"),
        ([{"op": "copy", "from": "", "path": "/x" * (2**i)} for i in range(10)], 400, "too-costly"),
    ],
)
def test_a_patch_that_cannot_be_carried_out_is_refused(patch: Any, status: int, code: str) -> None:
    with pytest.raises(FailureError) as refusal:
        patched(RESOURCE, patch, 100_000)
    assert (refusal.value.status, refusal.value.issues[0].code) == (status, code)


def nest(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize("last", [{"op": "copy", "from": "", "path": "/y"}, {"op": "remove", "path": "/gender"}])
def test_a_patch_cannot_nest_a_resource_step_by_step(last: dict[str, Any]) -> None:
    deep = [{"op": "add", "path": "/x" + "/a" * 90 * step, "value": nest(90)} for step in range(30)]
    with pytest.raises(FailureError) as refusal:
        patched(RESOURCE, [*deep, last], 1_000_000)
    assert (refusal.value.status, refusal.value.issues[0].code) == (400, "too-costly")


POINTERS = st.sampled_from(
    ["", "/", "/a", "/a/0", "/a/-", "/a/00", "/b/c", "/id", "/resourceType", "a", "/~2", "/a/b/c"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3),
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.sampled_from("abc"), below, max_size=2),
    max_leaves=4,
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "", 1, None])},
    optional={"path": POINTERS | VALUES, "from": POINTERS | VALUES, "value": VALUES},
)


def carried_out(patch: list[Any]) -> dict[str, Any] | int:
    """The patched resource, or the status with which the patch is refused."""
    try:
        return patched({"resourceType": "Patient", "id": "1", "a": [1, {"b": 2}], "b": {"c": None}}, patch, 10_000)
    except FailureError as refusal:
        return refusal.status


@given(st.lists(OPERATIONS, max_size=4))
def test_any_patch_is_carried_out_or_refused_and_never_fails(patch: list[Any]) -> None:
    found = carried_out(patch)
    if isinstance(found, int):
        assert found in (400, 413, 422)
    else:
        assert (found["resourceType"], found["id"]) == ("Patient", "1")
