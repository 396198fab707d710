from __future__ import annotations

import pytest

from adapter.store.moment import span
from adapter.store.search import Query
from adapter.store.store import Store
from tests.store.rows import ZONE, emitted, push, write


@pytest.fixture
def filled(store: Store) -> Store:
    for day in range(1, 8):
        resource = emitted(f"d{day}", effectiveDateTime=f"2025-06-0{day}")
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


def ids(store: Store, **asked: object) -> list[str]:
    return [found.address.id for found in store.search(Query("Observation", **asked)).versions]  # type: ignore[arg-type]


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
    assert ids(filled, dates=(((prefix, span("2025-06-04", ZONE)),),)) == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("eq", ["d2"]),
        ("gt", ["d3", "d4", "d5", "d6", "d7"]),
        ("ge", ["d2", "d3", "d4", "d5", "d6", "d7"]),
        ("lt", ["d1", "p", "undated"]),
        ("le", ["d1", "d2", "p", "undated"]),
        ("ne", ["d1", "d3", "d4", "d5", "d6", "d7", "p", "undated"]),
    ],
)
def test_last_updated_is_compared_as_an_instant(filled: Store, prefix: str, expected: list[str]) -> None:
    assert ids(filled, updated=(((prefix, span("2026-01-02T00:00:00Z", ZONE)),),)) == expected


def test_every_condition_must_hold_and_one_alternative_of_each(filled: Store) -> None:
    assert ids(filled, subjects=(("s1", "none"),), ids=(("d1", "d2", "d3"),)) == ["d1", "d3"]


def test_an_identifier_is_found_by_system_value_or_both(filled: Store) -> None:
    assert ids(filled, tokens=((("urn:x", "d1"), (None, "d2")),)) == ["d1", "d2"]
    assert ids(filled, tokens=((("urn:x", None),),), count=2) == ["d1", "d2"]
    assert ids(filled, tokens=((("urn:y", "d1"),),)) == []


def test_pages_follow_each_other_without_gap_or_repeat_while_rows_are_added(filled: Store) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = filled.search(Query("Observation", count=3, after=after))
        seen += [found.address.id for found in page.versions]
        if not page.more:
            break
        after = seen[-1]
        push(filled, write(f"new{len(seen)}", resources=(emitted(f"a{len(seen)}"),)))
    assert seen == ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "p", "undated"]


def test_a_count_of_zero_counts_and_shows_nothing(filled: Store) -> None:
    page = filled.search(Query("Observation", count=0))
    assert (page.total, page.versions, page.more) == (9, (), False)


def test_the_identifiers_of_a_resource_are_found_by_an_index(filled: Store) -> None:
    with filled.engines.reading() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT system FROM identifier WHERE resource = 1").all()
    assert "identifier_of_resource" in plan[0][3]
