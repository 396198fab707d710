from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from adapter.store import schema
from adapter.store.provenance import keep_told
from adapter.store.shapes import OPEN, Key, Write
from adapter.store.store import Store, open_store
from adapter.store.submissions import claim_key, keep_arrival, standing, submitted

AT = "2026-01-01T00:00:00.000Z"
KEY = Key("f", "k", "s")


@pytest.fixture
def opened(database: str) -> Iterator[Store]:
    store = open_store(database, "+08:00")
    yield store
    store.close()


def push(store: Store, content: str, sender: str = "me", digest: str = "d") -> int:
    with store.push(sender, digest, AT) as push:
        push.claim([KEY])
        push.write([Write(KEY, content, None, ())])
        row = push.row(KEY, OPEN)
        assert row is not None
        keep_told(push.connection, push.number, {row.number: [{"pointer": ""}]})
        keep_arrival(push, "package", None, b"[]")
        push.close("{}")
        return push.number


def found(store: Store, digest: str, sender: str = "me") -> int | None:
    with store.engines.reading() as connection:
        one = standing(connection, sender, digest, 1000)
    return one.number if one is not None else None


def test_a_push_stands_until_something_is_written_over_it(opened: Store) -> None:
    first = push(opened, '{"a":1}')
    assert (found(opened, "d"), found(opened, "d", "other"), found(opened, "e")) == (first, None, None)
    push(opened, '{"a":1}', sender="other", digest="e")
    assert found(opened, "d") == first
    push(opened, '{"a":2}', sender="other", digest="f")
    assert found(opened, "d") is None


def test_a_push_does_not_stand_when_its_sender_has_told_of_the_record_since(opened: Store) -> None:
    push(opened, '{"a":1}')
    second = push(opened, '{"a":1}', digest="e")
    assert (found(opened, "d"), found(opened, "e")) == (None, second)


def test_a_submission_is_its_senders_alone(opened: Store) -> None:
    number = push(opened, '{"a":1}')
    with opened.engines.reading() as connection:
        mine = submitted(connection, number, "me")
        assert submitted(connection, number, "other") is None
        kept = connection.execute(
            select(schema.arrival.c.content).where(schema.arrival.c.submission == number)
        ).scalar()
    assert kept is not None
    assert zlib.decompress(kept) == b"[]"
    assert mine is not None
    assert len(mine.chain) == 64


def test_a_key_is_taken_once_by_each_sender(opened: Store) -> None:
    with opened.push("me", "d", AT) as one:
        assert claim_key(one, "me", "key", "d") is None
        assert claim_key(one, "me", "key", "e") == (one.number, "d")
        assert claim_key(one, "other", "key", "e") is None


@pytest.mark.parametrize("table", [schema.told, schema.arrival], ids=lambda table: str(table.name))
def test_what_was_told_refuses_to_be_changed_or_deleted(opened: Store, table: object) -> None:
    push(opened, '{"a":1}')
    for statement in (delete(table), update(table).values(submission=1)):  # type: ignore[arg-type]
        with opened.engines.writer.connect() as connection, pytest.raises(DBAPIError, match="only ever added"):
            connection.execute(statement)
