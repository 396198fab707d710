"""Equality, equivalence and order of items, by FHIRPath's rules.

Source: http://hl7.org/fhirpath/N1/#equality and #comparison
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapter.fhir.fhirpath import quantity, temporal
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.quantity import Quantity
from adapter.fhir.fhirpath.temporal import Temporal
from adapter.fhir.fhirpath.value import bare, system

_BLANKS = str.maketrans("\t\r\n", "   ")


def key(item: Any) -> Hashable:
    """Return what is equal for equal items: so collections are compared in time linear in their sizes."""
    value = bare(item)
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]  # a str
    if kind is bool or value is None:
        return (bool, value)
    if kind is dict:
        return (dict, frozenset((name, key(below)) for name, below in value.items()))
    if kind is list:
        return (list, *map(key, value))
    if kind is Temporal:
        return (value.kind == "Time", value.offset is None, len(value.parts), value.known())
    if kind is Quantity:
        return (Quantity, value.value, quantity.comparable_unit(value.unit))
    return value  # type: ignore[no-any-return]  # int and Decimal of one value are one key


def keys(items: Iterable[Any], static: str | None) -> list[Hashable]:
    """Return the keys of items as System values, those of complex types as they are."""
    return [key(_comparable(item, static)) for item in items]


def _comparable(item: Any, static: str | None) -> Any:
    found = system(item, static)
    return item if found is None else found


def distinct(items: Iterable[Any], static: str | None) -> list[Any]:
    """Return the items without repetition, in the order in which they first stand."""
    found: dict[Hashable, Any] = {}
    for item in items:
        found.setdefault(key(_comparable(item, static)), item)
    return list(found.values())


def equal(left: Any, right: Any) -> bool | None:
    """Tell whether two System values (or JSON objects) are equal; None where the less precise leaves it open."""
    if left.__class__ is str and right.__class__ is str:
        return bool(left == right)
    if isinstance(left, Temporal) and isinstance(right, Temporal):
        same_sort = (left.kind == "Time") == (right.kind == "Time")
        found = temporal.order(left, right) if same_sort else 1
        return None if found is None else found == 0
    left, right = _alike(left, right)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        found = quantity.order(left, right)
        return None if found is None else found == 0
    return key(left) == key(right)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Return both as Quantities where one is and the other is a number."""
    if isinstance(left, Quantity) and _is_number(right):
        return left, Quantity(right)
    if isinstance(right, Quantity) and _is_number(left):
        return Quantity(left), right
    return left, right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def all_equal(left: Sequence[Any], right: Sequence[Any], types: tuple[str | None, str | None]) -> bool | None:
    """Return `left = right` of two collections: item by item in order; None where either is empty."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    found: bool | None = True
    for one, other in zip(left, right, strict=True):
        verdict = equal(_comparable(one, types[0]), _comparable(other, types[1]))
        if verdict is False:
            return False
        found = found if verdict else None
    return found


def all_equivalent(left: Sequence[Any], right: Sequence[Any], types: tuple[str | None, str | None]) -> bool:
    """Return `left ~ right`: the same items in any order, texts without case, any blank like another."""
    if len(left) != len(right):
        return False
    rest = [_comparable(item, types[1]) for item in right]
    for item in left:
        one = _comparable(item, types[0])
        found = next((place for place, other in enumerate(rest) if equivalent(one, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


def equivalent(left: Any, right: Any) -> bool:
    """Tell whether `~` holds of two items: numbers are rounded to the less precise of both."""
    left, right = bare(left), bare(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold().translate(_BLANKS) == right.casefold().translate(_BLANKS)
    if _is_number(left) and _is_number(right):
        return _rounded_equal(Decimal(left), Decimal(right))
    if isinstance(left, Temporal) and isinstance(right, Temporal):
        return len(left.parts) == len(right.parts) and equal(left, right) is True
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return quantity.equivalent(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() - {"id"} == right.keys() - {"id"} and all(
            equivalent(left[name], right[name]) for name in left if name != "id"
        )
    if isinstance(left, list) and isinstance(right, list):
        return all_equivalent(left, right, (None, None))
    return equal(left, right) is True


def _rounded_equal(left: Decimal, right: Decimal) -> bool:
    digits = max(_exponent(left), _exponent(right))
    step = Decimal(1).scaleb(digits)
    if abs(left.adjusted() - digits) > 27 or abs(right.adjusted() - digits) > 27:
        return left == right
    return left.quantize(step, ROUND_HALF_UP) == right.quantize(step, ROUND_HALF_UP)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def order(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1, or None where it cannot be told. Raises EvaluationError for what has no order."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if _is_number(left) and _is_number(right):
        return int(left > right) - int(left < right)
    if isinstance(left, Temporal) and isinstance(right, Temporal):
        return temporal.order(left, right)
    left, right = _alike(left, right)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return quantity.order(left, right)
    raise EvaluationError(f"a {named(left)} and a {named(right)} have no order")


def named(value: Any) -> str:
    """Return the name of a value's type, for messages."""
    names = {str: "String", bool: "Boolean", int: "Integer", Decimal: "Decimal"}
    return names.get(value.__class__) or str(getattr(value, "kind", value.__class__.__name__))
