"""Slices that a profile names of an element whose type has a profile of its own: the two name one slice.

A profile of Organization may ask for `address.line.extension:street` and leave it to the profile that its addresses
have to say which extension that is. Source: http://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from adapter.fhir.constraints import Constraints

_Node = TypeVar("_Node")


def grafted(stated: Constraints, root: Constraints) -> Constraints:
    """Return what is stated of an element, its slices told as the profile of its type tells those of the same name."""
    children = {
        name: grafted(child, root.children[name]) if name in root.children else child
        for name, child in stated.children.items()
    }
    slices = {
        name: _one(part, root.slices[name]) if name in root.slices else part for name, part in stated.slices.items()
    }
    slicing = root.slicing if stated.slicing is None and slices else stated.slicing
    if slicing is stated.slicing and _are_same(children, stated.children) and _are_same(slices, stated.slices):
        return stated
    return replace(stated, children=children, slices=slices, slicing=slicing)


def _one(part: Constraints, like: Constraints) -> Constraints:
    """Return a slice that says what tells it: what it says itself, else what its like says."""
    own = grafted(part, like)
    children = {**like.children, **own.children}
    if not part.types and "url" in like.children:
        children["url"] = like.children["url"]  # taken for a part of the extension until its like was known
    slices = {**like.slices, **own.slices}
    told: dict[str, Any] = {"children": children, "slices": slices, "types": own.types or like.types}
    for name in ("fixed", "fixed_key", "pattern", "binding", "slicing"):
        stated = getattr(own, name)
        told[name] = getattr(like, name) if stated is None else stated
    return replace(own, **told)


def _are_same(made: dict[str, _Node], given: dict[str, _Node]) -> bool:
    return all(made[name] is given[name] for name in given)
