"""Times for order and search: from a FHIR date, dateTime or Period to a span in UTC, as text that sorts as
time does."""

from __future__ import annotations

import re
from datetime import MAXYEAR, UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

Span = tuple[str, str]
"""From (included) to (excluded): `2026-01-31T08:00:00.000Z`."""

EARLIEST = "0001-01-01T00:00:00.000Z"
LATEST = "9999-12-31T23:59:59.999Z"

_SHAPE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,12}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?",
    re.ASCII,
)


def now_text(moment: datetime) -> str:
    """The instant of an aware `moment` in UTC, to the millisecond: what versions and answers carry."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=8192)
def span(text: str, zone: str) -> Span:
    """The span that a date or dateTime covers at its precision; without an offset it is read in `zone`
    (+08:00).

    ValueError when it is no date: the text says which shapes are.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no date: write 2026, 2026-01, 2026-01-31 or 2026-01-31T08:00:00+08:00")
    parts = match.groupdict()
    try:
        start = _start(parts, zone)
    except ValueError:
        raise ValueError(f"{text!r} is a date or time that does not exist") from None
    except OverflowError:  # a leap second at the end of the calendar
        return LATEST, LATEST
    return _text(start, parts["zone"] or zone), _text(_end(start, parts), parts["zone"] or zone)


def span_of(element: Any, zone: str) -> Span | None:
    """The span of a dateTime's text or of a Period; None when it holds no time."""
    if isinstance(element, str):
        return span(element, zone)
    if not isinstance(element, dict) or not (element.get("start") or element.get("end")):
        return None
    start, end = element.get("start"), element.get("end")
    return (span(start, zone)[0] if start else EARLIEST, span(end, zone)[1] if end else LATEST)


def _start(parts: dict[str, str | None], zone: str) -> datetime:
    _offset(parts["zone"] or zone)
    leap = parts["second"] == "60"
    start = datetime(  # noqa: DTZ001  the offset is taken off in _text, where the calendar's ends are looked after
        int(parts["year"] or 1),
        int(parts["month"] or 1),
        int(parts["day"] or 1),
        int(parts["hour"] or 0),
        int(parts["minute"] or 0),
        59 if leap else int(parts["second"] or 0),
        int((parts["fraction"] or "")[:3].ljust(3, "0")) * 1000,
    )
    return start + timedelta(seconds=1) if leap else start


def _end(start: datetime, parts: dict[str, str | None]) -> datetime | None:
    if parts["month"] is None:
        return start.replace(year=start.year + 1) if start.year < MAXYEAR else None
    if parts["day"] is None:
        later = start + timedelta(days=31) if (start.year, start.month) < (MAXYEAR, 12) else None
        return later.replace(day=1) if later is not None else None
    try:
        return start + _width(parts)
    except OverflowError:
        return None


def _width(parts: dict[str, str | None]) -> timedelta:
    if parts["hour"] is None:
        return timedelta(days=1)
    if parts["second"] is None:
        return timedelta(minutes=1)
    digits = len((parts["fraction"] or "")[:3])
    return timedelta(milliseconds=10 ** (3 - digits))


@lru_cache(maxsize=256)
def _offset(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59 or (hours == 14 and minutes):
        raise ValueError(zone)
    return timezone((-1 if zone[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _text(moment: datetime | None, zone: str) -> str:
    if moment is None:
        return LATEST
    try:
        utc = moment.replace(tzinfo=_offset(zone)).astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == 1 else LATEST
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
