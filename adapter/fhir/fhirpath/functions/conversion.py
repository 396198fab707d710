"""Conversion: toInteger and its kin, and convertsTo…, which tells whether they give something.

Source: http://hl7.org/fhirpath/N1/#conversion
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapter.fhir.fhirpath.code import Code, Env, of_one, of_truth, value_of
from adapter.fhir.fhirpath.focus import Focus, function
from adapter.fhir.fhirpath.literal import CALENDAR, LARGEST
from adapter.fhir.fhirpath.quantity import Quantity
from adapter.fhir.fhirpath.temporal import Temporal, parse_temporal
from adapter.fhir.fhirpath.tree import Call

_INTEGER = r"[+-]?[0-9]{1,12}"
_DECIMAL = r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?"
_QUANTITY = r"(?P<value>[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?)\s*(?:'(?P<unit>[^']+)'|(?P<word>[a-zA-Z]+))?"
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})


def to_boolean(value: Any) -> bool | None:
    """Return true and false in the words that FHIRPath takes, and of 1 and 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.lower()
        return True if word in _TRUE else False if word in _FALSE else None
    if isinstance(value, int | Decimal) and value in (0, 1):
        return bool(value)
    return None


def to_integer(value: Any) -> int | None:
    """Return an Integer of 32 bits."""
    if isinstance(value, int):
        return int(value)
    if (
        isinstance(value, str)
        and re.fullmatch(_INTEGER, value, re.ASCII) is not None
        and -LARGEST - 1 <= int(value) <= LARGEST
    ):
        return int(value)
    return None


def to_decimal(value: Any) -> Decimal | None:
    """Return a Decimal."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(_DECIMAL, value, re.ASCII) is not None:
        return Decimal(value)
    return None


def to_string(value: Any) -> str | None:
    """Return a text: a number in its digits, as it was written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return getattr(value, "text", None) or format(value, "f")
    return str(value) if isinstance(value, str | int | Temporal | Quantity) else None


def to_quantity(value: Any) -> Quantity | None:
    """Return a Quantity: of a number without unit, or of a text such as `4 days` and `72.5 'kg'`."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, int | Decimal):
        return Quantity(Decimal(value))
    found = re.fullmatch(_QUANTITY, value, re.ASCII) if isinstance(value, str) else None
    if found is None or (found["word"] is not None and found["word"] not in CALENDAR):
        return None
    unit = found["unit"] if found["word"] is None else CALENDAR[found["word"]]
    return Quantity(Decimal(found["value"]), unit or "1")


def _to_moment(kind: str) -> Callable[[Any], Temporal | None]:
    def convert(value: Any) -> Temporal | None:
        if isinstance(value, Temporal):
            return _of_kind(value, kind)
        return parse_temporal(value, kind) if isinstance(value, str) else None

    return convert


def _of_kind(value: Temporal, kind: str) -> Temporal | None:
    """Return a date as date and time, or a date and time as its date."""
    if value.kind == kind:
        return value
    if "Time" in (value.kind, kind):
        return None
    return parse_temporal(value.text.partition("T")[0], kind)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Decimal": to_decimal,
    "String": to_string,
    "Quantity": to_quantity,
    "Date": _to_moment("Date"),
    "DateTime": _to_moment("DateTime"),
    "Time": _to_moment("Time"),
}


def _register(name: str, convert: Callable[[Any], Any]) -> None:
    most = 1 if name == "Quantity" else 0

    @function(f"to{name}", 0, most)
    def converted(target: Code, _call: Call, _focus: Focus) -> Code:
        one = value_of(target)

        def result(this: Any, env: Env) -> Any:
            value = one(this, env)
            return None if value is None else convert(value)

        return of_one(result, f"System.{name}")

    @function(f"convertsTo{name}", 0, most)
    def converts(target: Code, _call: Call, _focus: Focus) -> Code:
        one = value_of(target)

        def tells(this: Any, env: Env) -> bool | None:
            value = one(this, env)
            return None if value is None else convert(value) is not None

        return of_truth(tells)


for _name, _convert in _CONVERSIONS.items():
    _register(_name, _convert)
