"""Proving the versions of records and resources: each is what its audit row says, and none is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from adapter.store.audit import digest_of
from adapter.store.records import VOIDED
from adapter.store.resources import unspliced
from adapter.store.schema import audit, record, record_version, resource, resource_version, submission
from adapter.store.shapes import OPEN
from adapter.store.verify_chain import Steps

AT_ONCE = 500
"""Rows that are fetched at once."""

_RECORDS = (
    select(
        record.c.number,
        record_version.c.version,
        record.c.version.label("current"),
        (record.c.form + "/" + record.c.key).label("what"),
        (record.c.part != OPEN).label("restricted"),
        record_version.c.digest,
        record_version.c.content,
        record_version.c.reason,
        record_version.c.kind,
        record_version.c.submission,
        record_version.c.at,
        submission.c.received_at,
    )
    .select_from(
        record.outerjoin(record_version, record_version.c.record == record.c.number).outerjoin(
            submission, submission.c.number == record_version.c.submission
        )
    )
    .order_by(record.c.number, record_version.c.version)
)
_RESOURCES = (
    select(
        resource.c.number,
        resource_version.c.version,
        resource.c.version.label("current"),
        (resource.c.type + "/" + resource.c.id).label("what"),
        resource.c.restricted,
        resource_version.c.digest,
        resource_version.c.body,
        resource_version.c.submission,
        resource_version.c.at,
        submission.c.received_at,
        resource_version.c.deleted,
        resource.c.deleted.label("gone"),
        resource.c.updated,
        record.c.number.label("record"),
    )
    .select_from(
        resource.outerjoin(resource_version, resource_version.c.resource == resource.c.number)
        .outerjoin(submission, submission.c.number == resource_version.c.submission)
        .outerjoin(record, record.c.number == resource.c.record)
    )
    .order_by(resource.c.number, resource_version.c.version)
)


@dataclass(slots=True)
class _Count:
    """Where a record or resource stands while its versions pass by: its number, and the last version."""

    number: int = 0
    version: int = 0


def records(connection: Connection, steps: Steps) -> Iterator[str]:
    """What is wrong with the versions of records."""
    return _versions(connection, "record", _RECORDS, _of_record, steps)


def resources(connection: Connection, steps: Steps) -> Iterator[str]:
    """What is wrong with the versions of resources, and with which records they belong to."""
    return _versions(connection, "resource", _RESOURCES, _of_resource, steps)


def _versions(
    connection: Connection, kind: str, statement: Select[Any], own: Callable[[Row[Any]], Iterator[str]], steps: Steps
) -> Iterator[str]:
    noted = select(audit).where(audit.c.kind == kind).order_by(audit.c.target, audit.c.version)
    streamed = connection.execution_options(yield_per=AT_ONCE)
    rows = iter(streamed.execute(statement))
    count = _Count()
    for row, note in _merged(_counted(rows, count), streamed.execute(noted)):
        steps.add()
        if isinstance(row, str):
            yield row
        elif row is not None:
            yield from _agree(row, note) if note is not None else _unnoted(row)
            if note is not None and kind == "record":
                yield from _agree_on_why(row, note)
            yield from own(row)
        elif note is not None:
            yield f"{note.what} version {note.version}: the audit has it, the versions do not"


def _unnoted(row: Row[Any]) -> Iterator[str]:
    yield f"{row.what} version {row.version}: no audit row tells of it"


def _counted(rows: Iterable[Row[Any]], count: _Count) -> Iterator[Row[Any] | str]:
    """The rows that are versions, and in between what is wrong with how they are counted."""
    last: Row[Any] | None = None
    for row in rows:
        if last is not None and row.number != last.number:
            yield from _ended(last, count.version)
        if row.number != count.number:
            count.number, count.version = row.number, 0
        last = row
        if row.version is None:
            continue
        if row.version != count.version + 1:
            yield f"{row.what}: version {count.version + 1} is gone"
        count.version = row.version
        yield row
    if last is not None:
        yield from _ended(last, count.version)


def _ended(row: Row[Any], last: int) -> Iterator[str]:
    if row.current != last:
        yield f"{row.what}: it stands at version {row.current}, its last one is {last}"


def _merged(
    rows: Iterator[Row[Any] | str], notes: Iterable[Row[Any]]
) -> Iterator[tuple[Row[Any] | str | None, Row[Any] | None]]:
    """Each version beside its audit row; both come in the order of (number, version)."""
    waiting = iter(notes)
    note = next(waiting, None)
    for row in rows:
        if isinstance(row, str):
            yield row, None
            continue
        while note is not None and (note.target, note.version) < (row.number, row.version):
            yield None, note
            note = next(waiting, None)
        same = note is not None and (note.target, note.version) == (row.number, row.version)
        yield row, note if same else None
        note = next(waiting, None) if same else note
    while note is not None:
        yield None, note
        note = next(waiting, None)


def _agree(row: Row[Any], note: Row[Any]) -> Iterator[str]:
    same = (row.what, bool(row.restricted), row.submission) == (note.what, bool(note.restricted), note.submission)
    if not same:
        yield f"{row.what} version {row.version}: its name, part or submission is not what the audit says"
    if row.at != row.received_at:
        yield f"{row.what} version {row.version}: its time is not that of its submission"
    if digest_of(_bytes(row.body if note.kind == "resource" else row.content)) != note.digest:
        yield f"{row.what} version {row.version}: its bytes are not those that were written"


def _agree_on_why(row: Row[Any], note: Row[Any]) -> Iterator[str]:
    if (row.reason, row.kind == VOIDED) != (note.reason, note.action == "void"):
        yield f"{row.what} version {row.version}: why it was made, or whether it voids, is not what the audit says"


def _bytes(value: bytes | str) -> bytes:
    """The bytes of a column, whose type SQLite does not hold to."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _of_record(row: Row[Any]) -> Iterator[str]:
    if row.digest != digest_of(_bytes(row.content)):
        yield f"{row.what} version {row.version}: its digest is not that of its content"


def _of_resource(row: Row[Any]) -> Iterator[str]:
    if row.record is None:
        yield f"{row.what}: it belongs to no record"
    if row.digest != digest_of(unspliced(_bytes(row.body))):
        yield f"{row.what} version {row.version}: its digest is not that of its bytes"
    if row.version == row.current and (row.deleted, row.at) != (row.gone, row.updated):
        yield f"{row.what}: its state or time is not that of its last version"
