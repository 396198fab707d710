"""A value of an item as a study package writes it in YAML: in a check, a rule or the schedule."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.crf.study import Item


def literal(item: Item, value: Any) -> Any:
    """Return the typed value that a record would hold. ValueError when the item can have no such value.

    A YAML whole number is the text of a code (`grade: 3`) and a decimal's number alike.
    """
    if isinstance(value, list | dict) or value is None:
        raise ValueError(f"a value of {item.id} is one word or number")
    if item.type == "boolean":
        return _boolean(item, value)
    if item.type in ("integer", "year"):
        return _whole(item, value)
    if item.type == "decimal":
        return _within(item, _decimal(item, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(item: Item, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{item.id} is true or false, not {value!r}")
    return value


def _whole(item: Item, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{item.id} is a whole number, not {value!r}")
    _within(item, Decimal(value))
    return value


def _decimal(item: Item, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{item.id} is a number, not {value!r}") from None


def _within(item: Item, number: Decimal) -> Decimal:
    low, high = item.low, item.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(f"{number} lies outside the range of {item.id}")
    return number
