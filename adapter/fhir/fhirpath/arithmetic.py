"""Calculation with numbers, texts, quantities and moments.

What has no result (a division by zero, a number beyond measure) is None, the empty collection, as FHIRPath
has it; types that do not go together raise EvaluationError. Source: http://hl7.org/fhirpath/N1/#math-2
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, DecimalException
from typing import Any

from adapter.fhir.fhirpath.equality import named
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.literal import CALENDAR
from adapter.fhir.fhirpath.quantity import Quantity
from adapter.fhir.fhirpath.temporal import Temporal, shifted
from adapter.fhir.fhirpath.value import Typed

EXACT = Context(prec=28)
"""FHIRPath asks for at least 18 digits and 8 places."""

_UCUM_TIME = {"s": "second", "ms": "millisecond", "wk": "week", "d": "day", "h": "hour", "min": "minute"}
"""UCUM's units of time that are always as long as the calendar's; its year and its month are not."""


def boxed(item: Any, static: str) -> Any:
    """Return an item that says its own type."""
    return item if item.__class__ is Typed else Typed(item, static)


def is_number(value: Any) -> bool:
    """Tell whether this is an Integer or a Decimal; a Boolean is none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _unfit(operator: str, left: Any, right: Any) -> EvaluationError:
    return EvaluationError(f"{named(left)} {operator} {named(right)} has no meaning")


def _numbers(operator: str, calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return an operator on two numbers, empty where there is no result."""

    def calculated(left: Any, right: Any) -> Any:
        if not (is_number(left) and is_number(right)):
            raise _unfit(operator, left, right)
        try:
            return calculate(left, right)
        except (DecimalException, ZeroDivisionError, OverflowError):
            return None

    return calculated


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return EXACT.add(Decimal(left), Decimal(right))


def _difference(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    return EXACT.subtract(Decimal(left), Decimal(right))


def _product(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return EXACT.multiply(Decimal(left), Decimal(right))


def _quotient(left: Any, right: Any) -> Any:
    return EXACT.divide(Decimal(left), Decimal(right))


def _whole(left: Any, right: Any) -> Any:
    """Return the quotient cut to a whole number, towards zero."""
    return int(EXACT.divide_int(Decimal(left), Decimal(right)))


def _remainder(left: Any, right: Any) -> Any:
    found = EXACT.remainder(Decimal(left), Decimal(right))
    return int(found) if isinstance(left, int) and isinstance(right, int) else found


_add = _numbers("+", _sum)
_subtract = _numbers("-", _difference)
_multiply = _numbers("*", _product)
_divide = _numbers("/", _quotient)


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, Temporal) and isinstance(right, Quantity):
        return shifted(left, Decimal(right.value), _time_unit(right.unit))
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _of_one_unit(_sum, left, right)
    return _add(left, right)


def _minus(left: Any, right: Any) -> Any:
    if isinstance(left, Temporal) and isinstance(right, Quantity):
        return shifted(left, -Decimal(right.value), _time_unit(right.unit))
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _of_one_unit(_difference, left, right)
    return _subtract(left, right)


def _time_unit(unit: str) -> str:
    found = _UCUM_TIME.get(unit, unit)
    if found not in CALENDAR:
        raise EvaluationError(f"{unit!r} is no unit of the calendar")
    return found


def _of_one_unit(calculate: Callable[[Any, Any], Any], left: Quantity, right: Quantity) -> Quantity | None:
    if left.unit != right.unit:
        return None
    return Quantity(calculate(left.value, right.value), left.unit)


def _times(left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Quantity) and (is_number(other) or _has_no_unit(other)):
            return Quantity(_product(one.value, getattr(other, "value", other)), one.unit)
    return _multiply(left, right)


def _has_no_unit(value: Any) -> bool:
    return isinstance(value, Quantity) and value.unit == "1"


def _over(left: Any, right: Any) -> Any:
    if not isinstance(left, Quantity):
        return _divide(left, right)
    if isinstance(right, Quantity) and right.unit == left.unit:
        found, unit = _divide(left.value, right.value), "1"
    elif is_number(right) or _has_no_unit(right):
        found, unit = _divide(left.value, getattr(right, "value", right)), left.unit
    else:
        raise _unfit("/", left, right)
    return None if found is None else Quantity(found, unit)


def _joined(left: Any, right: Any) -> str:
    """Return two texts as one; an empty one counts as ''."""
    for value in (left, right):
        if value is not None and not isinstance(value, str):
            raise _unfit("&", left, right)
    return (left or "") + (right or "")


def negated(value: Any) -> Any:
    """Return a number or a quantity with the other sign."""
    if isinstance(value, Quantity):
        return Quantity(-value.value, value.unit)
    if not is_number(value):
        raise EvaluationError("a sign stands before a number")
    return -value


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
    "div": _numbers("div", _whole),
    "mod": _numbers("mod", _remainder),
    "&": _joined,
}
