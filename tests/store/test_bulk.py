from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from adapter.errors import StoreError
from adapter.store.bulk import Adding, Sql, numbers
from adapter.store.schema import record, submission
from adapter.store.store import Store

RECORDS = Adding(record, "number", "form", "key", "part", "position", "version")
KEYS = Sql("SELECT key FROM record WHERE form = ? AND key {among} ORDER BY key")


def row(number: int, key: str) -> tuple[object, ...]:
    return number, "f", key, "open", key, 1


@pytest.mark.parametrize("count", [0, 1, 7, 8, 50])
def test_rows_are_added_and_found_among_a_list(store: Store, count: int) -> None:
    with store.engines.writing() as connection:
        made = numbers(connection, record, count)
        RECORDS.rows(connection, [row(number, f"k{place:02}") for place, number in enumerate(made)])
        wanted = [f"k{place:02}" for place in range(count)]
        assert KEYS.rows(connection, "f", [*wanted, "other"]) == [(key,) for key in wanted]


def test_rows_that_are_there_are_left_out_and_not_counted(store: Store) -> None:
    with store.engines.writing() as connection:
        first, second = numbers(connection, record, 2)
        assert RECORDS.unless_there(connection, [row(first, "k")]) == 1
        assert RECORDS.unless_there(connection, [row(second, "k"), row(second, "l")]) == 1
        assert KEYS.rows(connection, "f", ["k", "l"]) == [("k",), ("l",)]


def test_numbers_are_those_of_no_row(store: Store) -> None:
    seen: set[int] = set()
    for _ in range(3):
        with store.engines.writing() as connection:
            made = numbers(connection, record, 3)
            assert seen.isdisjoint(made)
            seen.update(made)
            RECORDS.rows(connection, [row(number, f"k{number}") for number in made])
    assert len(seen) == 9


def test_a_statement_is_run_for_each(store: Store) -> None:
    change = Sql("UPDATE record SET version = ? WHERE key = ?")
    with store.engines.writing() as connection:
        change.each(connection, [])
        RECORDS.rows(connection, [row(number, f"k{number}") for number in numbers(connection, record, 2)])
        change.each(connection, [(5, "k1"), (6, "k2")])
        assert Sql("SELECT version FROM record ORDER BY key").rows(connection) == [(5,), (6,)]


def test_it_is_part_of_the_transaction(store: Store) -> None:
    class Left(Exception):  # noqa: N818
        pass

    def leave() -> None:
        with store.engines.writing() as connection:
            RECORDS.rows(connection, [row(1, "k")])
            raise Left

    with pytest.raises(Left):
        leave()
    with store.engines.reading() as connection:
        assert KEYS.rows(connection, "f", ["k"]) == []


def test_a_fault_of_ours_stays_one_and_the_worlds_is_a_store_error(store: Store) -> None:
    driver = store.engines.writer.dialect.loaded_dbapi

    def twice() -> None:
        with store.engines.writing() as connection:
            Adding(submission, "number", "received_at", "sender", "digest").rows(connection, [(1, "t", "s", "d")] * 2)

    def unknown() -> None:
        with store.engines.reading() as connection:
            Sql("SELECT 1 FROM nowhere").rows(connection)

    with pytest.raises((driver.IntegrityError, DBAPIError)):
        twice()
    with pytest.raises((StoreError, driver.ProgrammingError)):
        unknown()
