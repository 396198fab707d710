"""Whose word an item is: which push gave it its value, from which bytes, and how old it is by its sender.

`told` has a row for each record that a push told of: JSON of its fragments [{pointer, source, items}], `items` left out
where one fragment tells all. A version whose items come from more than one push has a row of `origin`: JSON of
item -> [submission, sender, source]; of any other version all items come from its own push.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, insert, select

from adapter.fhir import json
from adapter.store.acts import of_origin
from adapter.store.audit import Acting
from adapter.store.dialect import insert_unless_there
from adapter.store.schema import aside, origin, record, record_version, submission, told


@dataclass(frozen=True, slots=True)
class Word:
    """The push that gave an item its value: its submission, its sender, and the sender's own time of it, if told."""

    submission: int
    sender: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Whose word the items of one part of a record are; `every` stands for those that `items` does not name."""

    items: Mapping[str, Word]
    every: Word

    def of(self, item: str) -> Word:
        """The word that an item is."""
        return self.items.get(item, self.every)


def words(connection: Connection, rows: Mapping[int, int]) -> dict[int, Words]:
    """Whose word each part of a record is as it stands; `rows` is number -> number of the record's open row."""
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    own = and_(origin.c.record == record.c.number, origin.c.version == record.c.version)
    joined = record.join(record_version, current).join(submission, submission.c.number == record_version.c.submission)
    statement = select(record.c.number, submission.c.number, submission.c.sender, origin.c.content)
    held = connection.execute(
        statement.select_from(joined.outerjoin(origin, own)).where(record.c.number.in_(list(rows)))
    ).all()
    pushes = {number: (rows[number], push) for number, push, _, content in held if content is None}
    fragments = _fragments(connection, pushes.values())
    return {
        number: _given(content, push, sender)
        if content is not None
        else _own(fragments.get((rows[number], push), ()), push, sender)
        for number, push, sender, content in held
    }


def _given(content: str, push: int, sender: str) -> Words:
    given = json.parse(content)
    found = {item: Word(int(number), name, source) for item, (number, name, source) in given.items()}
    return Words(found, Word(push, sender))


def _own(fragments: Sequence[Mapping[str, Any]], push: int, sender: str) -> Words:
    every, items = Word(push, sender), dict[str, Word]()
    for fragment in fragments:
        word = Word(push, sender, fragment.get("source"))
        if "items" in fragment:
            items |= dict.fromkeys(fragment["items"], word)
        else:
            every = word
    return Words(items, every)


def _fragments(connection: Connection, pushes: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Any]:
    wanted = list(pushes)
    if not wanted:
        return {}
    records, numbers = {record for record, _ in wanted}, {number for _, number in wanted}
    statement = select(told.c.record, told.c.submission, told.c.content)
    found = connection.execute(statement.where(told.c.record.in_(records), told.c.submission.in_(numbers)))
    return {(record, number): json.parse(content) for record, number, content in found}


def keep_words(push: Acting, parts: Sequence[tuple[int, int, Mapping[str, Word]]]) -> None:
    """Keep whose words the items of new versions are: (record's row, version, item -> word) for each."""
    rows = [
        (number, version, json.encode({item: [w.submission, w.sender, w.source] for item, w in given.items()}).decode())
        for number, version, given in parts
    ]
    if rows:
        named = [dict(zip(("record", "version", "content"), row, strict=True)) for row in rows]
        push.connection.execute(insert(origin), named)
        push.note([of_origin(*row) for row in rows])


def keep_told(connection: Connection, push: int, records: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    """Keep what a push told of each record (its open row's number), changed or not; what it told first stands."""
    rows = [
        {"record": number, "submission": push, "content": json.encode(fragments).decode()}
        for number, fragments in records.items()
    ]
    if rows:
        connection.execute(insert_unless_there(connection, told), rows)


def told_after(connection: Connection, number: int, sender: str, push: int) -> dict[int, list[Mapping[str, Any]]]:
    """Submission -> the fragments in which a sender told of a record (its open row's number) after a push."""
    statement = select(told.c.submission, told.c.content).select_from(
        told.join(submission, submission.c.number == told.c.submission)
    )
    own = told.c.record == number, told.c.submission > push, submission.c.sender == sender
    return {later: json.parse(content) for later, content in connection.execute(statement.where(*own))}


def put_aside(connection: Connection, push: int, kept: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Keep what was sent and does not stand: (record's row, superseded or disputed, item -> JSON value) for each."""
    rows = [
        {"record": number, "submission": push, "kind": kind, "content": json.encode(content).decode()}
        for number, kind, content in kept
    ]
    if rows:
        connection.execute(insert(aside), rows)


def disputes(connection: Connection, numbers: Iterable[int]) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    """Record's row -> (sender, item -> JSON value) of what was disputed of it, the oldest first."""
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    statement = select(aside.c.record, submission.c.sender, aside.c.content).select_from(
        aside.join(submission, submission.c.number == aside.c.submission)
    )
    for number, sender, content in connection.execute(
        statement.where(aside.c.record.in_(list(numbers)), aside.c.kind == "disputed").order_by(aside.c.number)
    ):
        found.setdefault(number, []).append((sender, json.parse(content)))
    return found


def earlier(connection: Connection, number: int, version: int) -> list[str]:
    """The contents of the versions of a record's part before this one, the oldest first."""
    if version <= 1:
        return []
    statement = select(record_version.c.content).where(
        record_version.c.record == number, record_version.c.version < version
    )
    return list(connection.execute(statement.order_by(record_version.c.version)).scalars())
