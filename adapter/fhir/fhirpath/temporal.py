"""Dates, dates with time, and times of day as FHIRPath compares them: as precisely as both are known.

Source: http://hl7.org/fhirpath/N1/#datetime-equality, #comparison and #datetime-arithmetic
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.kept import kept

_DAY = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
_TIME = r"([0-9]{2})(?::([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,9}[0-9]*)?))?)?"
_PATTERNS = {
    "Date": _DAY,
    "DateTime": rf"{_DAY}(?:T(?:{_TIME})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?",
    "Time": _TIME,
}
_DAYS, _TO_SECOND = 3, 6  # how many components a full date has, and a full date with time
_LIMITS = ((1, 9999), (1, 12), (1, 31), (0, 23), (0, 59), (0, 60))


@dataclass(frozen=True, slots=True)
class Temporal:
    """`parts`: year, month, day, hour, minute, second as far as known (a Time's begin with the hour)."""

    kind: str  # Date, DateTime, Time
    parts: tuple[int | Decimal, ...]
    offset: int | None  # minutes east of Greenwich
    text: str

    def __str__(self) -> str:
        return self.text

    def known(self) -> tuple[int | Decimal, ...]:
        """Return the parts, or minutes since the year 1 in Greenwich (and seconds) where the offset is known."""
        if self.offset is None or len(self.parts) < 5:
            return self.parts
        year, month, day, hour, minute = (int(part) for part in self.parts[:5])
        days = date(year, month, day).toordinal()
        return (days * 1_440 + hour * 60 + minute - self.offset, *self.parts[5:])


@kept(4_096)
def parse_temporal(text: str, kind: str) -> Temporal | None:
    """Return the value of a text such as '2025-02-01T10:00:00+01:00', or None where it is none of this kind."""
    found = re.fullmatch(_PATTERNS[kind], text, re.ASCII)
    if found is None:
        return None
    *numbers, zone = found.groups() if kind == "DateTime" else (*found.groups(), None)
    parts = tuple(_number(number) for number in numbers if number is not None)
    if (zone is not None and len(parts) <= _DAYS) or not _exists(parts, kind):
        return None
    return Temporal(kind, parts, _offset(zone), text)


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


def _exists(parts: tuple[int | Decimal, ...], kind: str) -> bool:
    """Tell whether the calendar and the clock have these parts."""
    limits = _LIMITS[3:] if kind == "Time" else _LIMITS
    if not all(low <= part < high + 1 for part, (low, high) in zip(parts, limits, strict=False)):
        return False
    return kind == "Time" or len(parts) < _DAYS or parts[2] <= monthrange(int(parts[0]), int(parts[1]))[1]


def _offset(zone: str | None) -> int | None:
    if zone is None or zone == "Z":
        return None if zone is None else 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:])
    return -minutes if zone[0] == "-" else minutes


def order(left: Temporal, right: Temporal) -> int | None:
    """Return -1, 0 or 1, or None where the less precise of the two leaves it open.

    A date is compared with a date and time as it stands there. Raises EvaluationError for a time of day
    against a date.
    """
    if (left.kind == "Time") != (right.kind == "Time"):
        raise EvaluationError(f"a {left.kind} and a {right.kind} cannot be compared")
    zoned = left.offset is not None and right.offset is not None
    one, other = (left.known(), right.known()) if zoned else (left.parts, right.parts)
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return -1 if mine < theirs else 1
    precise = len(left.parts) == len(right.parts) and (left.offset is None) == (right.offset is None)
    return 0 if precise else None


def text_order(left: str, right: str) -> int | None:
    """Return -1, 0 or 1 for two dates (or dates with time) as written alike; None where they must be parsed.

    Alike is: known to the same precision, with the same offset. Their texts are in order then.
    """
    if len(left) != len(right) or (len(left) > 10 and left[-6:] != right[-6:] and not left[-1] == right[-1] == "Z"):
        return None
    return (left > right) - (left < right)


def shifted(moment: Temporal, amount: Decimal, unit: str) -> Temporal:
    """Return a moment moved by whole units of the calendar; parts of a unit below seconds count too.

    A day that the month reached does not have becomes its last. Raises EvaluationError for a unit that
    is none of time, and for what the calendar does not reach.
    """
    try:
        if unit in ("year", "month"):
            return _by_months(moment, int(amount) * (12 if unit == "year" else 1))
        return _by_seconds(moment, amount, unit)
    except (OverflowError, ValueError) as beyond:
        raise EvaluationError(f"{moment} cannot be moved by {amount} {unit}: {beyond}") from None


def _by_months(moment: Temporal, months: int) -> Temporal:
    if moment.kind == "Time":
        raise EvaluationError("a time of day has no years and months")
    parts = list(moment.parts)
    if len(parts) == 1:  # a year alone moves by whole years
        return _written(moment, [int(parts[0]) + int(months / 12)])
    count = int(parts[0]) * 12 + int(parts[1]) - 1 + months
    parts[0], parts[1] = divmod(count, 12)
    parts[1] += 1
    if len(parts) >= _DAYS:
        parts[2] = min(int(parts[2]), monthrange(int(parts[0]), int(parts[1]))[1])
    return _written(moment, parts)


_SECONDS = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
_PRECISIONS = ("year", "month", "day", "hour", "minute", "second")


def _by_seconds(moment: Temporal, amount: Decimal, unit: str) -> Temporal:
    """Move by a unit of fixed length; a moment known less precisely moves by whole units of what is known."""
    if unit == "millisecond":
        seconds = amount / 1000
    elif unit in _SECONDS:
        seconds = (amount if unit == "second" else int(amount)) * Decimal(_SECONDS[unit])
    else:
        raise EvaluationError(f"{unit!r} is no unit of time")
    if moment.kind == "Time":
        return _time_moved(moment, seconds)
    if len(moment.parts) < _DAYS:
        days = 365 if len(moment.parts) == 1 else 30  # as FHIRPath converts: 1 year = 365 days, 1 month = 30
        return _by_months(moment, int(seconds / 86_400 / days) * (12 if days == 365 else 1))
    return _datetime_moved(moment, seconds)


def _datetime_moved(moment: Temporal, seconds: Decimal) -> Temporal:
    known = len(moment.parts)
    second = Decimal(moment.parts[5]) if known == _TO_SECOND else Decimal(0)
    whole = datetime(*(int(part) for part in moment.parts[:5]))  # type: ignore[arg-type]  # noqa: DTZ001
    total = second + seconds
    if known < _TO_SECOND:
        size = {3: 86_400, 4: 3_600, 5: 60}[known]
        total = Decimal(int(total / size) * size)
    minutes, rest = int(total // 60), total % 60
    if rest < 0:
        minutes, rest = minutes - 1, rest + 60
    moved = whole + timedelta(minutes=minutes)
    parts: list[int | Decimal] = [moved.year, moved.month, moved.day, moved.hour, moved.minute, rest]
    return _written(moment, parts[:known])


def _time_moved(moment: Temporal, seconds: Decimal) -> Temporal:
    parts = [Decimal(part) for part in moment.parts] + [Decimal(0)] * (3 - len(moment.parts))
    total = (parts[0] * 3_600 + parts[1] * 60 + parts[2] + seconds) % 86_400
    total += 86_400 if total < 0 else 0
    moved: list[int | Decimal] = [int(total // 3_600), int(total % 3_600 // 60), total % 60]
    return _written(moment, moved[: len(moment.parts)])


def _written(like: Temporal, parts: list[int | Decimal]) -> Temporal:
    """Return a moment of these parts with the offset of another. Raises ValueError out of the calendar."""
    start = 3 if like.kind == "Time" else 0
    if start == 0 and not 1 <= parts[0] <= 9999:
        raise ValueError("years go from 1 to 9999")
    shown = [_padded(part, 4 if start + place == 0 else 2) for place, part in enumerate(parts)]
    if like.kind == "Time":
        text = ":".join(shown)
    else:
        text = "-".join(shown[:3]) + ("T" + ":".join(shown[3:]) if len(shown) > _DAYS else "")
        text += _zone(like.text) if len(shown) > _DAYS else ""
    return Temporal(like.kind, tuple(parts), like.offset, text)


def _padded(part: int | Decimal, width: int) -> str:
    whole, point, fraction = (format(part, "f") if isinstance(part, Decimal) else str(part)).partition(".")
    return whole.zfill(width) + point + fraction


def _zone(text: str) -> str:
    found = re.search(r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z", text, re.ASCII)
    return "" if found is None or "T" not in text else found[0]
