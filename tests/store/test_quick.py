from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from adapter.errors import StoreError
from adapter.store import quick
from adapter.store.store import Store, open_store
from tests.databases import Server
from tests.store.rows import ZONE, push, write


def test_it_sees_what_was_committed_a_moment_ago_and_nothing_else(store: Store) -> None:
    counted = "SELECT count(*) FROM record"
    assert store.engines.rows(counted, ()) == [(0,)]
    with store.push("tests", "d", "2026-01-01T00:00:00.000Z") as opened:
        made = write("k")
        opened.claim([made.key])
        opened.write([made])
        assert store.engines.rows(counted, ()) == [(0,)]
    assert store.engines.rows(counted, ()) == [(1,)]


def test_threads_ask_at_the_same_time_and_few_connections_are_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "KEPT", 2)
    answers: list[object] = []
    start = threading.Barrier(12)

    def ask() -> None:
        start.wait()
        answers.extend(store.engines.rows("SELECT 1", ()) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[(1,)]] * 60
    assert len(store.engines.quick._free) <= 2 + 12  # each that was asking may have seen room at the same moment


def test_a_connection_that_was_lost_since_is_replaced(postgresql: Server) -> None:
    url = postgresql.ready()
    store = open_store(url, ZONE)
    push(store, write("k"))
    assert store.engines.rows("SELECT count(*) FROM record", ()) == [(1,)]
    with store.engines.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    assert store.engines.rows("SELECT count(*) FROM record", ()) == [(1,)]
    store.close()
    postgresql.give_back(url)


def test_a_database_that_is_gone_is_a_store_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = store.engines.reader.dialect.loaded_dbapi

    def gone() -> object:
        raise driver.OperationalError("gone")

    store.engines.quick.close()
    monkeypatch.setattr(store.engines.quick, "_made", gone)
    with pytest.raises(StoreError, match="gone"):
        store.engines.rows("SELECT 1", ())
