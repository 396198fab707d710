"""Quantities as FHIRPath knows them: a value and a unit; compared where the units are the same.

Units are not converted, except that a unit of the calendar and its UCUM twin of fixed length (seconds,
milliseconds) are one. Source: http://hl7.org/fhirpath/N1/#quantity
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_UCUM_TIME = {"s": "second", "ms": "millisecond"}
_EQUIVALENT_TIME = {"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`unit` is a UCUM code, a word of the calendar in the singular, or a unit as written; '1' where none is."""

    value: Decimal | int
    unit: str = "1"

    def __str__(self) -> str:
        return f"{self.value} {self.unit}" if self.unit in _EQUIVALENT_TIME.values() else f"{self.value} '{self.unit}'"


def from_element(element: Any) -> Quantity | None:
    """Return the Quantity of a FHIR element, or None where it has no value."""
    value = element.get("value")
    if not isinstance(value, int | Decimal):
        return None
    unit = element.get("code")
    return Quantity(value, _unit(unit if unit is not None else element.get("unit")))


def _unit(unit: Any) -> str:
    return unit if isinstance(unit, str) else "1"


def order(left: Quantity, right: Quantity) -> int | None:
    """Return -1, 0 or 1, or None where the units differ."""
    if comparable_unit(left.unit) != comparable_unit(right.unit):
        return None
    return (left.value > right.value) - (left.value < right.value)


def equivalent(left: Quantity, right: Quantity) -> bool:
    """Tell whether `~` holds: a year of the calendar and 'a' of UCUM are equivalent."""
    one, other = (_EQUIVALENT_TIME.get(unit, comparable_unit(unit)) for unit in (left.unit, right.unit))
    return one == other and left.value == right.value


def comparable_unit(unit: str) -> str:
    """Return a unit in the spelling by which it is compared."""
    return _UCUM_TIME.get(unit, unit)
