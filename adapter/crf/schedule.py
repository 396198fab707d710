"""The planned occasions of a study: which injection, visit or diary belongs to which study day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapter.crf.coherence import value_faults
from adapter.crf.faults import Faults, entries, spell, text, word
from adapter.crf.literal import literal
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Codelist, Form, Study

OWN = ("on", "window", "assumption")
"""The words of a line of the schedule that are no keys; `assumption` is for people."""

_SPAN = re.compile(r"(-?[0-9]+)\.\.(-?[0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One planned occasion of a form: its keys but the subject, its study day, its window in days."""

    keys: Mapping[str, Any]
    day: int
    before: int = 0
    after: int = 0


def occasions(study: Study, form_id: str) -> tuple[Occasion, ...]:
    """Return the planned occasions of a form in the schedule's order; none for a form without one."""
    schedule = study.facts.get("schedule") or {}
    form = study.forms[form_id]
    return tuple(occasion for line in schedule.get(form_id) or () for occasion in _expand(line, form))


def study_day(day_0: date, day: date) -> int:
    """Return the study day of a date: 0 on Day 0, -1 the day before (unlike SDTM's --DY)."""
    return (day - day_0).days


def moved(day: date, days: int) -> date | None:
    """Return the date so many days later, or earlier; None for one beyond an end of the calendar."""
    number = day.toordinal() + days
    return date.fromordinal(number) if date.min.toordinal() <= number <= date.max.toordinal() else None


def _expand(line: Mapping[str, Any], form: Form) -> Iterator[Occasion]:
    spans = {key: _span(value) for key, value in line.items() if key not in OWN[1:]}
    length = max(len(span) for span in spans.values())
    before, after = line.get("window") or (0, 0)
    for index in range(length):
        now = {key: span[index if len(span) > 1 else 0] for key, span in spans.items()}
        day = now.pop("on")
        yield Occasion({key: literal(form.items[key], value) for key, value in now.items()}, day, before, after)


def _span(value: Any) -> list[Any]:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    return [value] if found is None else list(range(int(found[1]), int(found[2]) + 1))


def check_schedule(facts: Map, forms: Mapping[str, Form], codelists: Mapping[str, Codelist], faults: Faults) -> None:
    """Note what the schedule of study.yaml names and is not there, and lines that do not run together."""
    schedule = entries(facts.get("schedule"), facts, "schedule", "the schedule", faults)
    for form_id in schedule:
        lines = schedule[form_id]
        if form_id == "assumption" and text(lines) is not None:
            continue
        if form_id not in forms:
            faults.at(schedule, form_id, f"unknown form {word(form_id)}{hint(word(form_id), forms)}")
        elif not isinstance(lines, Seq):
            faults.at(schedule, form_id, f"the occasions of {form_id} are a list, not {spell(lines)}")
        else:
            for index, line in enumerate(lines):
                for why in _line_faults(line, forms[form_id], codelists):
                    faults.at(lines, index, why)


def _line_faults(line: Any, form: Form, codelists: Mapping[str, Codelist]) -> Iterable[str]:
    if not isinstance(line, Map) or "on" not in line:
        yield "an occasion says on which study day it lies: {on: DAY}"
        return
    spans = {key: _span(value) for key, value in line.items() if key not in OWN[1:]}
    if not spans["on"] or any(isinstance(day, bool) or not isinstance(day, int) for day in spans["on"]):
        yield f"on is a study day or a range of them, not {spell(line['on'])}"
    if len({len(span) for span in spans.values()} - {1}) > 1:
        yield "the ranges of one line run together and are of one length"
    if not _is_window(line.get("window", Seq("", 0))):
        yield "window is [days before, days after]"
    keys = {item.id: item for item in form.keys}
    for key, span in spans.items():
        if key != "on" and key not in keys:
            yield f"{form.id} has no key {word(key)}{hint(word(key), [*keys, *OWN])}"
        elif key != "on":
            yield from value_faults(keys[key], span, codelists)


def _is_window(window: Any) -> bool:
    if not isinstance(window, Seq) or len(window) not in (0, 2):
        return False
    return all(isinstance(days, int) and not isinstance(days, bool) and days >= 0 for days in window)
