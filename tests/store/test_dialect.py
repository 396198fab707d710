from __future__ import annotations

from sqlalchemy import text

from adapter.store.dialect import refusals
from adapter.store.store import Store


def test_sqlite_keeps_what_it_acknowledged_and_holds_foreign_keys(store: Store) -> None:
    for engine in (store.engines.reader, store.engines.writer):
        with engine.connect() as connection:
            found = [
                connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert found == ["wal", 2, 1]


def test_a_writer_takes_its_lock_at_the_start_and_a_reader_none(store: Store) -> None:
    with store.engines.writing(), store.engines.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM record")).scalar_one() == 0


def test_postgresql_refuses_changes_by_a_trigger_for_each_row() -> None:
    assert "BEFORE UPDATE OR DELETE ON receipt FOR EACH ROW" in refusals("postgresql", "receipt")[1]
