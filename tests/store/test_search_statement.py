from __future__ import annotations

from typing import Any

import pytest

from adapter.store import search_statement
from adapter.store.search_query import After, Comparison, Match, Order, Query, identified, ids, refers
from adapter.store.search_statement import page_of
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store

PATIENT = refers([5], ["Patient/1"])
DATES = Match("date", (6,), (Comparison("ge", (1, 2)),))


def text(store: Store, query: Query, sight: Sight = BLIND) -> str:
    return page_of(query, sight, store.engines.reader.dialect)[0].text


def test_searches_that_differ_in_values_alone_share_a_statement(lite: Store) -> None:
    made = [Query("Observation", (refers([place], [f"Patient/{place}"]), DATES)) for place in (1, 2)]
    assert text(lite, made[0]) is text(lite, made[1])


def test_no_value_of_a_search_stands_in_a_statement(lite: Store) -> None:
    found = text(lite, Query("Observa'tion", (ids(["x'; --"]), identified("O'", [(None, "y'")]))))
    assert "'" not in found


@pytest.mark.parametrize(
    ("matches", "begins"),
    [
        ((DATES, PATIENT), "search_token AS driver"),
        ((Match("token", (1,), (Comparison("code", (1,)),)), PATIENT), "search_token AS driver"),
        ((Match("date", (6,), (Comparison("eq", (1, 2)),)),), "IN (SELECT driver"),
        ((Match("string", (6,), (Comparison("starts", ("a", "b")),)),), "IN (SELECT driver"),
        ((refers([5], ["Patient/1", "Patient/2"]),), "IN (SELECT driver"),
        ((DATES,), "resource.type ="),
        ((Match("token", (1,), (Comparison("code", (1,)),), negated=True),), "resource.type ="),
        ((), "resource.type ="),
    ],
)
def test_a_statement_begins_where_few_rows_are_likely(lite: Store, matches: Any, begins: str) -> None:
    found = text(lite, Query("Observation", matches))
    assert begins in found
    assert found.count("driver") == 0 or begins != "resource.type ="


def test_what_may_be_seen_stands_in_every_statement(lite: Store) -> None:
    for matches in ((), (PATIENT,), (DATES,), (refers([5], ["a", "b"]),)):
        for after in (None, After((), "x")):
            query = Query("Observation", matches, after=after)
            assert "resource.restricted = 0" in text(lite, query)
            assert "resource.restricted = 0" not in text(lite, query, Sight(restricted=True))


def test_a_sight_of_all_looks_at_the_places_of_what_is_restricted_too(lite: Store) -> None:
    query = Query("Observation", (PATIENT,), (Order("date", (6,)),))
    values = page_of(query, Sight(restricted=True), lite.engines.reader.dialect)[1]
    assert [values[name] for name in ("m0_p0", "m0_p1", "o0_p0", "o0_p1")] == [5, -5, 6, -6]


def test_shapes_are_kept_in_bounds(lite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_statement, "SHAPES", 3)
    monkeypatch.setattr(search_statement, "_made", {})
    made = [Query("Observation", (ids(map(str, range(n))),)) for n in range(1, 6)]
    texts = [text(lite, query) for query in made]
    assert len(set(texts)) == 5
    assert [len(kept) for kept in search_statement._made.values()] == [3]
    assert [text(lite, query) for query in made] == texts
