"""The members of conformance resources that the loader reads, with their JSON types: what is odd is refused here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

_LIMIT = re.compile(r"\*|[0-9]{1,9}", re.ASCII)


class _Type(msgspec.Struct):
    code: str | UnsetType = UNSET
    profile: list[str] = []
    targetProfile: list[str] = []  # noqa: N815 (R4's name)


class _Discriminator(msgspec.Struct):
    type: str
    path: str


class _Slicing(msgspec.Struct):
    discriminator: list[_Discriminator] = []
    rules: str = "open"
    ordered: bool = False


class _Binding(msgspec.Struct):
    strength: str
    valueSet: str | UnsetType = UNSET  # noqa: N815


class _Constraint(msgspec.Struct):
    key: str
    severity: Literal["error", "warning"]
    expression: str | UnsetType = UNSET


class _Element(msgspec.Struct):
    path: str
    id: str | UnsetType = UNSET
    sliceName: str | UnsetType = UNSET  # noqa: N815
    min: int | UnsetType = UNSET
    max: str | UnsetType = UNSET
    maxLength: int | UnsetType = UNSET  # noqa: N815
    type: list[_Type] = []
    slicing: _Slicing | UnsetType = UNSET
    binding: _Binding | UnsetType = UNSET
    constraint: list[_Constraint] = []
    isModifier: bool = False  # noqa: N815


class _Elements(msgspec.Struct):
    element: list[_Element]


class _Context(msgspec.Struct):
    type: str
    expression: str


class _Structure(msgspec.Struct):
    url: str
    type: str
    kind: str
    baseDefinition: str  # noqa: N815
    version: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    context: list[_Context] = []
    contextInvariant: list[str] = []  # noqa: N815
    differential: _Elements | UnsetType = UNSET
    snapshot: _Elements | UnsetType = UNSET


def why_not(structure: dict[str, Any]) -> str | None:
    """Return why a profile cannot be read as a StructureDefinition, with the place, or None when it can."""
    try:
        checked = msgspec.convert(structure, _Structure)
    except msgspec.ValidationError as reason:
        return str(reason)
    if checked.differential is UNSET and checked.snapshot is UNSET:
        return "neither a differential nor a snapshot"
    return next(_odd_limits(checked), None)


def _odd_limits(checked: _Structure) -> Iterator[str]:
    for stated in (checked.differential, checked.snapshot):
        for element in stated.element if isinstance(stated, _Elements) else []:
            most = element.max
            if isinstance(most, str) and _LIMIT.fullmatch(most) is None:
                name = element.id if isinstance(element.id, str) else element.path
                yield f"{name}: max is {most!r}: expected a whole number or *"
