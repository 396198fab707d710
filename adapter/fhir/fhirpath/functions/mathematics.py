"""Functions of numbers. Source: http://hl7.org/fhirpath/N1/#math"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from adapter.fhir.fhirpath.arithmetic import EXACT, is_number
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.functions.scalar import scalar, whole
from adapter.fhir.fhirpath.quantity import Quantity

LONGEST_POWER = 10_000
"""Digits that a power may have: what is longer is beyond FHIRPath's numbers."""


def _number(value: Any) -> Decimal:
    if not is_number(value):
        raise EvaluationError(f"expected a number, found {value!r:.80}")
    return Decimal(value)


@scalar("abs", None)
def _abs(value: Any) -> Any:
    if isinstance(value, Quantity):
        return Quantity(Decimal(value.value).copy_abs(), value.unit)
    return abs(value) if isinstance(value, int) and is_number(value) else abs(_number(value))


def _rounding(name: str, rounding: str) -> None:
    """Register a function that gives the whole number on one side of a number."""

    @scalar(name, "System.Integer")
    def rounded(value: Any) -> int:
        return int(_number(value).to_integral_value(rounding))


_rounding("ceiling", ROUND_CEILING)
_rounding("floor", ROUND_FLOOR)
_rounding("truncate", ROUND_DOWN)


@scalar("round", None, 0, 1)
def _round(value: Any, places: Any = 0) -> Any:
    if not 0 <= whole(places) <= 28:
        raise EvaluationError("round() takes 0 to 28 places")
    return _number(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)


def _of_decimal(name: str, calculate: Callable[[Decimal], Decimal]) -> None:
    @scalar(name, "System.Decimal")
    def calculated(value: Any) -> Decimal:
        return calculate(_number(value))


_of_decimal("exp", EXACT.exp)
_of_decimal("ln", EXACT.ln)
_of_decimal("sqrt", EXACT.sqrt)


@scalar("log", "System.Decimal", 1)
def _log(value: Any, base: Any) -> Decimal:
    return EXACT.divide(EXACT.ln(_number(value)), EXACT.ln(_number(base)))


@scalar("power", None, 1)
def _power(value: Any, exponent: Any) -> Any:
    base, times = _number(value), _number(exponent)
    found = EXACT.power(base, times)
    if isinstance(value, int) and isinstance(exponent, int) and exponent >= 0 and found.adjusted() < EXACT.prec:
        return int(found)
    return found
