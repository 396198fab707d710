"""Bringing a database to the schema of this version, by Alembic's migrations."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from adapter.errors import StoreError
from adapter.store.dialect import Engines
from adapter.store.locks import hold_schema

HEAD = "0007"
"""The revision that this version of crfhir reads and writes; a test holds it to the last migration."""


def upgrade(engines: Engines) -> None:
    """Create or upgrade the tables, in one transaction; without effect when they are current.

    StoreError for tables of a newer version.
    """
    with engines.reading() as connection:
        if _of_ours(connection) == HEAD:
            return
    with engines.writing() as connection:
        hold_schema(connection)
        if _of_ours(connection) != HEAD:  # another process may have been faster
            _run(connection)


def require_current(connection: Connection) -> None:
    """StoreError unless the tables are those of this version."""
    found = _of_ours(connection)
    if found != HEAD:
        raise StoreError(f"The tables are of revision {found or 'none'}, not {HEAD}: crfhir db upgrade first.")


def revision(connection: Connection) -> str | None:
    """The revision of the tables there are; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newer(found: str | None) -> str | None:
    """What to say of tables of this revision when a newer version made them; None of those that this one knows."""
    if found is None or found <= HEAD:
        return None
    return f"This database is of a newer crfhir ({found}; this one knows {HEAD}): install that version."


def _of_ours(connection: Connection) -> str | None:
    """The revision of the tables; StoreError for one that only a newer version knows."""
    found = revision(connection)
    if (why := newer(found)) is not None:
        raise StoreError(why)
    return found


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
