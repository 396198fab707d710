"""What literals stand for: moments, quantities and integers, refused where no such value exists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.fhir.fhirpath.fault import FhirPathError
from adapter.fhir.fhirpath.quantity import Quantity
from adapter.fhir.fhirpath.temporal import Temporal, parse_temporal

CALENDAR = {
    word: unit
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for word in (unit, f"{unit}s")
}
"""The words of the calendar, by which a unit may be written without quotes: 'days' → 'day'."""

LARGEST = 2**31 - 1


def moment(text: str, position: int) -> tuple[Any, str]:
    """Return (value, System type) of `@2014-01-25`, `@2014T` or `@T14:30`."""
    kind = "Time" if text[1] == "T" else "DateTime" if "T" in text else "Date"
    value: Temporal | None = parse_temporal(text[1:].lstrip("T"), kind)
    if value is None:
        raise FhirPathError(f"{text} is no {kind}", position)
    return value, f"System.{kind}"


def quantity(number: str, unit: str) -> Quantity:
    """Return the Quantity of a number as written and a unit."""
    return Quantity(Decimal(number), unit)


def integer(text: str, position: int) -> int:
    """Return an Integer: 32 bits, as FHIRPath has them."""
    if len(text) > 18 or int(text) > LARGEST:
        raise FhirPathError(f"an integer is at most {LARGEST}", position)
    return int(text)
