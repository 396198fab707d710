from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapter.store.index_value import mark, times
from adapter.store.moment import span
from adapter.store.search import After, Comparison, Match, Order, Query
from adapter.store.search_query import BOUND, identified, ids, refers
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store
from tests.store.rows import ZONE, emitted, push, write


def of_subject(number: int) -> dict[str, Any]:
    return {"subject": {"reference": f"Patient/s{number}"}}


@pytest.fixture
def filled(store: Store) -> Store:
    for day in range(1, 8):
        resource = emitted(f"d{day}", effectiveDateTime=f"2025-06-0{day}", **of_subject(day % 2))
        push(
            store,
            write(f"k{day}", resources=(resource,), subject=f"s{day % 2}"),
            at=f"2026-01-0{day}T00:00:00.000Z",
        )
    push(
        store,
        write("p", resources=(emitted("p", effectivePeriod={"start": "2025-06-03", "end": "2025-06-05"}),)),
    )
    push(store, write("x", resources=(emitted("secret", restricted=True, effectiveDateTime="2025-06-03"),)))
    push(store, write("n", resources=(emitted("undated"),)))
    return store


def places(store: Store, code: str) -> tuple[int, ...]:
    return tuple(place.number for place in store.catalogue.of("Observation")[code].places)


def found(store: Store, *matches: Match, sight: Sight = BLIND, **asked: Any) -> list[str]:
    page = store.search(sight, Query("Observation", matches, **asked))
    return [version.address.id for version in page.versions]


def dated(store: Store, prefix: str, text: str) -> Match:
    return Match("date", places(store, "date"), (Comparison(prefix, times(text, ZONE)),))


def subject(store: Store, *numbers: int) -> Match:
    return refers(places(store, "subject"), [f"Patient/s{number}" for number in numbers])


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("eq", ["d4"]),
        ("gt", ["d5", "d6", "d7", "p"]),
        ("ge", ["d4", "d5", "d6", "d7", "p"]),
        ("lt", ["d1", "d2", "d3", "p"]),
        ("le", ["d1", "d2", "d3", "d4", "p"]),
        ("sa", ["d5", "d6", "d7"]),
        ("eb", ["d1", "d2", "d3"]),
        ("ap", ["d4", "p"]),
        ("ne", ["d1", "d2", "d3", "d5", "d6", "d7", "p"]),
    ],
)
def test_a_date_is_compared_as_r4_says(filled: Store, prefix: str, expected: list[str]) -> None:
    assert found(filled, dated(filled, prefix, "2025-06-04")) == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("eq", ["d2"]),
        ("gt", ["d3", "d4", "d5", "d6", "d7", "p", "undated"]),
        ("ge", ["d2", "d3", "d4", "d5", "d6", "d7", "p", "undated"]),
        ("lt", ["d1"]),
        ("le", ["d1", "d2"]),
        ("ne", ["d1", "d3", "d4", "d5", "d6", "d7", "p", "undated"]),
    ],
)
def test_last_updated_is_compared_as_an_instant(filled: Store, prefix: str, expected: list[str]) -> None:
    match = Match("updated", tests=(Comparison(prefix, span("2026-01-02T00:00:00Z", ZONE)),))
    assert found(filled, match) == expected


def test_every_condition_must_hold_and_one_alternative_of_each(filled: Store) -> None:
    assert found(filled, subject(filled, 1, 7), ids(["d1", "d2", "d3"])) == ["d1", "d3"]
    assert found(filled, subject(filled, 1), dated(filled, "ge", "2025-06-03"), count=2) == ["d3", "d5"]


def test_an_identifier_is_found_by_system_value_or_both(filled: Store) -> None:
    assert found(filled, identified("Observation", [("urn:x", "d1"), (None, "d2")])) == ["d1", "d2"]
    assert found(filled, identified("Observation", [("urn:x", "")]), count=2) == ["d1", "d2"]
    assert found(filled, identified("Observation", [("urn:y", "d1")])) == []
    assert found(filled, identified("Observation", [("", "d1")])) == []


def test_what_is_missing_and_what_is_not_so_are_found(filled: Store) -> None:
    at = places(filled, "date")
    assert found(filled, Match("date", at, missing=True)) == ["undated"]
    assert found(filled, Match("date", at, missing=False), count=2) == ["d1", "d2"]
    is_d = tuple(Comparison("code", (mark(f"d{day}"),)) for day in range(1, 8))
    assert found(filled, Match("token", places(filled, "identifier"), is_d, negated=True)) == ["p", "undated"]


def test_a_code_that_stands_in_two_systems_is_found_once(store: Store) -> None:
    codings = [{"system": system, "code": "x"} for system in ("urn:a", "urn:b")]
    push(store, write("k", resources=(emitted("one", code={"coding": codings}),)))
    match = Match("token", places(store, "code"), (Comparison("code", (mark("x"),)),))
    page = store.search(BLIND, Query("Observation", (match,), total="accurate", count=1))
    assert (page.total, len(page.versions)) == (1, 1)


def walked(store: Store, query: dict[str, Any], between: Any = None, type_: str = "Observation") -> list[str]:
    """The ids of every page, one after the other; `between` is done after each."""
    seen: list[str] = []
    after: After | None = None
    while True:
        page = store.search(BLIND, Query(type_, after=after, **query))
        seen += [version.address.id for version in page.versions]
        if not page.more:
            return seen
        after = page.after
        if between is not None:
            between(len(seen))


def test_pages_follow_each_other_without_gap_or_repeat_while_rows_are_added(filled: Store) -> None:
    def add(seen: int) -> None:
        push(filled, write(f"new{seen}", resources=(emitted(f"a{seen}"),)))
        push(filled, write(f"k{seen}", content='{"x":1}', resources=(emitted(f"d{seen}", status="final"),)))

    seen = walked(filled, {"count": 3}, add)
    assert seen[:9] == ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "p", "undated"]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("date", False), ["d1", "d2", "d3", "p", "d4", "d5", "d6", "d7", "undated"]),
        (("date", True), ["d7", "d6", "d5", "d4", "d3", "p", "d2", "d1", "undated"]),
        (("id", True), ["undated", "p", "d7", "d6", "d5", "d4", "d3", "d2", "d1"]),
        (("updated", False), ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "p", "undated"]),
    ],
)
def test_an_order_holds_over_pages_and_what_lacks_its_key_comes_last(
    filled: Store, order: tuple[Any, bool], expected: Sequence[str]
) -> None:
    kind, descending = order
    key = Order(kind, places(filled, "date") if kind == "date" else (), descending)
    assert walked(filled, {"count": 2, "order": (key,)}) == expected
    assert walked(filled, {"count": 20, "order": (key, Order("id"))})[:2] == expected[:2]


@pytest.mark.parametrize("descending", [False, True])
def test_what_has_a_key_twice_comes_once(store: Store, descending: bool) -> None:
    for id_, cities in (("a", ("Wuhan", "WUHAN", "Wuxi")), ("b", ("Xi'an", "Beijing"))):
        places = [{"city": city} for city in cities]
        push(store, write(id_, resources=(emitted(id_, type_="Organization", address=places),)))
    at = tuple(place.number for place in store.catalogue.of("Organization")["address-city"].places)
    found = walked(store, {"count": 1, "order": (Order("string", at, descending),)}, type_="Organization")
    assert found == ["b", "a"]


def test_a_count_of_zero_counts_and_shows_nothing(filled: Store) -> None:
    page = filled.search(BLIND, Query("Observation", count=0))
    assert (page.total, page.versions, page.more) == (9, (), False)


def test_a_total_is_not_counted_unless_it_is_asked_for(filled: Store) -> None:
    assert filled.search(BLIND, Query("Observation", count=1, total="none")).total is None
    assert filled.search(BLIND, Query("Observation", count=1)).total == 9


def test_a_total_beyond_the_bound_is_left_out(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BOUND >= 1_000
    monkeypatch.setattr("adapter.store.search.BOUND", 3)
    assert filled.search(BLIND, Query("Observation", count=1)).total is None
    assert filled.search(BLIND, Query("Observation", count=1, total="accurate")).total == 9


def test_what_is_restricted_is_found_by_a_sight_that_sees_it_and_by_no_other(filled: Store) -> None:
    match = dated(filled, "eq", "2025-06-03")
    assert found(filled, match) == ["d3"]
    assert found(filled, match, sight=Sight(restricted=True)) == ["d3", "secret"]
    assert "secret" not in found(filled)


def test_a_changed_or_deleted_resource_is_found_by_what_it_says_now(filled: Store) -> None:
    push(filled, write("k1", content='{"a":1}', resources=(emitted("d1", effectiveDateTime="2025-07-01"),)))
    push(filled, write("k2", content='{"a":1}', resources=()))
    assert found(filled, dated(filled, "le", "2025-06-02")) == []
    assert found(filled, dated(filled, "eq", "2025-07-01")) == ["d1"]


def test_a_search_by_a_reference_begins_at_its_index(filled: Store) -> None:
    if not filled.engines.sqlite:
        pytest.skip("SQLite's words for a plan")
    from adapter.store.search_statement import page_of

    with filled.engines.reading() as connection:
        statement, values = page_of(Query("Observation", (subject(filled, 1),)), BLIND, connection.dialect)
        text = f"EXPLAIN QUERY PLAN {statement.text}"
        plan = [row[3] for row in connection.exec_driver_sql(text, statement.values(values))]
    assert "search_token_by_code" in plan[0]
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step]
