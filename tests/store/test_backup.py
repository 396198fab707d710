from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select

from adapter.errors import StoreError, UsageError
from adapter.store.backup import backup, restore
from adapter.store.dialect import Engines
from adapter.store.schema import metadata
from adapter.store.sight import BLIND
from adapter.store.store import Store, open_store
from adapter.store.verify import verify
from tests.databases import Server
from tests.store.rows import AT, KEY, ZONE, emitted, push, write

LATER = "2026-01-02T00:00:00.000Z"


@pytest.fixture
def filled(database: str) -> Iterator[Store]:
    opened = open_store(database, ZONE, KEY)
    for turn in range(3):
        made = [write(f"k{n}", f'{{"a":{turn}}}', resources=(emitted(f"r{n}", value=turn),)) for n in range(5)]
        push(opened, *made, at=AT)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a second database, which holds nothing, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.blank()
    yield url
    server.drop(url)


def contents(engines: Engines) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engines.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


def test_a_backup_is_put_back_on_either_engine_and_goes_on_from_there(
    filled: Store, other: str, tmp_path: Path
) -> None:
    backup(filled.engines, tmp_path / "copy.db")
    target = Engines(other)
    restore(tmp_path / "copy.db", target)
    assert contents(target) == contents(filled.engines)
    target.dispose()
    again = open_store(other, ZONE, KEY)
    assert push(again, write("new", resources=(emitted("new"),)), at=LATER)[0].outcome == "created"
    assert verify(again.engines, KEY).findings == []
    again.close()


def test_a_backup_made_under_load_is_one_moment_and_verifies(filled: Store, tmp_path: Path) -> None:
    done = threading.Event()

    def send() -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            push(filled, write("k0", f'{{"a":{turn + 10}}}', resources=(emitted("r0", value=turn + 10),)), at=LATER)

    writer = threading.Thread(target=send)
    writer.start()
    try:
        for count in range(3):
            backup(filled.engines, tmp_path / f"{count}.db")
    finally:
        done.set()
        writer.join()
    for count in range(3):
        copy = Engines(f"sqlite:///{tmp_path / f'{count}.db'}")
        assert verify(copy, KEY).findings == []
        copy.dispose()


def test_nothing_but_the_backup_is_left_beside_it_and_only_its_owner_reads_it(filled: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(filled.engines, folder / "copy.db")
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    assert (folder / "copy.db").stat().st_mode & 0o077 == 0


def test_a_backup_that_is_proved_and_put_back_leaves_nothing_beside_it(filled: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(filled.engines, folder / "copy.db")
    copy = Engines(f"sqlite:///{folder / 'copy.db'}")
    assert verify(copy, KEY).findings == []
    copy.dispose()
    target = Engines(f"sqlite:///{tmp_path / 'target.db'}")
    restore(folder / "copy.db", target)
    target.dispose()
    assert [path.name for path in folder.iterdir()] == ["copy.db"]


def test_a_backup_is_never_written_over(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(UsageError, match="never written over"):
        backup(filled.engines, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_what_holds_something_is_not_restored_into(filled: Store, tmp_path: Path) -> None:
    backup(filled.engines, tmp_path / "copy.db")
    before = contents(filled.engines)
    with pytest.raises(UsageError, match="holds submissions"):
        restore(tmp_path / "copy.db", filled.engines)
    assert contents(filled.engines) == before


def test_a_file_that_is_no_backup_is_told(other: str, tmp_path: Path) -> None:
    target = Engines(other)
    with pytest.raises(UsageError, match="is no file"):
        restore(tmp_path / "none.db", target)
    (tmp_path / "text.db").write_text("no database, whatever its name says\n" * 100)
    with pytest.raises(StoreError, match="could not be copied"):
        restore(tmp_path / "text.db", target)
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as foreign:
        foreign.execute("CREATE TABLE theirs (a)")
    with pytest.raises(UsageError, match="no database of crfhir"):
        restore(tmp_path / "foreign.db", target)
    target.dispose()
    assert {path.name for path in tmp_path.iterdir()} == {"text.db", "foreign.db"}


def test_a_folder_that_is_not_there_is_not_made(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        backup(filled.engines, tmp_path / "typo" / "copy.db")
    assert not (tmp_path / "typo").exists()


def test_a_database_that_is_restored_is_readable_by_its_owner_alone(filled: Store, tmp_path: Path) -> None:
    backup(filled.engines, tmp_path / "copy.db")
    target = Engines(f"sqlite:///{tmp_path / 'target.db'}")
    restore(tmp_path / "copy.db", target)
    target.dispose()
    assert (tmp_path / "target.db").stat().st_mode & 0o077 == 0


def test_tables_of_another_version_are_not_backed_up(blank: str, tmp_path: Path) -> None:
    engines = Engines(blank)
    with pytest.raises(StoreError, match="crfhir db upgrade first"):
        backup(engines, tmp_path / "copy.db")
    engines.dispose()
    assert not (tmp_path / "copy.db").exists()


def test_decimals_come_back_digit_by_digit(filled: Store, other: str, tmp_path: Path) -> None:
    push(filled, write("d", '{"v":0.10}', resources=(emitted("d", value="0.10"),)))
    backup(filled.engines, tmp_path / "copy.db")
    target = Engines(other)
    restore(tmp_path / "copy.db", target)
    target.dispose()
    again = open_store(other, ZONE)
    record, resource = again.read_record(BLIND, "f", "d"), again.read(BLIND, "Observation", "d")
    again.close()
    assert record is not None
    assert resource is not None
    assert record.content == '{"v":0.10}'
    assert b'"0.10"' in resource.body


def test_every_table_of_the_schema_is_copied(filled: Store, tmp_path: Path) -> None:
    backup(filled.engines, tmp_path / "copy.db")
    copy = Engines(f"sqlite:///{tmp_path / 'copy.db'}")
    found = MetaData()
    with copy.reading() as connection:
        found.reflect(connection)
    copy.dispose()
    assert set(metadata.tables) <= set(found.tables)
