from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from adapter.store import migrate
from adapter.store.dialect import Engines
from adapter.store.schema import metadata

FOLDER = Path(migrate.__file__).parent / "migrations"


def test_the_migrations_make_the_tables_of_the_schema(url: str) -> None:
    engines = Engines(url)
    migrate.upgrade(engines)
    with engines.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engines.dispose()


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_a_second_upgrade_changes_nothing(url: str) -> None:
    engines = Engines(url)
    migrate.upgrade(engines)
    migrate.upgrade(engines)
    with engines.reading() as connection:
        assert inspect(connection).has_table("record_version")
    engines.dispose()


def test_the_migrations_run_down_and_up_again(url: str) -> None:
    engines = Engines(url)
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


def test_residue_that_stood_in_the_receipts_moves_to_its_own_table(url: str) -> None:
    engines = Engines(url)
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
