from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from adapter.errors import StoreError, UsageError
from adapter.store.dialect import Engines, refusals
from adapter.store.store import Store, open_store


def test_sqlite_keeps_what_it_acknowledged_and_holds_foreign_keys(lite: Store) -> None:
    for engine in (lite.engines.reader, lite.engines.writer):
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


def test_a_file_that_is_no_database_is_a_failure_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database, whatever its name says\n" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(f"sqlite:///{tmp_path / 'x.db'}", "+08:00")


@pytest.mark.parametrize(
    "url", ["", "garbage", "nosuch://x/y", "postgresql://a:b@h:port/x", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_of_no_database_that_is_known_is_told(url: str) -> None:
    with pytest.raises(UsageError):
        Engines(url)


@pytest.mark.parametrize("url", ["oracle+oracledb://x/y", "mysql://x/y", "postgresql+asyncpg://x/y"])
def test_an_engine_that_is_none_of_the_two_is_told_which_there_are(url: str) -> None:
    with pytest.raises(UsageError, match="SQLite or PostgreSQL"):
        Engines(url)


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"pip install 'crfhir\[postgresql\]'"):
        Engines("postgresql://x/y")
