"""Writing records: claim them for a transaction, then add the versions of their two parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from adapter.store.dialect import insert_unless_there, locked
from adapter.store.schema import record, record_version
from adapter.store.shapes import OPEN, RESTRICTED, Key, Outcome, Stored, Write


@dataclass(frozen=True, slots=True)
class Row:
    """The current version of one part of a record: its row's number, its version, digest and content."""

    number: int
    version: int
    digest: str | None
    content: str | None


Claim = dict[tuple[str, str, str], Row]
"""(form, key, part) -> its row, for the records that a transaction has claimed."""

_ADVANCE = update(record).where(record.c.number == bindparam("row")).values(version=bindparam("next"))


def digest(content: bytes) -> str:
    """The SHA-256 of a content, by which two versions are told apart."""
    return sha256(content).hexdigest()


def position(key: str) -> str:
    """The key so that it sorts as a person counts: W2 before W12."""
    return re.sub(r"[0-9]+", lambda digits: digits.group().zfill(8), key)


def claim(connection: Connection, keys: Iterable[Key]) -> Claim:
    """Make the records' open rows where there are none, and hold them until the transaction ends.

    Keys are taken in one order everywhere, so that two transactions cannot wait for each other.
    """
    ordered = sorted(set(keys), key=lambda key: (key.form, key.text))
    _make(connection, ordered, OPEN)
    return _held(connection, ordered)


def stored(claimed: Claim, key: Key) -> Stored:
    """What a claimed record holds before this push."""
    parts = (claimed.get((key.form, key.text, part)) for part in (OPEN, RESTRICTED))
    return Stored(*(row.content if row is not None else None for row in parts))


def _held(connection: Connection, keys: Sequence[Key]) -> Claim:
    ordered = sorted(keys, key=lambda key: (key.form, key.text))
    claimed: Claim = {}
    for form, group in groupby(ordered, key=lambda key: key.form):
        claimed |= _rows(connection, form, [key.text for key in group])
    return claimed


def _make(connection: Connection, keys: Sequence[Key], part: str) -> None:
    rows = [
        {
            "form": key.form,
            "key": key.text,
            "part": part,
            "subject": key.subject,
            "position": position(key.text),
            "version": 0,
        }
        for key in keys
    ]
    if rows:
        connection.execute(insert_unless_there(connection, record), rows)


def _rows(connection: Connection, form: str, texts: Sequence[str]) -> Claim:
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    rows = locked(
        connection,
        select(record.c.number, record.c.key, record.c.part, record.c.version)
        .where(record.c.form == form, record.c.key.in_(texts))
        .order_by(record.c.key, record.c.part),
    )
    held = connection.execute(rows).all()
    contents = select(record_version.c.record, record_version.c.digest, record_version.c.content).select_from(
        record.join(record_version, current)
    )
    found = connection.execute(contents.where(record.c.form == form, record.c.key.in_(texts)))
    versions = {number: (mark, content) for number, mark, content in found}
    return {
        (form, key, part): Row(number, version, *versions.get(number, (None, None)))
        for number, key, part, version in held
    }


def write_records(
    connection: Connection, claimed: Claim, writes: Sequence[Write], submission: int, at: str
) -> list[Outcome]:
    """Add a version to each part whose content differs from its last; return what became of the open parts,
    in order."""
    outcomes = _write_part(connection, claimed, OPEN, [(w.key, w.open) for w in writes], submission, at)
    hidden = [(write.key, write.restricted) for write in writes if write.restricted is not None]
    if hidden:
        fresh = [key for key, _ in hidden if (key.form, key.text, RESTRICTED) not in claimed]
        _make(connection, fresh, RESTRICTED)
        claimed |= _held(connection, fresh)
        _write_part(connection, claimed, RESTRICTED, hidden, submission, at)
    return outcomes


def _write_part(
    connection: Connection,
    claimed: Claim,
    part: str,
    contents: Sequence[tuple[Key, str]],
    submission: int,
    at: str,
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    versions, advances = [], []
    for key, content in contents:
        place = (key.form, key.text, part)
        row, mark = claimed[place], digest(content.encode())
        if row.digest == mark:
            outcomes.append("unchanged")
            continue
        outcomes.append("created" if row.version == 0 else "changed")
        fresh = Row(row.number, row.version + 1, mark, content)
        claimed[place] = fresh
        versions.append(
            {
                "record": fresh.number,
                "version": fresh.version,
                "submission": submission,
                "at": at,
                "digest": mark,
                "content": content,
            }
        )
        advances.append({"row": fresh.number, "next": fresh.version})
    if versions:
        connection.execute(insert(record_version), versions)
        connection.execute(_ADVANCE, advances)
    return outcomes
