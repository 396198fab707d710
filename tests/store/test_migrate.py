from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from adapter.errors import StoreError
from adapter.store import migrate
from adapter.store.check import check
from adapter.store.dialect import Engines
from adapter.store.schema import metadata
from adapter.store.store import open_store
from adapter.store.verify import verify
from tests.store.rows import AT, KEY, ZONE, emitted, write

FOLDER = Path(migrate.__file__).parent / "migrations"


def test_the_migrations_make_the_tables_of_the_schema(blank: str) -> None:
    engines = Engines(blank)
    migrate.upgrade(engines)
    with engines.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engines.dispose()


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_a_second_upgrade_changes_nothing(blank: str) -> None:
    engines = Engines(blank)
    migrate.upgrade(engines)
    migrate.upgrade(engines)
    with engines.reading() as connection:
        assert inspect(connection).has_table("record_version")
    engines.dispose()


def test_the_migrations_run_down_and_up_again(blank: str) -> None:
    engines = Engines(blank)
    migrate.upgrade(engines)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engines.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert not inspect(connection).has_table("record")
    migrate.upgrade(engines)
    with engines.reading() as connection:
        assert inspect(connection).has_table("record")
    engines.dispose()


def test_residue_that_stood_in_the_receipts_moves_to_its_own_table(blank: str) -> None:
    engines = Engines(blank)
    migrate.upgrade(engines)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engines.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        for number, left in ((1, "[]"), (2, '[{"value":1}]')):
            connection.execute(text("INSERT INTO submission VALUES (:n, 't', 's', 'd')"), {"n": number})
            row = {"n": number, "left": left}
            connection.execute(text("INSERT INTO receipt (submission, content, residue) VALUES (:n, '{}', :left)"), row)
        command.upgrade(config, "head")
        found = connection.execute(text("SELECT submission, part, content FROM residue")).all()
    engines.dispose()
    assert [tuple(row) for row in found] == [(2, 1, '[{"value":1}]')]


def at_revision(engines: Engines, wanted: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engines.writing() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if wanted == "head" else command.downgrade)(config, wanted)


def checksums(engines: Engines) -> dict[str, str]:
    """Of what every version of the tables holds."""
    statements = {
        "submission": "SELECT number, received_at, sender, digest FROM submission ORDER BY 1",
        "receipt": "SELECT submission, content FROM receipt ORDER BY 1",
        "residue": "SELECT submission, part, content FROM residue ORDER BY 1, 2",
        "record": "SELECT form, key, part, subject, version FROM record ORDER BY 1, 2, 3",
        "record_version": "SELECT record, version, submission, at, digest, content FROM record_version ORDER BY 1, 2",
        "resource": "SELECT type, id, record, restricted, deleted, version, updated FROM resource ORDER BY 1, 2",
        "resource_version": "SELECT resource, version, submission, digest, body FROM resource_version ORDER BY 1, 2",
    }
    with engines.reading() as connection:
        rows = {name: connection.execute(text(statement)).all() for name, statement in statements.items()}
    assert all(rows.values())
    return {name: sha256(repr([tuple(row) for row in found]).encode()).hexdigest() for name, found in rows.items()}


def filled(url: str) -> Engines:
    store = open_store(url, ZONE, KEY)
    for turn in range(3):
        made = write("k", f'{{"a":{turn}}}', '{"kit":1}', (emitted("r", value=turn), emitted("kit", restricted=True)))
        with store.push("tests", f"digest {turn}", AT) as opened:
            opened.claim([made.key])
            opened.write([made if turn < 2 else write("k", '{"a":2}', '{"kit":1}', (emitted("r"),))])
            opened.leave(f"[{turn}]")
            opened.close(f'{{"turn":{turn}}}')
    return store.engines


@pytest.mark.parametrize("down", ["0003", "0004", "0005", "0006"])
def test_down_and_up_again_on_a_filled_database_loses_no_version_and_proves_them_again(blank: str, down: str) -> None:
    engines = filled(blank)
    before = checksums(engines)
    at_revision(engines, down)
    assert checksums(engines) == before
    at_revision(engines, "head")
    assert checksums(engines) == before
    assert verify(engines, KEY).findings == []
    engines.dispose()


def test_what_was_stored_before_there_was_an_audit_has_one_after_the_upgrade(blank: str) -> None:
    engines = filled(blank)
    at_revision(engines, "0003")
    at_revision(engines, "head")
    with engines.reading() as connection:
        rows = connection.execute(text("SELECT submission, action, what FROM audit ORDER BY submission, place")).all()
    engines.dispose()
    assert [tuple(row) for row in rows if row.what == "Observation/kit"] == [
        (1, "create", "Observation/kit"),
        (3, "delete", "Observation/kit"),
    ]
    assert len(rows) == 4 + 2 + 3


def test_an_upgrade_that_fails_on_its_way_leaves_the_tables_as_they_were(
    blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = filled(blank)
    at_revision(engines, "0003")
    before = checksums(engines)

    def killed(_connection: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("adapter.store.backfill.backfill", killed)
    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(engines)
    with engines.reading() as connection:
        assert migrate.revision(connection) == "0003"
        assert not inspect(connection).has_table("audit")
    assert checksums(engines) == before
    engines.dispose()


def test_processes_that_upgrade_at_the_same_time_make_the_tables_once(blank: str) -> None:
    several = [Engines(blank) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate.upgrade, several)) == [None] * 4
    for engines in several:
        engines.dispose()


def test_a_database_of_a_newer_version_is_told_and_left_alone(database: str) -> None:
    engines = Engines(database)
    with engines.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    told = rf"newer crfhir \(0099; this one knows {migrate.HEAD}\): install that version"
    try:
        with pytest.raises(StoreError, match=told):
            migrate.upgrade(engines)
        with engines.reading() as connection, pytest.raises(StoreError, match=told):
            migrate.require_current(connection)
        assert [fault for fault in check(engines).faults if "0099; this one knows" in fault]
    finally:
        with engines.writing() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")
        engines.dispose()
