"""The members of conformance resources that the loader reads, with their JSON types: what is odd is refused here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from adapter.fhir.differential import MIN_LENGTH, PROFILE_ELEMENT, extensions

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
    human: str | UnsetType = UNSET


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
    return next(chain(_odd_limits(checked), _odd_extensions(structure)), None)


def _odd_limits(checked: _Structure) -> Iterator[str]:
    for stated in (checked.differential, checked.snapshot):
        for element in stated.element if isinstance(stated, _Elements) else []:
            most = element.max
            if isinstance(most, str) and _LIMIT.fullmatch(most) is None:
                name = element.id if isinstance(element.id, str) else element.path
                yield f"{name}: max is {most!r}: expected a whole number or *"


def _odd_extensions(structure: dict[str, Any]) -> Iterator[str]:
    """Yield what is odd in the extensions that are read, of elements whose other members are in order."""
    for key in ("differential", "snapshot"):
        for element in structure.get(key, {}).get("element", ()):
            name = element.get("id", element["path"])
            for length in (each.get("valueInteger") for each in extensions(element, MIN_LENGTH)):
                if type(length) is not int or length < 0:
                    yield f"{name}: minLength is {length!r}: expected a whole number"
            if not all(map(_is_named, _profile_elements(element))):
                yield f"{name}: elementdefinition-profile-element names no element: expected a valueString"


def _profile_elements(element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in element.get("type", ()):
        beside = entry.get("_profile")
        for twin in beside if isinstance(beside, list) else ():
            yield from extensions(twin, PROFILE_ELEMENT) if isinstance(twin, dict) else ()


def _is_named(extension: dict[str, Any]) -> bool:
    named = extension.get("valueString")
    return isinstance(named, str) and named != ""
