"""`weekly_sum`: a score over consecutive days, computed from one subject's daily records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapter.crf.answer import Record, answered
from adapter.crf.day_0 import day_0
from adapter.crf.instant import day_of
from adapter.crf.schedule import moved
from adapter.crf.study import Form, Item, Study

Daily = Mapping[date, int | Decimal]


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum over a window: how much, of which days, and whether it stands for days that are missing."""

    total: int | Decimal
    days: tuple[date, ...]
    prorated: bool


def weekly_sums(study: Study, form: Form, records: Mapping[str, Sequence[Record]]) -> list[Record]:
    """Return one record for each window that has a sum, sorted by the first day.

    Windows over the same days are one record where the item of the window takes many names, or when they have
    the same key otherwise: then the first name in the rule's order stands.
    """
    rule = (form.rule or {})["weekly_sum"]
    daily = _daily(study, rule, records)
    subject = _subject(form, records)
    found: dict[tuple[Any, ...], Record] = {}
    for name, start in _starts(study, rule, records):
        total = window_sum(daily, start, rule["days"], rule.get("missing", 0), form.items[rule["gives"]["sum"]])
        if total is not None:
            record = _record(form, rule, subject, name, start, total)
            _join(found, form, rule["gives"].get("window"), record)
    return sorted(found.values(), key=lambda record: tuple(str(record[item.id]) for item in form.keys))


def window_sum(daily: Daily, start: date, days: int, missing: int, item: Item) -> Sum | None:
    """Return the sum over `days` days from `start`; None when more than `missing` of them have no value.

    With missing days it is pro-rated, total × days / days used: rounded half up, to a whole number for an
    integer, to two places for a decimal.
    """
    window = (start + timedelta(days=day) for day in range(days))
    used = tuple(day for day in window if day in daily)
    if not used or days - len(used) > missing:
        return None
    total = Decimal(sum(daily[day] for day in used))
    if len(used) < days:
        places = Decimal(1) if item.type == "integer" else Decimal("0.01")
        total = (total * days / len(used)).quantize(places, ROUND_HALF_UP)
    return Sum(int(total) if item.type == "integer" else total, used, len(used) < days)


def _daily(study: Study, rule: Mapping[str, Any], records: Mapping[str, Sequence[Record]]) -> Daily:
    daily = {}
    for record in records.get(rule["form"], ()):
        day, value = day_of(record.get(rule["date"]), study.zone), answered(record, rule["item"])
        if day is not None and value is not None:
            daily[day] = value
    return daily


def _subject(form: Form, records: Mapping[str, Sequence[Record]]) -> Record:
    """Return the part of the key that says whose records these are: the subject."""
    for item in form.keys:
        if item.type == "subject":
            found = (record[item.id] for others in records.values() for record in others if item.id in record)
            subject = next(found, None)
            return {} if subject is None else {item.id: subject}
    return {}


def _starts(
    study: Study, rule: Mapping[str, Any], records: Mapping[str, Sequence[Record]]
) -> Iterator[tuple[str, date]]:
    """Yield the name and the first day of every window; none that goes beyond an end of the calendar."""
    for name, day, number in _begun(study, rule, records):
        start = moved(day, number)
        if start is not None and moved(start, rule["days"] - 1) is not None:
            yield name, start


def _begun(
    study: Study, rule: Mapping[str, Any], records: Mapping[str, Sequence[Record]]
) -> Iterator[tuple[str, date, int]]:
    """Yield the name of every window, and by how many days after which it starts."""
    zero = day_0(study, records)
    for name, window in rule["windows"].items():
        if "before" in window:
            for record in records.get(window["before"]["form"], ()):
                day = day_of(record.get(window["before"]["item"]), study.zone)
                if day is not None:
                    yield name, day, -rule["days"]
        elif zero is not None:
            for number in range(window["from"], window["to"] + 1, window["every"]):
                yield name, zero, number


def _record(form: Form, rule: Mapping[str, Any], subject: Record, name: str, start: date, total: Sum) -> Record:
    end = start + timedelta(days=rule["days"] - 1)
    gives = rule["gives"]
    window = gives.get("window")
    given = {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "sum": total.total,
        "days": [day.isoformat() for day in total.days],
        "window": [name] if window is not None and form.items[window].many else name,
        "prorated": total.prorated,
    }
    values = subject | {item: given[part] for part, item in gives.items()}
    return {item: values[item] for item in form.items if item in values}


def _join(found: dict[tuple[Any, ...], Record], form: Form, window: str | None, record: Record) -> None:
    """Add a record, or the name of its window to the one that has its key."""
    key = tuple(record.get(item.id) for item in form.keys)
    first = found.setdefault(key, record)
    if window is not None and isinstance(first[window], list) and record[window][0] not in first[window]:
        first[window] += record[window]
