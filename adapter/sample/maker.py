"""Make the records of one form for one participant: its occasions, and what each of them answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from adapter.crf.derive import deriver
from adapter.crf.record import Record
from adapter.crf.schedule import occasions
from adapter.crf.study import Form, Study
from adapter.sample.answer import record_of
from adapter.sample.draw import case
from adapter.sample.moment import Moment, Participant
from adapter.sample.plan import Block

DAYS = ("fulldate", "date")
"""The types of a key that holds the day of an occasion when nothing else is declared for it."""


class Maker:
    """Makes the records of one form, by its blocks."""

    def __init__(self, study: Study, form: Form, blocks: tuple[Block, ...]) -> None:
        self._blocks, self._occasions = blocks, occasions(study, form.id)
        self._record, self._derive = record_of(form, study.codelists), deriver(form)
        self._keys = tuple(item.id for item in form.keys)
        self._subjects = tuple(item.id for item in form.items.values() if item.type == "subject")
        self._sites = tuple(item.id for item in form.items.values() if item.type == "site" and item.group is None)
        self._days = tuple(item.id for item in form.keys if item.type in DAYS)

    def records(self, participant: Participant, random: Random) -> list[Record]:
        """Return the participant's records of this form, by date."""
        dated = [pair for block in self._blocks for pair in self._block(block, participant, random)]
        ordered = [record for _, record in sorted(dated, key=lambda pair: pair[0])]
        return list({tuple(record.get(key) for key in self._keys): record for record in reversed(ordered)}.values())[
            ::-1
        ]

    def _block(self, block: Block, participant: Participant, random: Random) -> Iterator[tuple[date, Record]]:
        if any(case(participant.hidden[name]) not in among for name, among in block.where.items()):
            return
        make = _scheduled(block, self._occasions, participant, random)
        moments = make if block.each == "schedule" else _events(block, participant, random)
        for n, moment in enumerate(sorted(moments, key=lambda each: each.day), 1):
            moment.scope["n"] = n
            if moment.date > participant.until:
                continue
            record = self._answered(block, moment)
            if block.accepts is None or block.accepts(record):
                yield moment.date, record

    def _answered(self, block: Block, moment: Moment) -> Record:
        participant, drawn = moment.participant, dict(moment.keys)
        drawn.update(dict.fromkeys(self._subjects, participant.id), **dict.fromkeys(self._sites, participant.site))
        for item in self._days:
            drawn.setdefault(item, moment.date.isoformat())
        moment.scope.update(drawn)
        for item, draw in block.items.items():
            drawn[item] = moment.scope[item] = draw(moment)
        if block.mend is not None:
            block.mend(drawn, moment)
        record = self._record(drawn)
        if self._derive is not None:
            self._derive(record)
        moment.scope.update(record)
        return record


def _events(block: Block, participant: Participant, random: Random) -> Iterator[Moment]:
    """Yield one moment of each subject, or the drawn number of events, less those after the subject's end."""
    once = block.each == "subject"
    first = Moment(participant, random, participant.scope())
    for _ in range(1 if once else int(block.count(first))):
        moment = Moment(participant, random, participant.scope())
        _let(block, moment)
        _set_day(moment, int(block.day(moment)))
        if once or moment.day <= participant.ends:
            yield moment


def _scheduled(block: Block, planned: Any, participant: Participant, random: Random) -> Iterator[Moment]:
    """Yield the planned occasions up to the subject's last day, less those missed, on their actual days."""
    drifts: dict[Any, int] = {}
    for occasion in planned:
        moment = Moment(participant, random, participant.scope() | occasion.keys, occasion.keys)
        _set_day(moment, occasion.day)
        together = occasion.day if block.per is None else occasion.keys[block.per]
        if together not in drifts:
            drifts[together] = int(block.drift(moment))
        if occasion.day > participant.ends or block.missed(moment):
            continue
        _set_day(moment, occasion.day + drifts[together])
        _let(block, moment)
        yield moment


def _set_day(moment: Moment, day: int) -> None:
    moment.day = moment.scope["study_day"] = day


def _let(block: Block, moment: Moment) -> None:
    for name, draw in block.lets.items():
        moment.scope[name] = draw(moment)
