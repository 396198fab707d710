"""Writing resources: the bytes that are served, a version for each change, and what they are found by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from adapter.store.bulk import Adding, Sql, numbers
from adapter.store.chain import Note
from adapter.store.index import index
from adapter.store.index_keeping import Indexed, keep
from adapter.store.indexer import Catalogue
from adapter.store.records import Claim, Moment, digest
from adapter.store.schema import resource, resource_version
from adapter.store.shapes import OPEN, RESTRICTED, Address, ClashError, Emission, Key, Write

_HELD = Sql(
    "SELECT r.type, r.id, r.number, r.record, r.restricted, r.version, r.updated, r.deleted, v.digest FROM resource r"
    " LEFT JOIN resource_version v ON v.resource = r.number AND v.version = r.version WHERE r.record {among}"
)
_MAKE = Adding(
    resource, "number", "type", "id", "record", "subject", "restricted", "deleted", "low", "high", "version", "updated"
)
_ADVANCE = Sql("UPDATE resource SET version = ?, updated = ?, deleted = ?, low = ?, high = ? WHERE number = ?")
_ADD = Adding(resource_version)
_KEY_AT = Sql(
    "SELECT o.form, o.key, o.subject FROM resource r JOIN record o ON o.number = r.record"
    " WHERE r.type = ? AND r.id = ? AND NOT r.restricted"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as it stands: the number of its row and of its record's, whether it is restricted, its version,
    time, and the digest of what was emitted."""

    number: int
    record: int
    restricted: bool
    version: int
    at: str
    deleted: bool
    digest: str | None


Rows = dict[tuple[str, str], Row]
"""(type, id) -> its row."""


def write_resources(
    connection: Connection, claimed: Claim, writes: Sequence[Write], moment: Moment, catalogue: Catalogue
) -> tuple[list[tuple[Address, ...]], list[Note]]:
    """Add a version for each resource whose bytes changed or that its record no longer stands for.

    Returns the open addresses of each write, in order, and a note of each version. ClashError when a resource
    belongs to another record.
    """
    emitted = [(write, entry) for write in writes for entry in write.resources]
    rows = _rows(connection, _owners(claimed, writes))
    made = _made(connection, claimed, rows, emitted, moment)
    additions = Additions(moment, _reasons(claimed, writes), made)
    _compare(additions, rows, [entry for _, entry in emitted])
    additions.execute(connection, catalogue)
    for place, row in claimed.items():
        if row.made:
            claimed[place] = replace(row, made=False)
    return [_addresses(rows, write) for write in writes], additions.notes


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


_SPLICED = re.compile(
    rb'(\{"resourceType":"[A-Za-z]+","id":"[A-Za-z0-9.-]+","meta":\{)"versionId":"[0-9]+","lastUpdated":"[^"]+"([,}])'
)


def unspliced(body: bytes) -> bytes:
    """What was emitted, from the bytes that are served: `spliced` undone; other bytes come back as they are."""
    found = _SPLICED.match(body)
    if found is None:
        return body
    head, rest = found[1], body[found.end() :]
    return head + rest if found[2] == b"," else head.removesuffix(b',"meta":{') + rest


def _owner(claimed: Claim, write: Write, entry: Emission) -> int:
    parts = (RESTRICTED, OPEN) if entry.restricted else (OPEN,)
    found = (claimed.get((write.key.form, write.key.text, part)) for part in parts)
    return next(row.number for row in found if row is not None)


def _owners(claimed: Claim, writes: Sequence[Write]) -> list[int]:
    """The numbers of the parts that may have resources: one that was made just now has none yet."""
    places = ((write.key.form, write.key.text, part) for write in writes for part in (OPEN, RESTRICTED))
    return [row.number for row in map(claimed.get, places) if row is not None and not row.made]


def _rows(connection: Connection, owners: list[int]) -> Rows:
    found = _HELD.rows(connection, owners) if owners else []
    return {
        (type_, id_): Row(number, record, bool(restricted), version, at, bool(deleted), mark)
        for type_, id_, number, record, restricted, version, at, deleted, mark in found
    }


def _made(
    connection: Connection,
    claimed: Claim,
    rows: Rows,
    emitted: Sequence[tuple[Write, Emission]],
    moment: Moment,
) -> dict[int, tuple[Any, ...]]:
    """Give `rows` the resources that are new, at version 0; return what else their rows will hold, by number."""
    fresh = {(entry.type, entry.id): (write, entry) for write, entry in emitted if (entry.type, entry.id) not in rows}
    made: dict[int, tuple[Any, ...]] = {}
    for place, number in zip(sorted(fresh), numbers(connection, resource, len(fresh)), strict=True):
        write, entry = fresh[place]
        owner = _owner(claimed, write, entry)
        rows[place] = Row(number, owner, entry.restricted, 0, moment.at, False, None)
        made[number] = (*place, owner, write.key.subject, entry.restricted)
    return made


@dataclass(slots=True)
class Additions:
    """The versions to add, what they are found by, and the notes of them. `reasons`: of a record's number."""

    moment: Moment
    reasons: Mapping[int, str | None]
    made: Mapping[int, tuple[Any, ...]]
    versions: list[tuple[Any, ...]] = field(default_factory=list)
    standing: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    indexed: list[Indexed] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def emit(self, row: Row, entry: Emission, mark: str) -> Row:
        """Add the next version of a resource, of these bytes; return the row as it then stands."""
        next_ = self._next(row, deleted=False, mark=mark)
        low, high = index(entry.body, self.moment.zone)[1] or (None, None)
        self._add(next_, f"{entry.type}/{entry.id}", spliced(entry, next_.version, self.moment.at), low, high)
        return next_

    def delete(self, row: Row, place: tuple[str, str]) -> Row:
        """Add a version without bytes: the record stands no longer for this resource."""
        next_ = self._next(row, deleted=True, mark=digest(b""))
        self._add(next_, "/".join(place), b"", None, None)
        return next_

    def execute(self, connection: Connection, catalogue: Catalogue) -> None:
        """Write all of it. ClashError when a resource that should be new belongs to another record."""
        fresh = [(number, *made, *self.standing[number]) for number, made in self.made.items()]
        if _MAKE.unless_there(connection, fresh) != len(fresh):
            raise ClashError(_clash(connection, fresh))
        moved = [(number, state) for number, state in self.standing.items() if number not in self.made]
        _ADVANCE.each(connection, [(version, at, *state, number) for number, (*state, version, at) in moved])
        _ADD.rows(connection, self.versions)
        keep(connection, catalogue, self.indexed)

    def _next(self, row: Row, *, deleted: bool, mark: str) -> Row:
        return Row(row.number, row.record, row.restricted, row.version + 1, self.moment.at, deleted, mark)

    def _add(self, row: Row, what: str, body: bytes, low: str | None, high: str | None) -> None:
        action = "delete" if row.deleted else "create" if row.version == 1 else "update"
        reason = self.reasons.get(row.record)
        mark = digest(body)
        self.notes.append(Note(row.number, action, "resource", what, row.version, row.restricted, reason, mark))
        self.versions.append(
            (row.number, row.version, self.moment.submission, self.moment.at, row.deleted, row.digest, body)
        )
        self.indexed.append(Indexed(row.number, what.partition("/")[0], row.restricted, body, again=row.version > 1))
        self.standing[row.number] = (row.deleted, low, high, row.version, row.at)


def keys_at(connection: Connection, addresses: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Key]:
    """Address (type, id) -> the key of the record that the open resource there belongs to, where there is one."""
    found = {address: _KEY_AT.rows(connection, *address) for address in addresses}
    return {address: Key(*rows[0]) for address, rows in found.items() if rows}


def _compare(additions: Additions, rows: Rows, entries: Sequence[Emission]) -> None:
    """Add what differs from `rows`, and bring them up to date."""
    standing = {(entry.type, entry.id) for entry in entries}
    gone = [(place, row) for place, row in rows.items() if place not in standing and not row.deleted]
    for entry in entries:
        row, mark = rows[entry.type, entry.id], digest(entry.body)
        if row.deleted or row.digest != mark:
            rows[entry.type, entry.id] = additions.emit(row, entry, mark)
    for place, row in gone:
        rows[place] = additions.delete(row, place)


def _reasons(claimed: Claim, writes: Sequence[Write]) -> dict[int, str | None]:
    places = ((write, (write.key.form, write.key.text, part)) for write in writes for part in (OPEN, RESTRICTED))
    return {claimed[place].number: write.reason for write, place in places if place in claimed}


def _clash(connection: Connection, fresh: Sequence[tuple[Any, ...]]) -> str:
    """Which of these resources another record has already."""
    held = Sql("SELECT number FROM resource WHERE type = ? AND id = ?")
    taken = [row for row in fresh if held.rows(connection, row[1], row[2]) != [(row[0],)]]
    names = ", ".join(f"{type_}/{id_}" for _, type_, id_, *_ in taken)
    return f"{names} already belongs to another record: two business keys make one id."


def _addresses(rows: Rows, write: Write) -> tuple[Address, ...]:
    named = ((entry, rows[entry.type, entry.id]) for entry in write.resources if not entry.restricted)
    return tuple(Address(entry.type, entry.id, row.version, row.at) for entry, row in named)
