"""The audit of what was stored before there was one: made once, by migration 0004, as it would have been made then.

Reads with SQL of its own, not by adapter.store.schema: the tables stand here as revision 0004 has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from adapter.store.chain import Act, Head, Link, Note, Rows

_WINDOW = 500
"""Submissions whose versions are read at once."""


def backfill(connection: Connection) -> None:
    """Add the rows of `audit` and `chain_link` of every submission there is."""
    head, last = Head(0), 0
    while numbers := _submissions(connection, last):
        last = numbers[-1].number
        notes = _notes(connection, numbers[0].number, last)
        for act in numbers:
            rows = Rows()
            rows.add(notes.get(act.number, []))
            _audit(connection, act.number, notes.get(act.number, []))
            link = head.next(act, rows)
            _link(connection, act.number, link)
            head = Head(link.chain, link.position, link.hash, link.shown)


def _submissions(connection: Connection, after: int) -> list[Act]:
    rows = connection.execute(
        text(
            "SELECT s.number, s.received_at, s.sender, s.digest, coalesce(r.content, '') FROM submission s"
            " LEFT JOIN receipt r ON r.submission = s.number WHERE s.number > :after ORDER BY s.number LIMIT :most"
        ),
        {"after": after, "most": _WINDOW},
    ).all()
    return [
        Act(number, at, sender, digest, _digest(receipt.encode()), _residue(connection, number))
        for number, at, sender, digest, receipt in rows
    ]


def _residue(connection: Connection, number: int) -> str:
    parts = text("SELECT content FROM residue WHERE submission = :number ORDER BY part")
    whole = sha256()
    for (content,) in connection.execute(parts, {"number": number}):
        whole.update(sha256(content.encode()).digest())
    return whole.hexdigest()


def _notes(connection: Connection, first: int, last: int) -> dict[int, list[Note]]:
    span = {"first": first, "last": last}
    found = [*_records(connection, span), *_resources(connection, span)]
    found.sort(key=lambda pair: pair[0])
    return {number: [note for _, note in group] for number, group in groupby(found, key=lambda pair: pair[0])}


def _records(connection: Connection, span: dict[str, int]) -> Iterator[tuple[int, Note]]:
    statement = text(
        "SELECT v.submission, v.record, v.version, r.form || '/' || r.key, r.part, v.content"
        " FROM record_version v JOIN record r ON r.number = v.record"
        " WHERE v.submission BETWEEN :first AND :last ORDER BY v.submission, v.record, v.version"
    )
    for number, record, version, what, part, content in connection.execute(statement, span):
        action = "create" if version == 1 else "update"
        digest = _digest(content.encode())
        yield number, Note(record, action, "record", what, version, part != "open", None, digest)


def _resources(connection: Connection, span: dict[str, int]) -> Iterator[tuple[int, Note]]:
    statement = text(
        "SELECT v.submission, v.resource, v.version, r.type || '/' || r.id, r.restricted, v.deleted, v.body"
        " FROM resource_version v JOIN resource r ON r.number = v.resource"
        " WHERE v.submission BETWEEN :first AND :last ORDER BY v.submission, v.resource, v.version"
    )
    for number, resource, version, what, restricted, deleted, body in connection.execute(statement, span):
        action = "delete" if deleted else "create" if version == 1 else "update"
        yield number, Note(resource, action, "resource", what, version, bool(restricted), None, _digest(body))


def _audit(connection: Connection, number: int, notes: list[Note]) -> None:
    statement = text(
        "INSERT INTO audit (submission, place, target, action, kind, what, version, restricted, reason, digest)"
        " VALUES (:submission, :place, :target, :action, :kind, :what, :version, :restricted, :reason, :digest)"
    )
    names = ("target", "action", "kind", "what", "version", "restricted", "reason", "digest")
    rows: list[dict[str, Any]] = [
        {"submission": number, "place": place} | {name: getattr(note, name) for name in names}
        for place, note in enumerate(notes, start=1)
    ]
    if rows:
        connection.execute(statement, rows)


def _link(connection: Connection, number: int, link: Link) -> None:
    statement = text(
        "INSERT INTO chain_link (chain, position, submission, previous, hash, shown)"
        " VALUES (:chain, :position, :submission, :previous, :hash, :shown)"
    )
    names = ("chain", "position", "previous", "hash", "shown")
    connection.execute(statement, {"submission": number} | {name: getattr(link, name) for name in names})


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
