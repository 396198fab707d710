from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapter.store import links
from adapter.store.store import Store, open_store

AT = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def opened(database: str) -> Iterator[Store]:
    store = open_store(database, "+08:00")
    yield store
    store.close()


def test_a_name_stays_with_the_subject_that_it_was_linked_to_first(opened: Store) -> None:
    with opened.push("clerk", "d", AT) as act:
        assert links.add_links(act, "01", {"m": "01-001"}) == {"m": "01-001"}
        assert links.add_links(act, "01", {"m": "01-002", "n": "01-003"}) == {"m": "01-001", "n": "01-003"}
        assert links.subjects(act.connection, "02", {"m"}) == {}
        assert links.subjects(act.connection, "01", set()) == {}


def test_an_alias_is_its_senders_alone(opened: Store) -> None:
    with opened.push("01/a", "d", AT) as push:
        assert links.add_aliases(push, "01/a", [("Observation", "m", "x"), ("Observation", "m", "x")]) == []
        assert links.add_aliases(push, "01/a", [("Observation", "m", "x")]) == []
        assert links.add_aliases(push, "01/a", [("Observation", "m", "y")]) == [("Observation", "x")]
    with opened.engines.reading() as connection:
        assert links.ids(connection, "01/a", ["m"]) == {("Observation", "m"): "x"}
        assert links.ids(connection, "01/b", ["m"]) == {}
