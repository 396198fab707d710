"""What is to be known of a database before it is trusted: engine, tables, and that a commit is on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from adapter.errors import StoreError
from adapter.store.dialect import Engines
from adapter.store.migrate import HEAD, newer, revision

ON_SQLITE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
"""What PRAGMA answers where nothing is lost: synchronous 2 is FULL."""

ON_POSTGRESQL = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "server_encoding": "UTF8"}

OLDEST_POSTGRESQL = 140000


@dataclass(slots=True)
class Checked:
    """The engine's name and version, the tables' revision and the one wanted, each setting, and what is wrong."""

    engine: str
    revision: str | None
    wanted: str = HEAD
    settings: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def check(engines: Engines) -> Checked:
    """Look at the database as a reader and as a writer would be given it; as a reader alone, where it cannot be
    written."""
    with engines.reading() as connection:
        checked = Checked(_engine(connection), revision(connection))
        faults = list(_faults(connection, checked.settings))
        checked.faults += [] if engines.frozen else faults
    if engines.frozen:
        checked.settings["written"] = "no: the file or its folder belongs to others, or is only read"
    elif engines.sqlite:
        with engines.writing() as connection:
            checked.faults += [f for f in _faults(connection, {}) if f not in checked.faults]
    if checked.revision != checked.wanted:
        held = checked.revision or "none"
        checked.faults.append(newer(checked.revision) or f"revision is {held}, not {checked.wanted}: crfhir db upgrade")
    return checked


def require_safe(engines: Engines) -> None:
    """StoreError where a commit that was acknowledged could be lost, or references are not held."""
    with engines.reading() as connection:
        faults = list(_faults(connection, {}))
    if faults:
        raise StoreError(f"The database is not safe to store in: {'; '.join(faults)}.")


def _engine(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar()}"
    return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"


def _faults(connection: Connection, settings: dict[str, str]) -> Iterator[str]:
    sqlite = connection.dialect.name == "sqlite"
    for name, wanted in (ON_SQLITE if sqlite else ON_POSTGRESQL).items():
        found = connection.exec_driver_sql(f"PRAGMA {name}" if sqlite else f"SHOW {name}").scalar()
        settings[name] = str(found)
        if found != wanted:
            yield f"{name} is {found}, not {wanted}"
    if not sqlite:
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar() or 0)
        if version < OLDEST_POSTGRESQL:
            yield f"PostgreSQL is of version {version // 10000}, not {OLDEST_POSTGRESQL // 10000} or later"
