"""Spots: every element of every resource type, and how a resource looks that has it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from adapter.fhir.definitions import Field, fields, kind, resource_types
from tests.oracle.example import of_type, put, value

COMMON = frozenset({"id", "extension", "modifierExtension", "meta", "implicitRules", "language", "text", "contained"})
"""Elements of every type: told by cases of their own."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An element, by the fields that lead to it from its resource."""

    resource: str
    way: tuple[Field, ...]

    @property
    def field(self) -> Field:
        return self.way[-1]

    @property
    def name(self) -> str:
        return ".".join((self.resource, *(field.key for field in self.way)))

    def owner(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a new smallest resource that can hold the element, and the object in it that owns it."""
        resource = owner = of_type(self.resource)
        for field in self.way[:-1]:
            if field.key not in owner:
                put(owner, field, value(field))
            inner = owner[field.key]
            owner = inner[-1] if field.many else inner
        return resource, owner

    def with_value(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the same, with a value in the element."""
        resource, owner = self.owner()
        put(owner, self.field, value(self.field))
        return resource, owner


def spots() -> Iterator[Spot]:
    """Yield every element of every resource type, those of backbones too; recursion is entered once."""
    for name in resource_types():
        yield from below(Spot(name, ()), name, frozenset())


def below(spot: Spot, type_name: str, seen: frozenset[str]) -> Iterator[Spot]:
    for field in fields(type_name).values():
        if field.key not in COMMON:
            inner = Spot(spot.resource, (*spot.way, field))
            yield inner
            if kind(field.type) == "backbone" and field.type not in seen:
                yield from below(inner, field.type, seen | {field.type})


@cache
def carriers() -> dict[str, Spot]:
    """Return for each data type the first element, nearest to its resource, that is of it."""
    found: dict[str, Spot] = {}
    for spot in sorted(spots(), key=lambda each: (len(each.way), each.field.min, each.name)):
        name = spot.field.profile or spot.field.type
        if name not in found and kind(name) in ("complex", "profile", "primitive"):
            found[name] = spot
    return found


def of_data_types() -> Iterator[Spot]:
    """Yield every element of every data type, where the type is carried."""
    for name, spot in sorted(carriers().items()):
        if kind(name) in ("complex", "profile"):
            base = spot.field.type
            yield from (Spot(spot.resource, (*spot.way, field)) for field in fields(base).values())


def copied(made: tuple[dict[str, Any], dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return copies of a resource and of the object in it, still one in the other."""
    return copy.deepcopy(made)
