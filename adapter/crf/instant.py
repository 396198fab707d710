"""Dates and times as texts: which are real, which day they belong to, which of two is the later."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
_TIME = re.compile(
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))",
    re.ASCII,
)


@lru_cache(maxsize=8192)
def is_date(text: str) -> bool:
    """Tell whether the text is a real date of the shape YYYY, YYYY-MM or YYYY-MM-DD."""
    found = _DATE.fullmatch(text)
    if found is None or found[1] == "0000":
        return False
    month = None if found[2] is None else int(found[2])
    if month is None or found[3] is None:
        return month is None or 1 <= month <= 12
    return 1 <= month <= 12 and 1 <= int(found[3]) <= monthrange(int(found[1]), month)[1]


def is_full_date(text: str) -> bool:
    """Tell whether the text is a real date of the shape YYYY-MM-DD."""
    return len(text) == 10 and is_date(text)


def is_datetime(text: str) -> bool:
    """Tell whether the text is a real date, or one with a time, its seconds and its offset."""
    if len(text) <= 10:
        return is_date(text)
    return _TIME.fullmatch(text, 10) is not None and is_full_date(text[:10])


def offset(zone: str) -> timezone:
    """Return the time zone of an offset, `+08:00` or `Z`."""
    if zone == "Z":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def moment(text: str) -> datetime | None:
    """Return the instant of a text with a time (beyond microseconds cut off); None for a date alone."""
    return datetime.fromisoformat(text) if _TIME.fullmatch(text, 10) is not None else None


def day_text(text: str, zone: str | None) -> str:
    """Return the date of a date or a datetime, in the study's zone; without a zone as it is written."""
    when = None if zone is None else moment(text)
    if when is None or zone is None:
        return text[:10]
    try:
        return when.astimezone(offset(zone)).date().isoformat()
    except OverflowError:  # the first or the last day of the calendar has no neighbour
        return text[:10]


def day_of(value: Any, zone: str | None) -> date | None:
    """Return the whole day of an answer; None for silence, a reason, or a partial date."""
    day = day_text(value, zone) if isinstance(value, str) else ""
    return date.fromisoformat(day) if len(day) == 10 else None


def is_before(one: str, other: str, zone: str | None = None) -> bool:
    """Tell whether `one` lies before `other`, as far as both go: 2025-06 is not before 2025-06-30."""
    first, second = moment(one), moment(other)
    if first is not None and second is not None:
        return first < second
    day, other_day = day_text(one, zone), day_text(other, zone)
    length = min(len(day), len(other_day))
    return day[:length] < other_day[:length]
