"""The texts of item types: for each item one compiled function from a text to its typed value.

A reader returns the value or raises AnswerError with what was found, what is expected and what to do; the
good way does no more than look up or match. `text_of` is the way back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapter.crf.answer import AnswerError, show
from adapter.crf.coded_refusal import coded_refusal, words_of
from adapter.crf.date_refusal import date_refusal
from adapter.crf.instant import is_date, is_datetime, is_full_date
from adapter.crf.number_refusal import number_refusal
from adapter.crf.study import Answer, Item, Site, Study

Reader = Callable[[str], Any]

LONGEST = 1_048_576
"""The most characters of a text: 1 MB, the limit of a string at whoever receives it."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,100})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
_TABLE_LENGTH = 1000


def reader(item: Item, study: Study, site: Site | None = None) -> Reader:
    """Return the function that reads one value of the item from a text without surrounding marks."""
    if item.type in ("subject", "site", "visit"):
        return _pattern(item, study.patterns[item.type])
    if item.type in ("code", "boolean"):
        return _coded(item, study, site)
    if item.type in _DATES:
        return _date(item, study, site)
    return _READERS[item.type](item)


def text_of(value: Any) -> str:
    """Return a typed value as a text that its reader reads as the same value, digit by digit."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return format(value, "f") if isinstance(exponent, int) and -100 <= exponent <= 0 else str(value)
    return str(value)


def number_within(item: Item, number: int | Decimal) -> bool:
    """Tell whether a number lies in the range of its item."""
    return (item.low is None or number >= item.low) and (item.high is None or number <= item.high)


def _pattern(item: Item, pattern: str) -> Reader:
    matches = re.compile(pattern, re.ASCII).fullmatch

    def read(text: str) -> str:
        if matches(text) is None:
            bare = text.strip()
            todo = f"; write {bare}" if bare != text and matches(bare) else ""
            raise AnswerError(f"found {show(text)}; expected a {item.type} of the shape {pattern}{todo}")
        return text

    return read


def _text(_item: Item) -> Reader:
    def read(text: str) -> str:
        if not text.isprintable() or len(text) > LONGEST or text.isspace():
            check_text(text)
        return text

    return read


def check_text(text: str) -> None:
    """Raise AnswerError for a text that is too long or blank, or that no XML could carry."""
    if len(text) > LONGEST:
        raise AnswerError(f"found a text of {len(text)} characters; at most {LONGEST} are allowed", "too-long")
    if not text or text.isspace():
        raise AnswerError("found a text of blanks alone; leave the answer out")
    found = _FORBIDDEN.search(text)
    if found is not None:
        kind = "half a surrogate pair" if found[0] >= "\ud800" and found[0] <= "\udfff" else "a control character"
        raise AnswerError(f"found {kind}, U+{ord(found[0]):04X}, at position {found.start() + 1}; remove it")


def _token(_item: Item) -> Reader:
    def read(text: str) -> str:
        if not text.isprintable() or not text or len(text) > LONGEST or " " in text or len(text.split()) != 1:
            check_text(text)
            todo = f"; write {show(text.strip())}" if len(text.split()) == 1 else "; is it two answers?"
            raise AnswerError(f"found {show(text)}; expected a code or number without blanks{todo}")
        return text

    return read


def _coded(item: Item, study: Study, site: Site | None) -> Reader:
    words = words_of(item, study, site)

    def read(text: str) -> Answer:
        answer = words.get(text)
        if answer is None:
            raise AnswerError(coded_refusal(item, study, site, text), "code-invalid")
        return answer

    return read


def _integer(item: Item) -> Reader:
    table = _small_range(item)

    def read(text: str) -> int:
        number = table.get(text)
        if number is None:
            number = int(text) if _INTEGER.fullmatch(text) else None
            if number is None or not number_within(item, number):
                raise AnswerError(number_refusal(item, text))
        return number

    return read


def _small_range(item: Item) -> dict[str, int]:
    """Return text -> number of a range that is short enough to be looked up."""
    if item.low is None or item.high is None or item.high - item.low > _TABLE_LENGTH:
        return {}
    return {str(number): number for number in range(int(item.low), int(item.high) + 1)}


def _year(item: Item) -> Reader:
    def read(text: str) -> int:
        if _YEAR.fullmatch(text) is None or not number_within(item, int(text)):
            raise AnswerError(number_refusal(item, text))
        return int(text)

    return read


def _decimal(item: Item) -> Reader:
    matches = _DECIMAL.fullmatch

    def read(text: str) -> Decimal:
        if matches(text) is None:
            raise AnswerError(number_refusal(item, text))
        number = Decimal(text)
        if not number_within(item, number):
            raise AnswerError(number_refusal(item, text))
        return number

    return read


def _date(item: Item, study: Study, site: Site | None) -> Reader:
    real = _DATES[item.type]
    shapes = () if site is None else _shapes(item, site)

    def read(text: str) -> str:
        if real(text):
            return text
        for shape in shapes:
            other = shape(text)
            if other is not None and real(other):
                return other
        raise AnswerError(date_refusal(item, text, study.zone))

    return read


def _shapes(item: Item, site: Site) -> tuple[Callable[[str], str | None], ...]:
    """Return how this site's other texts become dates: each from a text to a date or time, or None."""
    shapes = [_shape(form, site.zone) for form in site.date_formats if item.type == "datetime" or "%H" not in form]
    if site.zone is not None and item.type == "datetime":
        shapes += [_shape(f"%Y-%m-%d{mark}%H:%M:%S", site.zone) for mark in "T "]
    return tuple(shapes)


def _shape(form: str, zone: str | None) -> Callable[[str], str | None]:
    parts = re.split(r"%([YmdHMS])", form)
    groups = (f"(?P<{part}>[0-9]{{{'4' if part == 'Y' else '1,2'}}})" for part in parts[1::2])
    literals = [re.escape(part) for part in parts[::2]]
    pattern = literals[0] + "".join(group + after for group, after in zip(groups, literals[1:], strict=True))
    matches = re.compile(pattern, re.ASCII).fullmatch

    def read(text: str) -> str | None:
        found = matches(text.strip())
        if found is None:
            return None
        part = {name: value.zfill(2) for name, value in found.groupdict().items()}
        day = f"{part['Y']}-{part['m']}-{part['d']}"
        if "H" not in part:
            return day
        return None if zone is None else f"{day}T{part['H']}:{part.get('M', '00')}:{part.get('S', '00')}{zone}"

    return read


_DATES: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "fulldate": is_full_date,
    "datetime": is_datetime,
}
_READERS: dict[str, Callable[[Item], Reader]] = {
    "text": _text,
    "token": _token,
    "integer": _integer,
    "year": _year,
    "decimal": _decimal,
}
