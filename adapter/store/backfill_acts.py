"""The audit of what was done before it was audited: told once, by migration 0007, as one act of its own.

Reads and writes with SQL of its own, not by adapter.store.schema: the tables stand here as revision 0007 has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from adapter.store.acts_there import SOURCES, notes_there
from adapter.store.chain import Act, Head, Link, Note, Rows
from adapter.store.moment import now_text

ACTOR = "crfhir db upgrade"
_AT_ONCE = 500
_NAMES = ("target", "action", "kind", "what", "version", "restricted", "reason", "digest")
_NOTHING = sha256(b"").hexdigest()


def backfill_acts(connection: Connection) -> None:
    """Add an audit row for each row that has none; nothing where each has one."""
    untold = _untold(connection)
    first = list(islice(untold, _AT_ONCE))
    if not first:
        return
    number, at = _begin(connection)
    rows = Rows()
    while first:
        _add(connection, number, rows.places, first)
        rows.add(first)
        first = list(islice(untold, _AT_ONCE))
    head = _head(connection)
    act = Act(number, at, ACTOR, _NOTHING, _NOTHING, _NOTHING)
    _link(connection, number, head.next(act, rows))


def _untold(connection: Connection) -> Iterator[Note]:
    statement = text("SELECT target, what, version FROM audit WHERE kind = :kind")
    for kind in SOURCES:
        # Nothing where this version was never here before; else what it told until the tables went back.
        told = {tuple(row) for row in connection.execute(statement, {"kind": kind})}
        yield from (one for one in notes_there(connection, kind) if (one.target, one.what, one.version) not in told)


def _begin(connection: Connection) -> tuple[int, str]:
    last = connection.execute(text("SELECT max(received_at) FROM submission")).scalar() or ""
    at = max(last, now_text(datetime.now(UTC)))
    statement = text(
        "INSERT INTO submission (received_at, sender, digest) VALUES (:at, :sender, :digest) RETURNING number"
    )
    row = {"at": at, "sender": ACTOR, "digest": _NOTHING}
    return int(connection.execute(statement, row).scalar_one()), at


def _add(connection: Connection, number: int, before: int, notes: list[Note]) -> None:
    statement = text(
        "INSERT INTO audit (submission, place, target, action, kind, what, version, restricted, reason, digest)"
        " VALUES (:submission, :place, :target, :action, :kind, :what, :version, :restricted, :reason, :digest)"
    )
    rows: list[dict[str, Any]] = [
        {"submission": number, "place": place} | {name: getattr(note, name) for name in _NAMES}
        for place, note in enumerate(notes, start=before + 1)
    ]
    connection.execute(statement, rows)


def _head(connection: Connection) -> Head:
    """The last link of the first chain: nobody else writes while the tables change."""
    found = connection.execute(
        text("SELECT position, hash, shown FROM chain_link WHERE chain = 0 ORDER BY position DESC LIMIT 1")
    ).first()
    return Head(0, *found) if found is not None else Head(0)


def _link(connection: Connection, number: int, link: Link) -> None:
    statement = text(
        "INSERT INTO chain_link (chain, position, submission, previous, hash, shown)"
        " VALUES (:chain, :position, :submission, :previous, :hash, :shown)"
    )
    names = ("chain", "position", "previous", "hash", "shown")
    connection.execute(statement, {"submission": number} | {name: getattr(link, name) for name in names})
