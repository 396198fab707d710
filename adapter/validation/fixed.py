"""Fixed values, patterns, and limits of value and length, each a small check of its own.

Source: http://hl7.org/fhir/R4/elementdefinition.html#ElementDefinition.fixed_x_
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from adapter.fhir.constraints import Constraints
from adapter.validation.bounds import bounds_of
from adapter.validation.finding import Check, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def checks_of(stated: Constraints, type_name: str) -> list[Check]:
    """Return the checks of what a profile states about a value itself."""
    checks: list[Check] = []
    if stated.fixed is not None and _of_type(stated, type_name):
        checks.append(_fixed(stated))
    if stated.pattern is not None and _of_type(stated, type_name):
        checks.append(_pattern(stated))
    if stated.max_length is not None:
        checks.append(_max_length(stated, stated.max_length))
    if stated.min_length is not None:
        checks.append(_min_length(stated, stated.min_length))
    return [*checks, *bounds_of(stated)]


def _of_type(stated: Constraints, type_name: str) -> bool:
    """In a choice a fixed value binds values of its own type; those of others are refused by `types`."""
    key = (stated.fixed_key or "").removeprefix("fixed").removeprefix("pattern")
    return not key or key.lower() == type_name.lower() or len(stated.types) <= 1


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are exactly the same: types and digits too, the order of keys apart."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return isinstance(other, int | Decimal) and isinstance(one, int | Decimal) and str(one) == str(other)
    return bool(one == other)


def matches(pattern: Any, value: Any) -> bool:
    """Tell whether a value holds all that a pattern says; lists: each entry of the pattern is met by some entry."""
    return matcher(pattern)(value)


def matcher(pattern: Any) -> Callable[[Any], bool]:
    """Return the function that tells whether a value holds all that a pattern says."""
    if isinstance(pattern, str):
        return lambda value: value == pattern  # no other type equals a text
    if isinstance(pattern, list):
        each = [matcher(entry) for entry in pattern]
        return lambda value: type(value) is list and all(any(map(one, value)) for one in each)
    if not isinstance(pattern, dict):
        return lambda value: same(pattern, value)
    if all(isinstance(expected, str) for expected in pattern.values()):
        items = pattern.items()
        return lambda value: type(value) is dict and items <= value.items()
    parts = [(key, matcher(expected)) for key, expected in pattern.items()]
    return lambda value: type(value) is dict and all(key in value and part(value[key]) for key, part in parts)


def written(value: Any) -> str:
    """Return a value as JSON, cut to what a message holds."""
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= 200 else f"{text[:197]}..."


def _fixed(stated: Constraints) -> Check:
    expected = stated.fixed
    text = f"Expected exactly {written(expected)}, as the profile {stated.profile} fixes it."

    def check(value: Any, scope: Scope) -> Found:
        return None if same(expected, value) else [error("value", text, "fixed", "", stated.profile)]

    return check


def _pattern(stated: Constraints) -> Check:
    is_met = matcher(stated.pattern)
    text = f"Expected {written(stated.pattern)}, as the profile {stated.profile} wants it (more may stand beside it)."

    def check(value: Any, scope: Scope) -> Found:
        return None if is_met(value) else [error("value", text, "pattern", "", stated.profile)]

    return check


def _min_length(stated: Constraints, least: int) -> Check:
    def check(value: Any, scope: Scope) -> Found:
        if isinstance(value, str) and len(value) < least:
            text = f"{len(value)} characters, at least {least} by the profile {stated.profile}."
            return [error("value", text, "min-length", "", stated.profile)]
        return None

    return check


def _max_length(stated: Constraints, most: int) -> Check:
    def check(value: Any, scope: Scope) -> Found:
        if isinstance(value, str) and len(value) > most:
            text = f"{len(value)} characters, at most {most} by the profile {stated.profile}."
            return [error("too-long", text, "max-length", "", stated.profile)]
        return None

    return check
