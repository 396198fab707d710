from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapter.store import queries
from adapter.store.queries import About, Event
from adapter.store.shapes import Key
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store, open_store

AT = "2026-01-01T00:00:00.000Z"
OPENED = Event(AT, "crfhir", "opened")


@pytest.fixture
def opened(database: str) -> Iterator[Store]:
    store = open_store(database, "+08:00")
    yield store
    store.close()


def about(key: str = "k1", item: str = "i", *, restricted: bool = False) -> About:
    return About(Key("f", key, key.partition("-")[0]), item, "r", restricted)


def ask(store: Store, *abouts: About) -> None:
    with store.engines.writing() as connection:
        queries.ask(connection, {one.id: (one, "text") for one in abouts}, OPENED)


def listed(store: Store, sight: Sight = BLIND, **wanted: str) -> list[str]:
    with store.engines.reading() as connection:
        return [one.about.key.text for one in queries.list_queries(connection, sight, wanted, 100, None)[1]]


def test_a_query_has_an_address_that_hangs_on_nothing_but_what_it_is_about() -> None:
    assert about().id == about(restricted=True).id
    assert len({about().id, about("k2").id, about(item="j").id}) == 3


def test_a_query_that_is_closed_is_found_no_longer_and_opens_again(opened: Store) -> None:
    one = about()
    for _ in range(2):
        ask(opened, one)
        with opened.engines.writing() as connection:
            assert list(queries.standing(connection, [one.key])) == [one.id]
            queries.close(connection, [one.id], Event(AT, "crfhir", "closed"))
            assert queries.of_subjects(connection, ["k1"]) == {}
    with opened.engines.reading() as connection:
        found = queries.read(connection, BLIND, one.id)
    assert found is not None
    assert [event.action for event in found[1]] == ["opened", "closed", "reopened", "closed"]


def test_an_answer_leaves_a_closed_query_closed(opened: Store) -> None:
    ask(opened, about())
    with opened.engines.writing() as connection:
        queries.close(connection, [about().id], Event(AT, "crfhir", "closed"))
        queries.answer(connection, about().id, Event(AT, "me", "answered", "because"))
    assert listed(opened, status="closed") == ["k1"]


def test_what_may_reveal_the_arm_is_in_no_list_count_or_address(opened: Store) -> None:
    ask(opened, about("k1"), about("k2", restricted=True))
    with opened.engines.reading() as connection:
        assert queries.list_queries(connection, BLIND, {}, 10, None)[0] == 1
        assert queries.read(connection, BLIND, about("k2").id) is None
    assert sorted(listed(opened, Sight(restricted=True))) == ["k1", "k2"]
    assert listed(opened, Sight(sites=frozenset({"01"}))) == []


def test_queries_are_found_by_site_form_and_subject(opened: Store) -> None:
    ask(opened, about("01-1"), about("02-1"), about("0%-1"))
    assert listed(opened, site="01") == ["01-1"]
    assert listed(opened, site="0%") == ["0%-1"]
    assert listed(opened, form="g") == []
