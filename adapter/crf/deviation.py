"""Departures from the protocol that only show beside a subject's other records: the schedule, the day, the washout."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import MAXYEAR, date
from typing import Any

from adapter.crf.answer import Record, answered
from adapter.crf.check import condition_of
from adapter.crf.day_0 import day_0
from adapter.crf.instant import day_of, day_text
from adapter.crf.schedule import Occasion, moved, occasions, study_day
from adapter.crf.study import Check, Form, Study

Records = Mapping[str, Sequence[Record]]
Across = Callable[[Records], Iterator[tuple[Record, str]]]


def scheduled(study: Study, form: Form, check: Check) -> Across:
    """`scheduled: {items: [date], together: key}`: the date lies in the window of its occasion.

    With `together` the occasions of one value of that key may be shifted as a whole: the first of them tells the
    shift, and is queried for it; another is queried when it is shifted otherwise.
    """
    planned, holds = occasions(study, form.id), condition_of(form, check)
    shapes = {tuple(one.keys) for one in planned}
    by_keys = {tuple(one.keys.items()): one for one in planned}
    (item,) = check.items
    together = check.arguments.get("together")

    def find(records: Records) -> Iterator[tuple[Record, str]]:
        zero, shifts = day_0(study, records), dict[Any, int]()
        for record in sorted(records.get(form.id, ()), key=lambda one: _order(form, one)):
            named = (tuple((name, record.get(name)) for name in shape) for shape in shapes)
            occasion = next((by_keys[keys] for keys in named if keys in by_keys), None)
            day = day_of(answered(record, item), study.zone)
            if zero is None or occasion is None or day is None or not holds(record):
                continue
            shift = study_day(zero, day) - occasion.day
            group = answered(record, str(together)) if together is not None else None
            if (shift != shifts[group]) if group in shifts else _off(occasion, shift):
                yield record, item
            if group is not None:
                shifts.setdefault(group, shift)

    return find


def _off(occasion: Occasion, shift: int) -> bool:
    return not -occasion.before <= shift <= occasion.after


def _order(form: Form, record: Record) -> tuple[Any, ...]:
    return tuple(record[key.id] for key in form.keys if key.id in record)


def once_a_day(study: Study, form: Form, check: Check) -> Across:
    """`once_a_day: {items: [time], when: {…}}`: no two records of the subject lie on one day; the later is queried."""
    holds = condition_of(form, check)
    (item,) = check.items

    def find(records: Records) -> Iterator[tuple[Record, str]]:
        seen: set[date] = set()
        for record in sorted(records.get(form.id, ()), key=lambda one: _order(form, one)):
            day = day_of(answered(record, item), study.zone) if holds(record) else None
            if day is not None and day in seen:
                yield record, item
            seen |= {day} if day is not None else set()

    return find


def prohibited(study: Study, form: Form, check: Check) -> Across:
    """`prohibited: {items: [code, start, end], groups: FACT, until: FORM}`: no drug of these groups is taken in its
    washout before Day 0, nor until the last planned occasion of another form.

    `groups` names the fact of study.yaml: lines of {weeks or ever, atc: [beginnings of codes]}; the longest washout
    whose group the code belongs to holds.
    """
    code, start, end = check.items
    groups = study.facts.get(str(check.arguments["groups"])) or ()
    last = max((one.day for one in occasions(study, str(check.arguments["until"]))), default=0)

    def find(records: Records) -> Iterator[tuple[Record, str]]:
        zero = day_0(study, records)
        for record in records.get(form.id, ()):
            weeks = _washout(groups, answered(record, code))
            if weeks is not None and _overlaps(study, record, (start, end), _span(zero, weeks, last)):
                yield record, code

    return find


def _washout(groups: Sequence[Mapping[str, Any]], code: Any) -> int | None:
    """The weeks of the longest washout of a drug; -1 for one that may never have been taken; None for a free drug."""
    if not isinstance(code, str):
        return None
    found = [g for g in groups if any(code.upper().startswith(str(beginning)) for beginning in g.get("atc", ()))]
    if any(group.get("ever") is True for group in found):
        return -1
    return max((int(group["weeks"]) for group in found if "weeks" in group), default=None)


def _span(zero: date | None, weeks: int, last: int) -> tuple[date, date] | None:
    """The days on which the drug is not taken; None while Day 0 is not known."""
    if weeks < 0:
        return date.min, date.max
    if zero is None:
        return None
    return moved(zero, -7 * weeks) or date.min, moved(zero, last) or date.max


def _overlaps(study: Study, record: Record, items: tuple[str, str], span: tuple[date, date] | None) -> bool:
    if span is None:
        return False
    begin, finish = (answered(record, item) for item in items)
    earliest = _first(day_text(begin, study.zone)) if isinstance(begin, str) else date.min
    latest = _last(day_text(finish, study.zone)) if isinstance(finish, str) else date.max
    return earliest <= span[1] and latest >= span[0]


def _first(text: str) -> date:
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


def _last(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(min(parts[0], MAXYEAR), 12, 31)
    return date(parts[0], parts[1], parts[2] if len(parts) == 3 else monthrange(parts[0], parts[1])[1])
