"""Computed forms: the records that follow from a subject's other records, brought up to date in the same
transaction."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.crf.derive import compute
from adapter.crf.record import Record
from adapter.intake.desk import Desk
from adapter.intake.meet import text, written
from adapter.store.begin import BATCH
from adapter.store.shapes import Key, Stored, Write
from adapter.store.store import Push


def rescore(desk: Desk, push: Push, touched: Iterable[tuple[str, str]]) -> None:
    """Compute again what follows from the records of `touched` (form, subject) pairs; unchanged scores stay
    as they are.

    A score that no longer follows keeps its record, with its keys alone, and its resources are deleted.
    """
    subjects: dict[str, set[str]] = {}
    for form, subject in touched:
        for computed, sources in desk.sources.items():
            if form in sources:
                subjects.setdefault(computed, set()).add(subject)
    for computed, found in subjects.items():
        for subject in sorted(found):
            _rescore(desk, push, computed, subject)


def _rescore(desk: Desk, push: Push, computed: str, subject: str) -> None:
    sources = {form: _records(desk, form, push.contents(form, subject)) for form in desk.sources[computed]}
    scores = {desk.key(computed, record): record for record in compute(desk.study, computed, sources)}
    void = {
        desk.key(computed, record): record
        for record in _records(desk, computed, push.contents(computed, subject))
        if desk.key(computed, record) not in scores
    }
    _write(push, [written(desk, key, record, {}, False) for key, record in scores.items()])
    _write(push, [_voided(desk, key, record) for key, record in void.items()])


def _write(push: Push, writes: list[Write]) -> None:
    for start in range(0, len(writes), BATCH):
        batch = writes[start : start + BATCH]
        push.claim(write.key for write in batch)
        push.write(batch)


def _voided(desk: Desk, key: Key, record: Record) -> Write:
    keys = {item.id: record[item.id] for item in desk.forms[key.form].keys}
    return Write(key, text(desk.parser(key.form).to_json(keys)), None, ())


def _records(desk: Desk, form: str, held: list[Stored]) -> list[Record]:
    return [desk.stored(form, part.open) for part in held if part.open is not None]
