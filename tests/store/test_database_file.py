from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapter.errors import StoreError
from adapter.store.database_file import connect_reading, open_to_others, writable
from adapter.store.dialect import Engines
from adapter.store.store import open_store
from adapter.store.verify import verify
from tests.store.rows import KEY, ZONE, push, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files have other modes there")


def test_a_new_database_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = open_store(f"sqlite:///{tmp_path / 'crfhir.db'}", ZONE, KEY)
        push(store, write("k", "{}"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert set(modes) >= {"crfhir.db", "crfhir.db-wal", "crfhir.db-shm"}
    assert set(modes.values()) == {0o600}
    assert not open_to_others(tmp_path / "crfhir.db")


def test_a_database_that_others_may_read_is_known(tmp_path: Path) -> None:
    (tmp_path / "crfhir.db").touch()
    (tmp_path / "crfhir.db").chmod(0o644)
    assert open_to_others(tmp_path / "crfhir.db")
    assert not open_to_others(tmp_path / "none.db")
    assert writable(tmp_path / "crfhir.db")


def test_what_cannot_be_written_is_read_with_what_stands_beside_it_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "crfhir.db"
    store = open_store(f"sqlite:///{file}", ZONE, KEY)
    push(store, write("k", "{}"))
    frozen = Engines(f"sqlite:///{file}", frozen=True)
    found = verify(frozen, KEY)
    assert (found.findings, found.counts["record"]) == ([], 1)  # of FILE-wal, where it still is
    with pytest.raises(StoreError, match=r"crfhir\.db cannot be written"), frozen.writing() as connection:
        connection.exec_driver_sql("DELETE FROM record")
    frozen.dispose()
    store.close()
    with closing(connect_reading(file)) as alone:
        assert alone.execute("SELECT count(*) FROM record").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            alone.execute("DELETE FROM record")
    assert {path.name for path in tmp_path.iterdir()} == {"crfhir.db", "crfhir.db.lock"}
