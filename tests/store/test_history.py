from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.store.history import HistoryQuery, Place
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store
from tests.store.rows import emitted, push, write


def filled(store: Store) -> None:
    """Two records of two resources each, one of them restricted, in three versions made by pushes in turn."""
    for turn in range(3):
        for key in ("k1", "k2"):
            open_ = emitted(f"{key}-open", note=turn)
            hidden = emitted(f"{key}-hidden", restricted=True, note=turn)
            at = f"2026-01-0{turn + 1}T00:00:00.000Z"
            push(store, write(key, f'{{"n":{turn}}}', f'{{"h":{turn}}}', (open_, hidden)), at=at)


def walked(store: Store, sight: Sight, query: HistoryQuery) -> list[Place]:
    found: list[Place] = []
    after: Place | None = None
    while True:
        page = store.history(sight, HistoryQuery(query.type, query.id, query.since, query.at, query.count, after))
        found += [(each.address.type, each.address.id, each.address.version) for each in page.versions]
        if not page.more:
            return found
        after = found[-1]


def test_the_newest_submission_comes_first(store: Store) -> None:
    filled(store)
    found = walked(store, BLIND, HistoryQuery())
    assert found == [("Observation", f"{key}-open", version) for version in (3, 2, 1) for key in ("k2", "k1")]


def test_what_may_not_be_seen_has_no_history(store: Store) -> None:
    filled(store)
    assert walked(store, BLIND, HistoryQuery("Observation", "k1-hidden")) == []
    assert len(walked(store, Sight(restricted=True), HistoryQuery("Observation", "k1-hidden"))) == 3
    after_hidden = HistoryQuery(after=("Observation", "k1-hidden", 2))
    assert store.history(BLIND, after_hidden) == store.history(BLIND, HistoryQuery(after=("Observation", "nothing", 2)))


def test_one_resource_is_counted_and_all_are_not(store: Store) -> None:
    filled(store)
    assert store.history(BLIND, HistoryQuery("Observation", "k1-open", count=1)).total == 3
    assert store.history(BLIND, HistoryQuery("Observation")).total is None


def test_a_time_finds_what_was_made_since_or_stood_then(store: Store) -> None:
    filled(store)
    since = HistoryQuery("Observation", "k1-open", since="2026-01-02T00:00:00.000Z")
    assert [version for _, _, version in walked(store, BLIND, since)] == [3, 2]
    noon = ("2026-01-02T12:00:00.000Z", "2026-01-02T12:00:00.001Z")
    assert [v for _, _, v in walked(store, BLIND, HistoryQuery("Observation", "k1-open", at=(noon,)))] == [2]
    month = ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")
    assert [v for _, _, v in walked(store, BLIND, HistoryQuery("Observation", "k1-open", at=(month,)))] == [3, 2, 1]


def test_a_page_is_not_moved_by_what_is_written_meanwhile(store: Store) -> None:
    filled(store)
    first = store.history(BLIND, HistoryQuery(count=2))
    last = first.versions[-1].address
    before = store.history(BLIND, HistoryQuery(after=(last.type, last.id, last.version)))
    push(store, write("k3", "{}", None, (emitted("k3-open"),)))
    assert store.history(BLIND, HistoryQuery(after=(last.type, last.id, last.version))) == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(1, 7))
def test_pages_of_any_size_hold_each_version_once(store: Store, count: int) -> None:
    filled(store)
    whole = walked(store, BLIND, HistoryQuery(count=200))
    assert walked(store, BLIND, HistoryQuery(count=count)) == whole
    assert len(set(whole)) == len(whole)
