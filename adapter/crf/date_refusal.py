"""What is wrong with a text that should be a date or a time, and which is meant."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from unicodedata import normalize

from adapter.crf.answer import show
from adapter.crf.instant import is_date, is_datetime, is_full_date
from adapter.crf.study import Item

EXPECTED = {
    "date": "a date: YYYY-MM-DD, or YYYY-MM or YYYY where no more is known",
    "fulldate": "a whole date: YYYY-MM-DD",
    "datetime": "a time with seconds and offset, 2025-06-01T08:30:00+08:00, or a date",
}
_REAL: dict[str, Callable[[str], bool]] = {"date": is_date, "fulldate": is_full_date, "datetime": is_datetime}

_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. 年]([0-9]{1,2})(?:[-/. 月]([0-9]{1,2})日?|月)?", re.ASCII)
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}", re.ASCII)
_NAMED = re.compile(r"([0-9]{1,2})[-/ .]?([A-Za-z]{3,9})[-/ .,]*([0-9]{4})", re.ASCII)
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_SERIAL = re.compile(r"([2-6][0-9]{4})(?:\.[0-9]+)?", re.ASCII)
_WITH_TIME = re.compile(
    r"(.*?[0-9日])[T ]\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?"
    r"\s*(Z|[+-][0-9]{2}:?(?:[0-9]{2})?)?",
    re.ASCII,
)
_EPOCH = date(1899, 12, 30)
"""Day 0 of the serial numbers in which Excel keeps dates since March 1900."""


def date_refusal(item: Item, text: str, zone: str) -> str:
    """Return why the text is no date of the item: what was found, what is expected, which is meant.

    `zone` is the study's offset; a time without one is proposed with it.
    """
    todo = _todo(item.type, normalize("NFKC", text.strip()), zone)
    return f"found {show(text)}; expected {EXPECTED[item.type]}{todo}"


def _todo(kind: str, text: str, zone: str) -> str:
    meant = list(dict.fromkeys(_meant(kind, text, zone)))
    if len(meant) == 1:
        return f"; write {meant[0]}"
    if meant:
        return f"; which is meant: {' or '.join(meant)}?"
    return _no_such_day(text) or _hint(kind, text)


def _meant(kind: str, text: str, zone: str) -> Iterator[str]:
    """Yield the real dates or times of the right kind that the text may stand for."""
    with_time = _WITH_TIME.fullmatch(text)
    for day in _days(text if with_time is None else with_time[1]):
        written = day if kind != "datetime" else f"{day}{_time(with_time, zone)}"
        if _REAL[kind](written):
            yield written


def _time(found: re.Match[str] | None, zone: str) -> str:
    if found is None:
        return ""
    _, hour, minute, second, fraction, offset = found.groups()
    if offset is None:
        offset = zone
    elif offset != "Z":
        digits = offset[1:].replace(":", "").ljust(4, "0")
        offset = f"{offset[0]}{digits[:2]}:{digits[2:]}"
    return f"T{int(hour):02}:{minute}:{second or '00'}{fraction or ''}{offset}"


def _days(text: str) -> Iterator[str]:
    if (found := _YEAR_FIRST.fullmatch(text)) is not None:
        yield "-".join([found[1], *(f"{int(part):02}" for part in found.groups()[1:] if part is not None)])
    elif (found := _YEAR_LAST.fullmatch(text)) is not None:
        first, second = int(found[1]), int(found[2])
        yield f"{found[3]}-{second:02}-{first:02}"
        yield f"{found[3]}-{first:02}-{second:02}"
    elif (found := _DIGITS.fullmatch(text)) is not None:
        yield "-".join(found.groups())
    elif (found := _NAMED.fullmatch(text)) is not None:
        yield from (f"{found[3]}-{month:02}-{int(found[1]):02}" for month in _months(found[2]))
    elif is_date(text):
        yield text


def _months(name: str) -> list[int]:
    return [month for month in range(1, 13) if month_name[month].casefold().startswith(name.casefold())]


def _no_such_day(text: str) -> str | None:
    found = _YEAR_FIRST.match(text)
    if found is None or found[3] is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    if not 1 <= month <= 12:
        return f"; there is no month {month}"
    if year >= 1 and not 1 <= day <= monthrange(year, month)[1]:
        return f"; there is no such day: {month_name[month]} {year} has {monthrange(year, month)[1]} days"
    return None


def _hint(kind: str, text: str) -> str:
    serial = _SERIAL.fullmatch(text)
    if serial is not None:
        day = _EPOCH + timedelta(days=int(serial[1]))
        return f"; this is how Excel keeps the date {day}; if that is meant, write {day}"
    if _SHORT_YEAR.fullmatch(text):
        return "; write the year with four digits, first"
    if kind == "fulldate" and is_date(text):
        return "; the day is needed"
    if _WITH_TIME.fullmatch(text):
        return "; there is no such time of day"
    return ""
