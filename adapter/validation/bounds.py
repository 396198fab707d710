"""minValue and maxValue of a profile: numbers by value, dates at the precision both have, quantities by UCUM.

Source: http://hl7.org/fhir/R4/elementdefinition.html#ElementDefinition.minValue_x_
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints
from adapter.validation.finding import Check, Found, error, note

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

NUMBERS = (Decimal, int)
"""The types that JSON numbers have; a truth value's is neither."""


def bounds_of(stated: Constraints) -> list[Check]:
    """Return the checks of the limits that a profile states."""
    found = []
    if stated.min_value is not None:
        found.append(_bound(stated, stated.min_value, 1, "at least"))
    if stated.max_value is not None:
        found.append(_bound(stated, stated.max_value, -1, "at most"))
    return found


def _bound(stated: Constraints, limit: Any, direction: int, words: str) -> Check:
    shown = limit.get("value") if isinstance(limit, dict) else limit
    number = limit if isinstance(limit, int | Decimal) else None

    def check(value: Any, scope: Scope) -> Found:
        if number is not None and type(value) in NUMBERS and (value >= number if direction > 0 else value <= number):
            return None
        told = compare(value, limit)
        if told is None:
            text = f"Whether this is {words} {shown} cannot be told: the units or precisions differ."
            return [note("not-supported", text, "bound")]
        if told * direction < 0:
            text = f"Expected {words} {shown}, as the profile {stated.profile} says."
            return [error("value", text, "bound", "", stated.profile)]
        return None

    return check


def compare(value: Any, limit: Any) -> int | None:
    """Return -1, 0 or 1 as value is below, at or above the limit; None where that cannot be told."""
    from adapter.validation.questionnaire.compare import converted, order  # loaded where a limit is not plainly kept

    if isinstance(limit, dict):
        return converted(value, limit) if isinstance(value, dict) else None
    if isinstance(limit, str):
        return order("time" if limit[2:3] == ":" else "dateTime", value, limit)
    return order("decimal", value, limit)
