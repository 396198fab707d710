"""Finding records: one by its key, a form's in the order of their keys; the part that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, literal_column, select, tuple_

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


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which records of a form are listed: of a subject, or of all (None); those that stand, or the voided ones; after
    the place (position, key) that the last page ended with, at most `count`."""

    form: str
    subject: str | None = None
    voided: bool = False
    count: int = 50
    after: tuple[str, str] | None = None


def list_records(connection: Connection, sight: Sight, query: RecordQuery) -> RecordPage:
    """The open parts of a form's records in the order of their keys."""
    matches = and_(record.c.form == query.form, record.c.part == OPEN, sight.records())
    if query.subject is not None:
        matches = and_(matches, record.c.subject == query.subject)
    total = connection.execute(_voided(matches, func.count())).scalar_one()
    if not query.voided:
        total = connection.execute(select(func.count()).select_from(record).where(matches)).scalar_one() - total
    if query.after is not None:
        matches = and_(matches, tuple_(record.c.position, record.c.key) > tuple_(*query.after))
    count, kind = query.count, record_version.c.kind
    page = (
        _records(sight)
        .where(matches, kind == VOIDED if query.voided else kind != VOIDED)
        .order_by(record.c.position, record.c.key)
        .limit(count + 1)
    )
    rows = connection.execute(page).all()
    return RecordPage(total, tuple(map(_record, rows[:count])), more=len(rows) > count)


def count_records(connection: Connection, sight: Sight) -> dict[str, int]:
    """How many records that stand each form has, in the open."""
    counted = (record.c.form, func.count())
    open_ = and_(record.c.part == OPEN, sight.records())
    voided = {row[0]: row[1] for row in connection.execute(_voided(open_, *counted).group_by(record.c.form))}
    found = connection.execute(select(*counted).where(open_).group_by(record.c.form)).all()
    return {form: records - voided.get(form, 0) for form, records in found if records > voided.get(form, 0)}


def _voided(matches: ColumnElement[bool], *columns: Any) -> Any:
    """What there is of records that match and whose last version voids them.

    The kind is in the text, and what matches is said of the version: so the few voided ones are looked at, not all.
    """
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    kind = record_version.c.kind == literal_column(f"'{VOIDED}'")
    own = case((record_version.c.version > 0, matches), else_=false())
    return select(*columns).select_from(record_version.join(record, current)).where(kind, own)


def _records(sight: Sight) -> Any:
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    named = (record.c.form, record.c.key, record.c.subject)
    version = (record_version.c.version, record_version.c.at, record_version.c.content, record_version.c.kind)
    joined = select(*named, *version).select_from(record.join(record_version, current))
    return joined.where(record.c.part == OPEN, sight.records())


def _record(row: Sequence[Any]) -> RecordVersion:
    form, key, subject, version, at, content, kind = row
    return RecordVersion(Key(form, key, subject), version, at, content, kind == VOIDED)
