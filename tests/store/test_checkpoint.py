from __future__ import annotations

import pytest
from sqlalchemy import select

from adapter.store import checkpoint
from adapter.store.chain import sign
from adapter.store.schema import chain_link
from adapter.store.schema import checkpoint as table
from adapter.store.store import Store, open_store
from tests.store.rows import AT, KEY, ZONE, push, write

SOON, LATER = "2026-01-01T00:00:30.000Z", "2026-01-01T00:01:00.000Z"


def made(store: Store) -> list[tuple[int, str, str, str, str]]:
    with store.engines.reading() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(table.c.number))]


def test_a_checkpoint_signs_all_heads_and_the_checkpoint_before_it(database: str) -> None:
    store = open_store(database, ZONE, KEY)
    for at in (AT, SOON, LATER):
        push(store, write("k"), at=at)
    first, second = made(store)
    store.close()
    assert [first[1], second[1]] == [AT, LATER]
    assert second[3] == first[4]
    assert second[4] == sign(KEY, *second[:4])


def test_the_heads_are_those_of_the_push_that_makes_it(database: str) -> None:
    store = open_store(database, ZONE, KEY)
    push(store, write("k"))
    with store.engines.reading() as connection:
        heads = checkpoint.heads(connection)
        link = connection.execute(select(chain_link)).one()
    assert list(heads) == [(link.chain, 1, link.hash)]
    assert made(store)[0][2] == f'[[{link.chain},1,"{link.hash}"]]'
    store.close()


def test_without_a_key_none_is_made(store: Store) -> None:
    push(store, write("k"))
    assert made(store) == []


def test_one_is_due_after_many_links_and_after_a_push_of_many_versions(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 3)
    monkeypatch.setattr(checkpoint, "MANY", 4)
    store = open_store(database, ZONE, KEY)
    for _ in range(3):
        push(store, write("k"))
    assert len(made(store)) == 2
    push(store, *(write(f"k{number}") for number in range(4)))
    assert len(made(store)) == 3
    store.close()
