"""Writing resources: the bytes that are served, a version for each change, and what they are found by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from adapter.store.dialect import insert_unless_there
from adapter.store.index import index
from adapter.store.records import Claim, digest
from adapter.store.schema import identifier, resource, resource_version
from adapter.store.shapes import OPEN, RESTRICTED, Address, ClashError, Emission, Write

_ADVANCE = (
    update(resource)
    .where(resource.c.number == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in ("version", "updated", "deleted", "low", "high")})
)
_FORGET = delete(identifier).where(identifier.c.resource == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as it stands: the number of its row and of its record's, its version, time, and its body's
    digest."""

    number: int
    record: int
    version: int
    at: str
    deleted: bool
    digest: str | None


Rows = dict[tuple[str, str], Row]
"""(type, id) -> its row."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and by which submission versions are added, and the zone of dates without an offset."""

    submission: int
    at: str
    zone: str


def write_resources(
    connection: Connection, claimed: Claim, writes: Sequence[Write], moment: Moment
) -> list[tuple[Address, ...]]:
    """Add a version for each resource whose bytes changed or that its record no longer stands for.

    Returns the open addresses of each write, in order. ClashError when a resource belongs to another record.
    """
    emitted = [(write, entry) for write in writes for entry in write.resources]
    rows = _rows(connection, _owners(claimed, writes))
    fresh = [(write, entry) for write, entry in emitted if (entry.type, entry.id) not in rows]
    if fresh:
        _make(connection, claimed, fresh, moment)
        rows = _rows(connection, _owners(claimed, writes))
    for _, entry in emitted:
        if (entry.type, entry.id) not in rows:
            raise ClashError(
                f"{entry.type}/{entry.id} already belongs to another record: two business keys make one id."
            )
    _add_versions(connection, rows, [entry for _, entry in emitted], moment)
    return [_addresses(rows, write) for write in writes]


def spliced(entry: Emission, version: int, at: str) -> bytes:
    """The bytes that are served: the emitted ones with meta.versionId and meta.lastUpdated put in, all else
    as it is."""
    head = f'{{"resourceType":"{entry.type}","id":"{entry.id}"'.encode()
    if not entry.body.startswith(head):
        raise ValueError(f"{entry.type}/{entry.id} does not begin with its resourceType and id")
    meta, rest = f'"versionId":"{version}","lastUpdated":"{at}"'.encode(), entry.body[len(head) :]
    if rest.startswith(b',"meta":{'):
        return head + b',"meta":{' + meta + b"," + rest[len(b',"meta":{') :]
    return head + b',"meta":{' + meta + b"}" + rest


def _owner(claimed: Claim, write: Write, entry: Emission) -> int:
    parts = (RESTRICTED, OPEN) if entry.restricted else (OPEN,)
    found = (claimed.get((write.key.form, write.key.text, part)) for part in parts)
    return next(row.number for row in found if row is not None)


def _owners(claimed: Claim, writes: Sequence[Write]) -> list[int]:
    places = ((write.key.form, write.key.text, part) for write in writes for part in (OPEN, RESTRICTED))
    return [row.number for row in map(claimed.get, places) if row is not None]


def _rows(connection: Connection, owners: Iterable[int]) -> Rows:
    current = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)
    named = select(
        resource.c.type,
        resource.c.id,
        resource.c.number,
        resource.c.record,
        resource.c.version,
        resource.c.updated,
        resource.c.deleted,
        resource_version.c.digest,
    ).select_from(resource.outerjoin(resource_version, current))
    found = connection.execute(named.where(resource.c.record.in_(list(owners))))
    return {(type_, id_): Row(*row) for type_, id_, *row in found}


def _make(connection: Connection, claimed: Claim, fresh: Sequence[tuple[Write, Emission]], moment: Moment) -> None:
    rows = [
        {
            "type": entry.type,
            "id": entry.id,
            "record": _owner(claimed, write, entry),
            "subject": write.key.subject,
            "restricted": entry.restricted,
            "deleted": False,
            "version": 0,
            "updated": moment.at,
        }
        for write, entry in sorted(fresh, key=lambda pair: (pair[1].type, pair[1].id))
    ]
    connection.execute(insert_unless_there(connection, resource), rows)


def _add_versions(connection: Connection, rows: Rows, entries: Sequence[Emission], moment: Moment) -> None:
    standing = {(entry.type, entry.id) for entry in entries}
    changes = [(entry, rows[entry.type, entry.id], digest(entry.body)) for entry in entries]
    changed = [(entry, row, mark) for entry, row, mark in changes if row.deleted or row.digest != mark]
    gone = [(place, row) for place, row in rows.items() if place not in standing and not row.deleted]
    versions: list[dict[str, Any]] = []
    advances: list[dict[str, Any]] = []
    tokens: list[dict[str, Any]] = []
    for entry, row, mark in changed:
        next_ = Row(row.number, row.record, row.version + 1, moment.at, False, mark)
        rows[entry.type, entry.id] = next_
        pairs, dates = index(entry.body, moment.zone)
        low, high = dates or (None, None)
        versions.append(_version(next_, spliced(entry, next_.version, moment.at), moment))
        advances.append(_advance(next_, low, high))
        tokens += [{"type": entry.type, "system": s, "value": v, "resource": row.number} for s, v in pairs]
    for place, row in gone:
        next_ = Row(row.number, row.record, row.version + 1, moment.at, True, digest(b""))
        rows[place] = next_
        versions.append(_version(next_, b"", moment))
        advances.append(_advance(next_, None, None))
    _execute(connection, versions, advances, tokens)


def _execute(
    connection: Connection,
    versions: list[dict[str, Any]],
    advances: list[dict[str, Any]],
    tokens: list[dict[str, Any]],
) -> None:
    older = [{"row": version["resource"]} for version in versions if version["version"] > 1]
    if versions:
        connection.execute(insert(resource_version), versions)
        connection.execute(_ADVANCE, advances)
    if older:
        connection.execute(_FORGET, older)
    if tokens:
        connection.execute(insert(identifier), tokens)


def _version(row: Row, body: bytes, moment: Moment) -> dict[str, Any]:
    return {
        "resource": row.number,
        "version": row.version,
        "submission": moment.submission,
        "at": moment.at,
        "deleted": row.deleted,
        "digest": row.digest,
        "body": body,
    }


def _advance(row: Row, low: str | None, high: str | None) -> dict[str, Any]:
    return {
        "row": row.number,
        "new_version": row.version,
        "new_updated": row.at,
        "new_deleted": row.deleted,
        "new_low": low,
        "new_high": high,
    }


def _addresses(rows: Rows, write: Write) -> tuple[Address, ...]:
    named = ((entry, rows[entry.type, entry.id]) for entry in write.resources if not entry.restricted)
    return tuple(Address(entry.type, entry.id, row.version, row.at) for entry, row in named)
