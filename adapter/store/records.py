"""Writing records: claim them for a transaction, then add the versions of their two parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from adapter.errors import StoreError
from adapter.store.bulk import Adding, Sql, numbers
from adapter.store.chain import Note
from adapter.store.schema import record, record_version
from adapter.store.shapes import OPEN, RESTRICTED, Key, Outcome, Standing, Stored, Write

STATED, VOIDED = "stated", "voided"
"""The kinds of a record's version."""


@dataclass(frozen=True, slots=True)
class Row:
    """The current version of one part of a record: its row's number, its version, digest, content and whose it is.

    `made`: by the last write, so that nothing can refer to it yet.
    """

    number: int
    version: int
    digest: str | None = None
    content: str | None = None
    standing: Standing | None = None
    made: bool = False


Place = tuple[str, str, str]
"""Form, key and part of a record."""

Claim = dict[Place, Row]
"""The rows of the records that a transaction has claimed."""

_HELD = Sql(
    "SELECT r.number, r.key, r.part, r.version, v.digest, v.content, v.submission, s.sender, v.source_at, v.kind"
    " FROM record r LEFT JOIN record_version v ON v.record = r.number AND v.version = r.version"
    " LEFT JOIN submission s ON s.number = v.submission WHERE r.form = ? AND r.key {among}"
)
_MAKE = Adding(record)
_ADVANCE = Sql("UPDATE record SET version = ? WHERE number = ?")
_ADD = Adding(record_version)


def digest(content: bytes) -> str:
    """The SHA-256 of a content, by which two versions are told apart."""
    return sha256(content).hexdigest()


def position(key: str) -> str:
    """The key so that it sorts as a person counts: W2 before W12."""
    return re.sub(r"[0-9]+", lambda digits: digits.group().zfill(8), key)


def claim(connection: Connection, keys: Iterable[Key]) -> Claim:
    """The records' rows that there are. Whoever claims them has locked their subjects before, so nobody else makes or
    changes them until the transaction ends."""
    claimed: Claim = {}
    ordered = sorted(set(keys), key=lambda key: (key.form, key.text))
    for form, group in groupby(ordered, key=lambda key: key.form):
        for row in _HELD.rows(connection, form, [key.text for key in group]):
            claimed[form, row[1], row[2]] = _row(row)
    return claimed


def stored(claimed: Claim, key: Key) -> Stored:
    """What a claimed record holds before this push."""
    none = Row(0, 0)
    open_, restricted = (claimed.get((key.form, key.text, part), none) for part in (OPEN, RESTRICTED))
    return Stored(open_.content, restricted.content, open_.standing, restricted.standing)


def _row(row: tuple[Any, ...]) -> Row:
    number, _, _, version, mark, content, pushed, sender, source_at, kind = row
    if mark is None:
        return Row(number, version)
    return Row(number, version, mark, content, Standing(version, pushed, sender, source_at, kind == VOIDED))


@dataclass(frozen=True, slots=True)
class Moment:
    """By which submission and whom versions are added, when, and the zone of dates without an offset."""

    submission: int
    sender: str
    at: str
    zone: str


def write_records(
    connection: Connection, claimed: Claim, writes: Sequence[Write], moment: Moment
) -> tuple[list[Outcome], list[Note]]:
    """Add a version to each part whose content differs from its last, or that is voided.

    Returns what became of the open parts, in order, and a note of each version.
    """
    additions = Additions(claimed, moment, _fresh(connection, claimed, writes))
    outcomes = [additions.add(write, OPEN, write.open) for write in writes]
    for write in writes:
        if write.restricted is not None:
            additions.add(write, RESTRICTED, write.restricted)
    additions.execute(connection)
    return outcomes, additions.notes


def _fresh(connection: Connection, claimed: Claim, writes: Sequence[Write]) -> dict[Place, int]:
    """Numbers for the parts that have no row yet."""
    places = [(write.key.form, write.key.text, OPEN) for write in writes]
    places += [(write.key.form, write.key.text, RESTRICTED) for write in writes if write.restricted is not None]
    wanted = [place for place in dict.fromkeys(places) if place not in claimed]
    return dict(zip(wanted, numbers(connection, record, len(wanted)), strict=True))


@dataclass(slots=True)
class Additions:
    """The rows and versions to add. `fresh`: numbers for parts that have no row yet."""

    claimed: Claim
    moment: Moment
    fresh: dict[Place, int]
    made: dict[Place, Write] = field(default_factory=dict)
    advances: dict[Place, tuple[int, int]] = field(default_factory=dict)
    versions: list[tuple[Any, ...]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, write: Write, part: str, content: str) -> Outcome:
        """Add the next version of a part, if it is another than the last; return what became of it."""
        place = (write.key.form, write.key.text, part)
        row, mark = self.claimed.get(place), digest(content.encode())
        if row is None:
            row = Row(self.fresh[place], 0)
            self.made[place] = write
        outcome = _outcome(row, write, mark)
        if outcome == "unchanged":
            return outcome
        moment, version = self.moment, row.version + 1
        standing = Standing(version, moment.submission, moment.sender, write.source_at, write.voided)
        self.claimed[place] = Row(row.number, version, mark, content, standing, place in self.made)
        self.advances[place] = (version, row.number)
        kind = VOIDED if write.voided else STATED
        told = (mark, content, write.source_at, write.reason, kind)
        self.versions.append((row.number, version, moment.submission, moment.at, *told))
        self.notes.append(_note(self.claimed[place], write, part))
        return outcome

    def execute(self, connection: Connection) -> None:
        """Write all of it. StoreError when somebody made one of these records who had not locked its subject."""
        rows = [
            (self.fresh[place], *place, write.key.subject, position(write.key.text), self.claimed[place].version)
            for place, write in sorted(self.made.items())
        ]
        if _MAKE.unless_there(connection, rows) != len(rows):
            raise StoreError("Another push has just made one of these records: send again. Nothing was stored.")
        _ADVANCE.each(connection, [row for place, row in self.advances.items() if place not in self.made])
        _ADD.rows(connection, self.versions)


def _outcome(row: Row, write: Write, mark: str) -> Outcome:
    voided = row.standing is not None and row.standing.voided
    if row.digest == mark and voided == write.voided:
        return "unchanged"
    if write.voided:
        return "voided"
    return "created" if row.version == 0 or voided else "changed"


def _note(row: Row, write: Write, part: str) -> Note:
    action = "void" if write.voided else "create" if row.version == 1 else "update"
    what = f"{write.key.form}/{write.key.text}"
    return Note(row.number, action, "record", what, row.version, part != OPEN, write.reason, row.digest or "")
