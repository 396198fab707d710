"""Which of two answers is the greater: by the type that the key of a value[x] or answer[x] names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.temporal import order as temporal_order
from adapter.fhir.fhirpath.temporal import parse_temporal
from adapter.validation.questionnaire.reading import number

UCUM = "http://unitsofmeasure.org"
NUMBERS = frozenset({"integer", "decimal"})
MOMENTS = frozenset({"date", "dateTime", "instant"})


def order(kind: str, one: Any, other: Any) -> int | None:
    """Return -1, 0 or 1 as one is less than, equal to or greater than the other; None where that cannot be told.

    `kind` is the FHIR type of both (an integer and a decimal, a date and a dateTime compare with each other).
    """
    compare = _ORDERS.get(kind)
    return None if compare is None else compare(one, other)


def _numbers(one: Any, other: Any) -> int | None:
    left, right = number(one), number(other)
    return None if left is None or right is None else (left > right) - (left < right)


def _texts(one: Any, other: Any) -> int | None:
    if type(one) is not str or type(other) is not str:
        return None
    return (one > other) - (one < other)


def _moments(kind: str) -> Callable[[Any, Any], int | None]:
    def compare(one: Any, other: Any) -> int | None:
        left = parse_temporal(one, kind) if type(one) is str else None
        right = parse_temporal(other, kind) if type(other) is str else None
        if left is None or right is None:
            return None
        try:
            return temporal_order(left, right)
        except EvaluationError:
            return None

    return compare


def _quantities(one: Any, other: Any) -> int | None:
    """Compare quantities of one unit: no unit is converted."""
    if type(one) is not dict or type(other) is not dict or unit(one) != unit(other):
        return None
    return _numbers(one.get("value"), other.get("value"))


def converted(one: Mapping[str, Any], other: Mapping[str, Any]) -> int | None:
    """Return the order of two quantities, in unlike units as UCUM converts them; None where that cannot be told."""
    if unit(one) == unit(other):
        return _numbers(one.get("value"), other.get("value"))
    (system, code), (to_system, to_code) = unit(one), unit(other)
    left, right = number(one.get("value")), number(other.get("value"))
    if left is None or right is None or not system == to_system == UCUM or not _are_texts(code, to_code):
        return None
    from adapter.fhir.terminology.ucum_scale import ratio  # few quantities are in another unit than expected

    times = ratio(code, to_code)
    if times is None:
        return None
    more = Fraction(left) * times - Fraction(right)
    return (more > 0) - (more < 0)


def _are_texts(*values: Any) -> bool:
    return all(type(each) is str for each in values)


def unit(quantity: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return what a quantity is measured in: system and code, else the unit in words."""
    code = quantity.get("code")
    return (quantity.get("system"), code) if code is not None else (None, quantity.get("unit"))


_ORDERS: dict[str, Callable[[Any, Any], int | None]] = {
    **dict.fromkeys(NUMBERS, _numbers),
    **dict.fromkeys(MOMENTS, _moments("DateTime")),
    "time": _moments("Time"),
    "string": _texts,
    "uri": _texts,
    "Quantity": _quantities,
}


def same(kind: str, one: Any, other: Any) -> bool:
    """Tell whether two values of a type are equal as answers: codes by system and code, numbers by value."""
    return identity(kind, one) == identity(kind, other) is not None or order(kind, one, other) == 0


def identity(kind: str, value: Any) -> Any:
    """Return what makes a value the same as another, hashable; None of what cannot be told."""
    if kind == "Coding" and type(value) is dict:
        system, code = value.get("system"), value.get("code")
        if (system is None or type(system) is str) and type(code) is str:
            return (system, code)
    elif kind == "Reference" and type(value) is dict:
        reference = value.get("reference")
        return reference if type(reference) is str else None
    elif kind in NUMBERS:
        return number(value)
    elif kind == "boolean":
        return ("boolean", value) if type(value) is bool else None
    elif type(value) in (str, Decimal):
        return value
    return None
