"""The members of conformance resources that the loader reads, with their JSON types: what is odd is refused here."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class _Type(msgspec.Struct):
    code: str | None = None
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
    valueSet: str | None = None  # noqa: N815


class _Constraint(msgspec.Struct):
    key: str
    severity: Literal["error", "warning"]
    expression: str | None = None


class _Element(msgspec.Struct):
    path: str
    id: str | None = None
    sliceName: str | None = None  # noqa: N815
    min: int | None = None
    max: str | None = None
    maxLength: int | None = None  # noqa: N815
    type: list[_Type] = []
    slicing: _Slicing | None = None
    binding: _Binding | None = None
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
    version: str | None = None
    title: str | None = None
    context: list[_Context] = []
    differential: _Elements | None = None
    snapshot: _Elements | None = None


def why_not(structure: dict[str, Any]) -> str | None:
    """Return why a profile cannot be read as a StructureDefinition, with the place, or None when it can."""
    try:
        checked = msgspec.convert(structure, _Structure)
    except msgspec.ValidationError as reason:
        return str(reason)
    if checked.differential is None and checked.snapshot is None:
        return "neither a differential nor a snapshot"
    return next(_odd_limits(checked), None)


def _odd_limits(checked: _Structure) -> Any:
    for stated in (checked.differential, checked.snapshot):
        for element in [] if stated is None else stated.element:
            most = element.max
            if most is not None and most != "*" and not (most.isascii() and most.isdigit() and len(most) < 10):
                yield f"{element.id or element.path}: max is {most!r}: expected a whole number or *"
