"""The notes that the rows which are there should have: what the audit is held against, and what migration 0007 told.

Reads with SQL of its own: the tables stand here as revision 0007 has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from adapter.store import acts
from adapter.store.chain import Note

STREAMED = {"yield_per": 500}
"""Rows are fetched as they are needed, so many at once."""


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one kind of note, in the order of (target, version), or of `what` where `by_name`."""

    statement: str
    notes: Callable[[Iterable[Any]], Iterator[Note]]
    by_name: bool = False


def _each(make: Callable[..., Note]) -> Callable[[Iterable[Any]], Iterator[Note]]:
    return lambda rows: (make(*row) for row in rows)


def _aside(number: int, what: str, submission: int, action: str, content: str, part: str) -> Note:
    return acts.of_aside(number, what, submission, action, content, restricted=part != "open")


def _query(number: int, position: int, id_: str, subject: str | None, restricted: Any, *happened: Any) -> Note:
    at, actor, action, reason, submission = happened
    told = (at, actor, action, reason, submission)
    return acts.of_query(number, position, id_, subject, told, restricted=bool(restricted))


def _quarantine(number: int, position: int, *happened: Any) -> Note:
    at, actor, action, reason, submission = happened
    return acts.of_quarantine(number, position, (at, actor, action, reason, submission))


SOURCES = {
    acts.TOLD: Source(
        "SELECT submission, record, content FROM told ORDER BY submission, record",
        partial(acts.of_every, acts.TOLD),
    ),
    acts.ALIAS: Source(
        "SELECT submission, type, mac, id FROM alias ORDER BY submission, type {collation}, mac {collation}",
        partial(acts.of_every, acts.ALIAS),
    ),
    acts.KEY: Source(
        "SELECT submission, sender, key, digest FROM claim_of_key ORDER BY submission",
        _each(acts.of_key),
    ),
    acts.ORIGIN: Source(
        "SELECT record, version, content FROM origin ORDER BY record, version",
        _each(acts.of_origin),
    ),
    acts.ARRIVAL: Source(
        "SELECT submission, package, mac, content FROM arrival ORDER BY submission",
        _each(acts.of_arrival),
    ),
    acts.ASIDE: Source(
        "SELECT a.number, r.form || '/' || r.key, a.submission, a.kind, a.content, r.part"
        " FROM aside a JOIN record r ON r.number = a.record ORDER BY a.number",
        _each(_aside),
    ),
    acts.QUERY: Source(
        "SELECT e.query, e.position, q.id, q.subject, q.restricted, e.at, e.actor, e.action, e.reason, e.submission"
        " FROM query_event e JOIN query q ON q.number = e.query ORDER BY e.query, e.position",
        _each(_query),
    ),
    acts.KEPT: Source(
        "SELECT number, submission, sender, site, form, content FROM quarantine ORDER BY number",
        _each(acts.of_kept),
    ),
    acts.QUARANTINE: Source(
        "SELECT quarantine, position, at, actor, action, reason, submission FROM quarantine_event"
        " ORDER BY quarantine, position",
        _each(_quarantine),
    ),
    acts.LINK: Source(
        "SELECT site, mac, subject, at FROM link ORDER BY 'link/' || site || '/' || mac {collation}",
        _each(acts.of_link),
        by_name=True,
    ),
}
"""Kind -> its rows."""


def notes_there(connection: Connection, kind: str) -> Iterator[Note]:
    """The notes of one kind that the rows which are there should have, in order."""
    source = SOURCES[kind]
    statement = text(source.statement.replace("{collation}", collation(connection)))
    return source.notes(connection.execute(statement, execution_options=STREAMED))


def collation(connection: Connection) -> str:
    """What lets text sort by its code points."""
    return "" if connection.dialect.name == "sqlite" else 'COLLATE "C"'
