"""What a draw sees: the participant it is made for, the record at hand, that participant's random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from adapter.crf.record import Record

Draw = Callable[["Moment"], Any]
"""A declared distribution, compiled: what one record answers. None is silence."""

Row = Mapping[str, Draw]
"""A row of a sample table: column -> the draw in its cell."""

Compute = Callable[[str, Mapping[str, list[Record]]], list[Record]]
"""(form, records by form of one subject) -> the records of a form that is computed from the others."""


@dataclass(slots=True)
class Participant:
    """A synthetic subject while its records are made; `hidden` and `walks` are written nowhere."""

    ordinal: int
    id: str
    site: str
    number: int
    day_0: date
    until: date
    zone: str
    compute: Compute
    hidden: dict[str, Any] = field(default_factory=dict)
    walks: dict[Any, float] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)

    @property
    def ends(self) -> int:
        """The last study day with an occasion: the hidden `ends`, if declared, but no day after `until`."""
        limit = (self.until - self.day_0).days
        declared = self.hidden.get("ends")
        return limit if declared is None else min(limit, int(declared))

    def of(self, form: str) -> list[Record]:
        """The records of `form` so far; a computed form is computed from what there is."""
        return self.records[form] if form in self.records else self.compute(form, self.records)

    def scope(self) -> dict[str, Any]:
        """The names that every draw of this participant may read."""
        own = {"subject": self.id, "site": self.site, "number": self.number, "ordinal": self.ordinal}
        return {**self.hidden, **own, "reached": self.ends, "year": self.day_0.year, "study_day": 0}


@dataclass(slots=True)
class Moment:
    """One record in the making: `scope` holds its keys, what it let, and the items drawn already."""

    participant: Participant
    random: Random
    scope: dict[str, Any]
    keys: Mapping[str, Any] = field(default_factory=dict)
    """What the schedule answers: the keys of a planned occasion."""
    day: int = 0
    """The study day of the record; day 0 is the day of the first treatment."""

    @property
    def date(self) -> date:
        """The calendar day of the occasion."""
        return self.participant.day_0 + timedelta(days=self.day)
