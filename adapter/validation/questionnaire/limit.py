"""What the extensions of a question allow: lengths, bounds, decimal places, a regular expression.

Sources: the definitions of the extensions in R4 (minLength, minValue, maxValue, maxDecimalPlaces, regex) and
in SDC (minQuantity, maxQuantity).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from adapter.validation.finding import Found, error, note, warning
from adapter.validation.questionnaire.compare import NUMBERS, converted, order, unit
from adapter.validation.questionnaire.pattern import Pattern
from adapter.validation.questionnaire.reading import CORE, SDC, Object, extension, number, text, whole
from adapter.validation.questionnaire.walk import Limit, Walk, joined

WRITTEN = frozenset({"string", "uri", "integer", "decimal", "date", "dateTime", "time"})
"""Types whose values are written in one way, so that their characters can be counted and matched."""

BOUNDED = frozenset({"integer", "decimal", "date", "dateTime", "time"})


def limits_of(item: Object, kind: str) -> Iterator[Limit]:
    """Yield what a question asks of answers of one type."""
    if kind in WRITTEN:
        yield from _lengths(item)
        yield from _pattern(item)
    if kind == "string" and item.get("type") == "string":
        yield _one_line
    if kind in BOUNDED:
        yield from _bounds(item, kind)
    if kind == "Quantity":
        yield from _quantity_bounds(item)
    places = whole(extension(item, CORE + "maxDecimalPlaces"))
    if places is not None and kind in ("decimal", "Quantity"):
        yield _decimals(places, kind)


def _written(value: Any) -> str | None:
    """Return the characters of a primitive as they stand in JSON or XML."""
    if type(value) is str:
        return value
    return None if number(value) is None else str(value)


def _lengths(item: Object) -> Iterator[Limit]:
    fewest, most = whole(extension(item, CORE + "minLength")), whole(item.get("maxLength"))
    if fewest is not None:
        yield _length(lambda count: count >= fewest, f"at least {fewest}", "qr-min-length")
    if most is not None:
        yield _length(lambda count: count <= most, f"at most {most}", "qr-max-length")


def _length(allows: Callable[[int], bool], words: str, key: str) -> Limit:
    def check(value: Any, walk: Walk) -> Found:
        written = _written(value)
        if written is None or allows(len(written)):
            return None
        return [error("value", f"The answer has {len(written)} characters: {words} are expected.", key)]

    return check


def _one_line(value: Any, walk: Walk) -> Found:
    if type(value) is str and ("\n" in value or "\r" in value):
        text_ = "The question asks for a short text of one line (type string), and the answer has several lines."
        return [warning("value", text_, "qr-line-break")]
    return None


def _pattern(item: Object) -> Iterator[Limit]:
    stated = extension(item, CORE + "regex")
    if type(stated) is not str:
        return
    shape = extension(item, CORE + "entryFormat")
    words = f"{shape} ({stated[:200]})" if type(shape) is str else stated[:200]
    pattern = Pattern(stated)

    def check(value: Any, walk: Walk) -> Found:
        written = _written(value)
        matches = True if written is None else pattern.matches(written, walk)
        if matches:
            return None
        if matches is None:
            why = pattern.fault or "that would take too long"
            return [note("not-supported", f"The answer was not checked against {stated[:200]!r}: {why}.", "qr-regex")]
        return [error("value", f"The answer is not of the form that is expected: {words}.", "qr-regex")]

    yield check


def _bounds(item: Object, kind: str) -> Iterator[Limit]:
    limits = [extension(item, CORE + name) for name in ("minValue", "maxValue")]
    stated = [
        _bound(kind, limit, direction, f"{words} {limit}", key)
        for limit, (direction, words, key) in zip(limits, _DIRECTIONS, strict=True)
        if limit is not None
    ]
    least, most = (number(limit) for limit in limits)
    if kind in NUMBERS and stated and len(stated) == sum(limit is not None for limit in (least, most)):
        yield _between(least, most, stated)
    else:
        yield from stated


_DIRECTIONS = ((1, "at least", "qr-min-value"), (-1, "at most", "qr-max-value"))


def _between(least: int | Decimal | None, most: int | Decimal | None, stated: list[Limit]) -> Limit:
    """Return one check of both bounds of a number, which asks each only where one of them is broken."""
    low = Decimal("-Infinity") if least is None else least
    high = Decimal("Infinity") if most is None else most

    def check(value: Any, walk: Walk) -> Found:
        if (type(value) is int or isinstance(value, Decimal)) and low <= value <= high:
            return None
        found: Found = None
        for bound in stated:
            found = joined(found, bound(value, walk))
        return found

    return check


def _bound(kind: str, limit: Any, direction: int, words: str, key: str) -> Limit:
    def check(value: Any, walk: Walk) -> Found:
        found = order(kind, value, limit)
        if found is None:
            text_ = f"Whether the answer is {words} cannot be told: one of the two is less precise."
            return [note("not-supported", text_, key)]
        if found * direction < 0:
            return [error("value", f"The answer is {value}: {words} is expected.", key)]
        return None

    return check


def _quantity_bounds(item: Object) -> Iterator[Limit]:
    for end, (direction, words, key) in zip(("min", "max"), _DIRECTIONS, strict=True):
        stated = extension(item, f"{SDC}sdc-questionnaire-{end}Quantity", f"{CORE}questionnaire-{end}Quantity")
        if type(stated) is dict:
            yield _quantity_bound(stated, direction, f"{words} {_shown(stated)}", key)
        limit = extension(item, f"{CORE}{end}Value")
        if number(limit) is not None:
            yield _amount(_bound("decimal", limit, direction, f"{words} {limit}", key))


def _amount(check: Limit) -> Limit:
    """A check of the number in a quantity: a bound that has no unit is one in the question's own."""

    def check_amount(value: Any, walk: Walk) -> Found:
        amount = value.get("value") if type(value) is dict else None
        return None if amount is None else check(amount, walk)

    return check_amount


def _quantity_bound(limit: Object, direction: int, words: str, key: str) -> Limit:
    measured, most = unit(limit), number(limit.get("value"))

    def check(value: Any, walk: Walk) -> Found:
        amount = number(value.get("value")) if type(value) is dict else None
        if amount is None or most is None:
            return None
        if unit(value) == measured and None not in measured:
            if amount >= most if direction > 0 else amount <= most:
                return None
            return _beyond(value, words, key)
        if None in unit(value) or None in measured:
            text_ = f"{words} is expected: the answer needs a unit's system and code to be compared."
            return [error("value", text_[0].upper() + text_[1:], key)]
        told = converted(value, limit)
        if told is None:
            return [note("not-supported", f"Whether the answer is {words} cannot be told: the units differ.", key)]
        return None if told * direction >= 0 else _beyond(value, words, key)

    return check


def _beyond(value: Object, words: str, key: str) -> Found:
    return [error("value", f"The answer is {_shown(value)}: {words} is expected.", key)]


def _shown(quantity: Object) -> str:
    words = text(quantity, "unit") or text(quantity, "code") or ""
    return f"{quantity.get('value')} {words}".strip()


def _decimals(most: int, kind: str) -> Limit:
    def check(value: Any, walk: Walk) -> Found:
        amount = value.get("value") if kind == "Quantity" and type(value) is dict else value
        places = _places(amount)
        if places <= most:
            return None
        return [error("value", f"The answer {amount} has {places} decimal places: at most {most}.", "qr-decimals")]

    return check


def _places(amount: Any) -> int:
    """Return how many digits stand behind the point of a number, noughts included."""
    if not isinstance(amount, Decimal):
        return 0
    exponent = amount.as_tuple().exponent
    return -exponent if type(exponent) is int and exponent < 0 else 0
