"""Slices by type of a choice: which one an element belongs to is said by its key, and so settled with the shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.fhir.constraints import Constraints

if TYPE_CHECKING:
    from adapter.validation.element import Element

Bare = dict[int, tuple[Constraints, Constraints]]
"""What is stated of a choice without its slices; the whole is kept beside it, so that no other takes its identity."""


def typed(element: Element, bare: Bare) -> Element:
    """Return the element with what its slice by type states, where slices by type are all that its choice has."""
    if element.field.element == element.field.key or not any(each.slices for each in element.stated):
        return element
    stated = tuple(more for each in element.stated for more in _settled(each, element.field.type, bare))
    return replace(element, stated=stated)


def _settled(stated: Constraints, type_name: str, bare: Bare) -> tuple[Constraints, ...]:
    slicing = stated.slicing
    by_type = slicing is not None and [(each.kind, each.path) for each in slicing.discriminators] == [("type", "$this")]
    if slicing is None or not by_type or slicing.rules != "open" or any(map(_is_counted, stated.slices.values())):
        return (stated,)
    if id(stated) not in bare:
        bare[id(stated)] = stated, replace(stated, slicing=None, slices={})
    own = [each for each in stated.slices.values() if type_name in {one.code for one in each.types}]
    return (bare[id(stated)][1], *own)


def _is_counted(part: Constraints) -> bool:
    return bool(part.min) or part.max == 0 or not part.types
