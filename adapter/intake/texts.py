"""Free text of what no form of the study reads may name anybody: of such a resource codes, dates, quantities, the
study's names and references are kept, and no text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from adapter.fhir.definitions import fields, is_resource, is_type

Way = tuple[str, ...]
"""The names of the elements that lead to one, of a choice its base: ('component', 'value')."""

TEXTS = frozenset({"string", "markdown", "xhtml", "base64Binary"})
"""The types of R4 that hold whatever somebody writes."""

NAMES = frozenset(
    {"Coding.version", "Identifier.value", "Quantity.unit", "QuestionnaireResponse.item.linkId", "Reference.reference"}
)
"""Strings of R4 that are names of things; those of persons are dropped or kept as HMACs beside this."""

WITHHELD = {"withheld": True}
"""What stands for a text that a form could read: no FHIR, so that it is refused until somebody corrects it."""

_GONE = object()


def without_texts(resource: Mapping[str, Any], readable: Collection[Way]) -> dict[str, Any]:
    """The resource without its free texts. Those at `readable` are withheld in place: left out, what is sent again once
    a form reads it would be stored without them."""
    kind = resource.get("resourceType")
    left = _members(resource, "Resource", (), readable)
    return {"resourceType": kind} if left is _GONE else dict(left)


def _kept(value: Any, kind: str | None, way: Way, readable: Collection[Way]) -> Any:
    if isinstance(value, list):
        found = [left for each in value if (left := _kept(each, kind, way, readable)) is not _GONE]
        return found if found or not value else _GONE
    if isinstance(value, Mapping):
        return _members(value, kind, way, readable)
    if kind not in TEXTS:
        return value
    return WITHHELD if way in readable else _GONE


def _members(value: Mapping[str, Any], kind: str | None, way: Way, readable: Collection[Way]) -> Any:
    """What is left of an object; nothing where it could not be without a text that is gone."""
    made: dict[str, Any] = {}
    for name, child, type_, needed, below in _elements(value, kind, way):
        left = _kept(child, type_, below, readable)
        if left is not _GONE:
            made[name] = left
        elif needed:
            return _GONE
    return made if made or not value else _GONE


def _elements(value: Mapping[str, Any], kind: str | None, way: Way) -> Iterator[tuple[str, Any, str | None, bool, Way]]:
    """Each member: its name, value and type, whether its object needs it, and the way to it."""
    if kind == "Resource":
        found = value.get("resourceType")
        kind = found if isinstance(found, str) and is_resource(found) else None
    known = fields(kind) if kind is not None and is_type(kind) else {}
    for name, child in value.items():
        field = known.get(name.removeprefix("_"))
        if field is None:
            yield name, child, None, False, (*way, name)
            continue
        type_ = "Element" if name.startswith("_") else None if field.path in NAMES else field.type
        needed = kind == "Extension" or (field.min > 0 and not is_resource(kind or ""))
        yield name, child, type_, needed, (*way, field.element.removesuffix("[x]"))
