"""Proving what is done besides versions: every row is what its audit row tells, none is missing, and what has a status
has that which its events lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from adapter.store.acts import QUARANTINE, QUERY, TOGETHER
from adapter.store.acts_there import SOURCES, STREAMED, collation, notes_there
from adapter.store.chain import Note
from adapter.store.quarantine import CORRECTED, REJECTED, REPLAYED, WAITING
from adapter.store.queries import ANSWERED, CLOSED, OPEN
from adapter.store.verify_chain import Steps

_TOLD = "SELECT target, action, kind, what, version, restricted, reason, digest FROM audit WHERE kind = :kind ORDER BY "

_STATUS_OF_QUERIES = (
    "SELECT 'query/' || q.id, q.status, e.action FROM query q LEFT JOIN query_event e ON e.query = q.number"
    " ORDER BY q.number, e.position"
)
_STATUS_OF_QUARANTINE = (
    "SELECT 'quarantine/' || q.number, q.status, e.action FROM quarantine q"
    " LEFT JOIN quarantine_event e ON e.quarantine = q.number ORDER BY q.number, e.position"
)

Follows = Mapping[tuple[str, str], str]
"""(status before, what happened) -> status after; what is not named changes nothing."""

_OF_QUERIES: Follows = {
    **{(status, "opened"): OPEN for status in ("", OPEN, ANSWERED, CLOSED)},
    **{(status, "reopened"): OPEN for status in (OPEN, ANSWERED, CLOSED)},
    **{(status, "closed"): CLOSED for status in (OPEN, ANSWERED, CLOSED)},
    (OPEN, "answered"): ANSWERED,
}
_OF_QUARANTINE: Follows = {
    ("", "kept"): WAITING,
    **{(WAITING, decided): decided for decided in (REPLAYED, CORRECTED, REJECTED)},
}


def acts(connection: Connection, steps: Steps) -> Iterator[str]:
    """What is wrong with what is done besides versions."""
    for kind, source in SOURCES.items():
        order = f"what {collation(connection)}" if source.by_name else "target, version"
        told = connection.execute(text(_TOLD + order), {"kind": kind}, execution_options=STREAMED)
        there = notes_there(connection, kind)
        yield from _compared(there, _counted(map(_read, told), steps), by_name=source.by_name)
    yield from _standing(connection, _STATUS_OF_QUERIES, _OF_QUERIES)
    yield from _standing(connection, _STATUS_OF_QUARANTINE, _OF_QUARANTINE)


def _counted(notes: Iterator[Note], steps: Steps) -> Iterator[Note]:
    for note in notes:
        steps.add()
        yield note


def _read(row: Any) -> Note:
    target, action, kind, what, version, restricted, reason, digest = row
    return Note(target, action, kind, what, version, bool(restricted), reason, digest)


def _compared(there: Iterator[Note], told: Iterator[Note], *, by_name: bool) -> Iterator[str]:
    """What differs between what is there and what the audit tells, both in the same order."""
    row, note = next(there, None), next(told, None)
    while row is not None or note is not None:
        if note is None or (row is not None and _place(row, by_name) < _place(note, by_name)):
            assert row is not None  # one of the two is there
            yield f"{_named(row)}: no audit row tells of it"
            row = next(there, None)
        elif row is None or _place(note, by_name) < _place(row, by_name):
            yield f"{_named(note)}: the audit has it, the tables do not"
            note = next(told, None)
        else:
            if row != note:
                yield f"{_named(note)}: it is not what the audit tells"
            row, note = next(there, None), next(told, None)


def _place(note: Note, by_name: bool) -> tuple[Any, ...]:
    if by_name:
        return (note.what,)
    # Of what is told together the version is a count: another count is no other place.
    return (note.target,) if note.kind in TOGETHER else (note.target, note.version)


def _named(note: Note) -> str:
    return f"{note.kind} {note.what}" + (f" {note.version}" if note.kind in (QUERY, QUARANTINE) else "")


def _standing(connection: Connection, statement: str, follows: Follows) -> Iterator[str]:
    """What has another status than its events lead to."""
    rows = connection.execute(text(statement), execution_options=STREAMED)
    for what, held, reached in _reached(rows, follows):
        if held != reached:
            yield f"{what}: its status is not what its events lead to"


def _reached(rows: Iterable[Any], follows: Follows) -> Iterator[tuple[str, str, str]]:
    """What, the status that it has, and the one that its events lead to."""
    last: tuple[str, str, str] | None = None
    for what, held, action in rows:
        if last is not None and last[0] != what:
            yield last
        before = last[2] if last is not None and last[0] == what else ""
        last = what, held, follows.get((before, action), before)
    if last is not None:
        yield last
