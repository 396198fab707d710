"""Values that were sound once are sound again: the codes of a trial are few, and its subjects come back every day.

Remembered is what consists of text alone and asks nothing of what is around it. In a set 1 is True, so that
numbers are never remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints
from adapter.validation.finding import Check, Found

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

KEPT = 2_000
"""Values that one check remembers; then it begins anew, so that it has those that come now."""

KeyOf = Callable[[Any], tuple[Any, ...]]
"""All that a value says, or an exception of UNKEYED where it holds more than such values do."""

UNKEYED = (TypeError, KeyError, AttributeError, ValueError)


def has_rules(stated: Constraints) -> bool:
    """Tell whether invariants stand here or below: what they ask may lie outside the value."""
    below = (*stated.children.values(), *stated.slices.values())
    return bool(stated.invariants) or any(map(has_rules, below))


def remembering(check: Check, key_of: KeyOf) -> Check:
    """Return a check that looks once at each value of which `key_of` tells all."""
    sound: set[tuple[Any, ...]] = set()

    def checked(value: Any, scope: Scope) -> Found:
        try:
            key = key_of(value)
            if key in sound:
                return None
        except UNKEYED:
            return check(value, scope)
        found = check(value, scope)
        if found is None and is_text(key) and not _has_id(key):
            if len(sound) >= KEPT:
                sound.clear()
            sound.add(key)
        return found

    return checked


def _concept(value: Any) -> tuple[Any, ...]:
    codings, text = value["coding"], value.get("text")
    if len(value) != 1 + (text is not None):
        raise ValueError("more than codings and text")
    if len(codings) == 1:
        return (text, tuple(codings[0].items()))
    return (text, *[tuple(each.items()) for each in codings])


def _reference(value: Any) -> tuple[Any, ...]:
    """A relative reference, with the logical one beside it; others lead into what is around."""
    text, identifier = value["reference"], value.get("identifier")
    if text[:1] == "#" or ":" in text or "?" in text:
        raise ValueError("not to be told by itself")
    if identifier is None:
        return tuple(value.items())
    kind, display = value.get("type"), value.get("display")
    if len(value) != 2 + (kind is not None) + (display is not None):
        raise ValueError("more than a reference")
    return (text, kind, display, *identifier.items())


KEYS: dict[str, KeyOf] = {"CodeableConcept": _concept, "Reference": _reference}
"""How values of the types that repeat most are told from each other."""


def _has_id(key: tuple[Any, ...]) -> bool:
    """Tell whether an id is within: no other element of the resource may have it, which is not to be told by itself."""
    return any(isinstance(each, tuple) and (each[:1] == ("id",) or _has_id(each)) for each in key)


def is_text(key: Any) -> bool:
    """Tell whether a key is made of texts alone, so that what equals it is the same."""
    return all(map(is_text, key)) if isinstance(key, tuple) else key is None or isinstance(key, str)
