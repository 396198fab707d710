"""What is wrong with a text that should be a number, and what to write instead."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import normalize

from adapter.crf.answer import show
from adapter.crf.study import Item

_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_PLAIN = re.compile(_NUMBER, re.ASCII)
_COMMA = re.compile(r"-?([0-9]+),([0-9]+)", re.ASCII)
_GROUPED = re.compile(r"-?[0-9]{1,3}([,' ])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]+)?", re.ASCII)
_CONTINENTAL = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+", re.ASCII)
_UNTIDY = re.compile(r"([+-]?)0*([0-9]*)(\.[0-9]*)?", re.ASCII)
_WITH_UNIT = re.compile(rf"({_NUMBER})\s*([^0-9\s.,;].*)", re.ASCII)
_NO_NUMBER = {
    "nan",
    "inf",
    "infinity",
    "na",
    "n/a",
    "nd",
    "nk",
    "unk",
    "null",
    "none",
    "#n/a",
    "#value!",
    "#num!",
    "-",
    ".",
}


def number_refusal(item: Item, text: str) -> str:
    """Return why the text is no number of the item: what was found, what is expected, what to do."""
    todo = _in_range(item, text) or _todo(item, text.strip())
    return f"found {show(text)}; expected {expected_number(item)}{todo}"


def expected_number(item: Item) -> str:
    """Return the kind, the range and the unit of a numeric item in words."""
    kind = {"integer": "a whole number", "year": "a year of four digits"}.get(item.type, "a number")
    unit = "" if item.unit is None else f" in {item.unit}"
    if item.low is not None and item.high is not None:
        return f"{kind} from {item.low} to {item.high}{unit}"
    if item.low is not None:
        return f"{kind} from {item.low}{unit}"
    return f"{kind}{unit}" if item.high is None else f"{kind} up to {item.high}{unit}"


def _in_range(item: Item, text: str) -> str | None:
    """Say nothing more of a number that is well written and only outside the range."""
    if not _PLAIN.fullmatch(text) or (item.type != "decimal" and "." in text):
        return None
    if len(text) > 18:
        return f"; a number of {len(text)} characters is too long"
    number = Decimal(text)
    low, high = item.low, item.high
    outside = (low is not None and number < low) or (high is not None and number > high)
    return "; check the value" + (", and its unit" if item.unit is not None else "") if outside else None


def _todo(item: Item, text: str) -> str:
    if text.strip("+-").casefold() in _NO_NUMBER or not text.strip("+-"):
        return "; leave it empty, or say why it is missing: ~asked-unknown, ~not-performed"
    plain = normalize("NFKC", text)
    if plain != text and _PLAIN.fullmatch(plain):
        return f"; write {plain} in ordinary digits"
    for repair in (_comma, _grouped, _tidied, _whole, _unit):
        todo = repair(item, plain)
        if todo is not None:
            return todo
    return "; a bound is no value; write the number alone" if text[0] in "<>≤≥" else ""


def _comma(_item: Item, text: str) -> str | None:
    found = _COMMA.fullmatch(text)
    if found is None:
        return None
    point, without = text.replace(",", "."), text.replace(",", "")
    if len(found[2]) == 3 and len(found[1]) <= 3 and not found[1].startswith("0"):
        return f"; which is meant: {point} or {without}? (a decimal point is a dot)"
    return f"; write {point}"


def _grouped(_item: Item, text: str) -> str | None:
    if (found := _GROUPED.fullmatch(text)) is not None:
        return f"; thousands are not separated; write {text.replace(found[1], '')}"
    if _CONTINENTAL.fullmatch(text):
        return f"; write {text.replace('.', '').replace(',', '.')}"
    return None


def _tidied(item: Item, text: str) -> str | None:
    found = _UNTIDY.fullmatch(text)
    if found is None or not (found[2] or found[3]) or _PLAIN.fullmatch(text):
        return None
    digits = "" if found[3] in (None, ".") else found[3]
    tidy = f"{'-' if found[1] == '-' else ''}{found[2] or '0'}{digits}"
    return _whole(item, tidy) or f"; write {tidy}"


def _whole(item: Item, text: str) -> str | None:
    if item.type == "decimal" or not _PLAIN.fullmatch(text) or "." not in text:
        return None
    number = Decimal(text)
    return f"; write {int(number)}" if number == number.to_integral_value() else "; it has a fraction"


def _unit(item: Item, text: str) -> str | None:
    found = _WITH_UNIT.fullmatch(text)
    if found is None or re.match(r"[eE][+-]?[0-9]", found[2]):
        return None
    if item.unit is None:
        return f"; write the number alone: {found[1]}"
    return f"; write the number alone: {found[1]}, in {item.unit}; units are never converted"
