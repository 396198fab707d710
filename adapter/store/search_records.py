"""Finding records: one by its key, a form's in the order of their keys; the part that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select, tuple_

from adapter.store.records import VOIDED
from adapter.store.schema import record, record_version
from adapter.store.shapes import OPEN, Key, RecordVersion
from adapter.store.sight import Sight


@dataclass(frozen=True, slots=True)
class RecordPage:
    """How many open records match in all, those of this page in order, and whether more follow."""

    total: int
    records: tuple[RecordVersion, ...]
    more: bool


def read_record(connection: Connection, sight: Sight, form: str, key: str) -> RecordVersion | None:
    """The open part of one record, or None."""
    row = connection.execute(_records(sight).where(record.c.form == form, record.c.key == key)).first()
    return _record(row) if row is not None else None


def list_records(
    connection: Connection, sight: Sight, form: str, subject: str | None, count: int, after: tuple[str, str] | None
) -> RecordPage:
    """The open parts of a form's records in the order of their keys, after the place `after`, at most
    `count`."""
    matches = and_(record.c.form == form, record.c.part == OPEN, sight.records())
    if subject is not None:
        matches = and_(matches, record.c.subject == subject)
    total = connection.execute(select(func.count()).select_from(record).where(matches)).scalar_one()
    if after is not None:
        matches = and_(matches, tuple_(record.c.position, record.c.key) > tuple_(*after))
    page = _records(sight).where(matches).order_by(record.c.position, record.c.key).limit(count + 1)
    rows = connection.execute(page).all()
    return RecordPage(total, tuple(map(_record, rows[:count])), more=len(rows) > count)


def count_records(connection: Connection, sight: Sight) -> dict[str, int]:
    """How many records each form has, in the open."""
    counted = select(record.c.form, func.count()).where(record.c.part == OPEN, sight.records()).group_by(record.c.form)
    return {row[0]: row[1] for row in connection.execute(counted).all()}


def _records(sight: Sight) -> Any:
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    named = (record.c.form, record.c.key, record.c.subject)
    version = (record_version.c.version, record_version.c.at, record_version.c.content, record_version.c.kind)
    joined = select(*named, *version).select_from(record.join(record_version, current))
    return joined.where(record.c.part == OPEN, sight.records())


def _record(row: Sequence[Any]) -> RecordVersion:
    form, key, subject, version, at, content, kind = row
    return RecordVersion(Key(form, key, subject), version, at, content, kind == VOIDED)
