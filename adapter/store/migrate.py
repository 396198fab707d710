"""Bringing a database to the schema of this version, by Alembic's migrations."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from adapter.store.dialect import Engines

HEAD = "0003"
"""The revision that this version of crfhir reads and writes; a test holds it to the last migration."""


def upgrade(engines: Engines) -> None:
    """Create or upgrade the tables, in one transaction; without effect when they are current."""
    with engines.reading() as connection:
        if _revision(connection) == HEAD:
            return
    with engines.writing() as connection:
        if _revision(connection) != HEAD:  # another process may have been faster
            _run(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
