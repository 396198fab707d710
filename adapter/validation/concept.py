"""CodeableConcepts that were sound once are sound again: a trial's codes are few, and repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints
from adapter.validation.finding import Check, Found

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

KEPT = 20_000


def has_rules(stated: Constraints) -> bool:
    """Tell whether invariants stand here or below: what they ask may lie outside the value."""
    below = (*stated.children.values(), *stated.slices.values())
    return bool(stated.invariants) or any(map(has_rules, below))


def remembering(check: Check) -> Check:
    """Return a check that looks once at concepts made of text and of codings of text alone."""
    sound: set[tuple[Any, ...]] = set()

    def checked(value: Any, scope: Scope) -> Found:
        try:
            known = (len(value), value.get("text"), *[tuple(each.items()) for each in value["coding"]])
            if known in sound:
                return None
        except (TypeError, KeyError, AttributeError):
            return check(value, scope)
        found = check(value, scope)
        if found is None and len(sound) < KEPT and _is_text(value):
            sound.add(known)
        return found

    return checked


def _is_text(value: dict[str, Any]) -> bool:
    """Tell whether the key says it all: in a set 1 is True, so that texts alone may be remembered."""
    if not value.keys() <= {"coding", "text"} or not isinstance(value.get("text", ""), str):
        return False
    return all(isinstance(each, str) for coding in value["coding"] for each in coding.values())
