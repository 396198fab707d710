"""How a push begins: it holds the subjects that it is about, then takes its number and its instant; and up to where
all that began has ended.

Numbers, instants and, for one subject, commits are in one order. On SQLite the one writer sees to that. On PostgreSQL a
push takes number and instant together while no other does (migration 0007: `begin_submission`), and keeps a lock named
by its number until it ends: so a reader can tell which pushes before one that it sees are still on their way.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from adapter.store.bulk import Sql
from adapter.store.locks import UNDER_WAY, hold_subjects
from adapter.store.resources import keys_at
from adapter.store.shapes import Key

BATCH = 400
"""Records that are claimed at once: below the number of variables that any database takes in one statement.
"""

_BEGIN = Sql(
    "INSERT INTO submission (received_at, sender, digest)"
    " SELECT CASE WHEN last.at > ? THEN last.at ELSE ? END, ?, ? FROM"
    " (SELECT coalesce((SELECT received_at FROM submission ORDER BY number DESC LIMIT 1), '') AS at) AS last"
    " RETURNING number, received_at"
)
_BEGIN_ON_POSTGRESQL = Sql("SELECT given_number, given_at FROM begin_submission(?, ?, ?)")

_HORIZON = f"""
SELECT least(last.number, min(((locks.classid::bigint - {UNDER_WAY >> 32}) << 32) + locks.objid::bigint) - 1)
FROM (SELECT max(number) AS number FROM submission) AS last LEFT JOIN pg_locks AS locks
ON locks.locktype = 'advisory' AND locks.objsubid = 1 AND locks.granted
AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND locks.classid::bigint >= {UNDER_WAY >> 32}
GROUP BY last.number
"""


def hold(
    connection: Connection, keys: Sequence[Key], gone: Sequence[tuple[str, str]] = (), *, every: bool = False
) -> None:
    """Let nobody else write these records, nor those of the resources at the addresses `gone`, nor any where `every` is
    so, until commit: all at once, so that no two pushes wait for each other. An address where nothing is yet holds
    everything."""
    if connection.dialect.name == "sqlite" or not (keys or gone or every):
        return
    standing = keys_at(connection, gone)
    every = every or len(keys) >= BATCH or len(standing) < len(set(gone))
    hold_subjects(connection, map(_held_by, [*keys, *standing.values()]), every=every)


def _held_by(key: Key) -> str:
    """What a record is held by: its subject, or itself where it has none."""
    return key.subject if key.subject is not None else f"{key.form}/{key.text}"


def begin(connection: Connection, at: str, sender: str, digest: str) -> tuple[int, str]:
    """The number of a new submission, and its instant: `at`, or that of the one before if that is later."""
    if connection.dialect.name == "sqlite":
        ((number, at),) = _BEGIN.rows(connection, at, at, sender, digest)
    else:
        ((number, at),) = _BEGIN_ON_POSTGRESQL.rows(connection, at, sender, digest)
    return number, at


def horizon(connection: Connection) -> int | None:
    """The number of the last submission before which every one has ended, and is seen by the next statement; None where
    all that is seen is whole: on SQLite, whose pushes end in the order in which they begin.

    A later submission that is seen already may have an earlier one beside it that is not.
    """
    if connection.dialect.name == "sqlite":
        return None
    return int(connection.exec_driver_sql(_HORIZON).scalar() or 0)
