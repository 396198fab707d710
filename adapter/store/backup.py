"""Copies of the whole database: a backup is one SQLite file, of either engine, and is put back on either.

A backup is made in one consistent view while others write. It is a database like any other: `crfhir db verify` proves
it where it lies.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text

from adapter.errors import StoreError, UsageError
from adapter.store.database_file import connect_reading, make_private, writable
from adapter.store.dialect import Engines, steady
from adapter.store.migrate import require_current, revision, upgrade
from adapter.store.schema import metadata, submission

AT_ONCE = 1000
"""Rows that are copied at once."""


def backup(engines: Engines, path: Path) -> None:
    """Write a copy of the database to a file that is not there yet; it is there when it is whole, and on disk.

    UsageError for a file that is there or a folder that is not; StoreError when the tables are of another version, or
    the disk is full.
    """
    if path.exists():
        raise UsageError(f"{path} is there already: name another file, a backup is never written over.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}: make it, or name another.")
    with engines.reading() as connection:
        require_current(connection)
    with _beside(path) as part:
        if engines.sqlite:
            _copy_file(_file(engines), part)
        else:
            _copy_rows(engines, part)
        _finish(part)
        part.rename(path)
    _sync(path.parent)


def restore(path: Path, engines: Engines) -> None:
    """Fill a database that holds nothing from a backup, which is left as it is.

    A backup of an older version is brought up to date on the way. UsageError when the database holds something, or the
    file is no backup: then no database is made.
    """
    if not path.is_file():
        raise UsageError(f"{path} is no file.")
    if not engines.sqlite or _file(engines).exists():
        with engines.reading() as connection:
            _empty(connection)
    with tempfile.TemporaryDirectory(prefix="crfhir-restore-", dir=_near(engines)) as folder:
        work = Path(folder) / "backup.db"
        _copy_file(path, work)
        source = Engines(f"sqlite:///{work}")
        try:
            with source.reading() as connection:
                if revision(connection) is None:
                    raise UsageError(f"{path} is no database of crfhir: name what crfhir db backup wrote.")
            upgrade(source)
            _put_back(source, work, engines)
        finally:
            source.dispose()


def _put_back(source: Engines, work: Path, engines: Engines) -> None:
    if engines.sqlite:
        source.dispose()
        engines.dispose()
        _copy_file(work, _file(engines))
        upgrade(engines)
        return
    upgrade(engines)
    with source.reading() as from_, engines.writing() as to:
        _empty(to)
        _copy_tables(from_, to)
        _count_on(to)


def _copy_file(source: Path, target: Path) -> None:
    """Copy by SQLite's own means: a consistent view, whoever writes meanwhile."""
    try:
        make_private(target)
        with _readable(source) as from_, closing(sqlite3.connect(target)) as to:
            from_.backup(to)
            to.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as reason:
        raise StoreError(f"{source} could not be copied: {reason}.") from None


def _readable(source: Path) -> closing[sqlite3.Connection]:
    if not writable(source):
        return closing(connect_reading(source))
    return closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True))


def _copy_rows(engines: Engines, target: Path) -> None:
    made = Engines(f"sqlite:///{target}")
    try:
        upgrade(made)
        with engines.reading() as from_, steady(from_), made.writing() as to:
            _copy_tables(from_, to)
    finally:
        made.dispose()
    with closing(sqlite3.connect(target)) as whole:
        whole.execute("PRAGMA journal_mode = DELETE")


def _copy_tables(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        if _made_by_migrations(target, table):
            target.execute(table.delete())
        rows = source.execution_options(yield_per=AT_ONCE).execute(select(table))
        for part in rows.mappings().partitions(AT_ONCE):
            target.execute(insert(table), [dict(row) for row in part])


def _made_by_migrations(target: Connection, table: Table) -> bool:
    """True if a new database has rows in this table already."""
    return target.execute(select(func.count()).select_from(table)).scalar_one() > 0


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came."""
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            ).scalar()
            if sequence is not None:
                last = select(func.max(column)).scalar_subquery()
                connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _empty(connection: Connection) -> None:
    if not inspect(connection).has_table(submission.name):
        return
    held = MetaData()
    held.reflect(connection, only=[submission.name])
    if connection.execute(select(func.count()).select_from(held.tables[submission.name])).scalar_one():
        raise UsageError("This database holds submissions: restore into a new one, and then let the service use that.")


def _file(engines: Engines) -> Path:
    return Path(engines.reader.url.database or "")


def _near(engines: Engines) -> Path | None:
    """Where a working copy fits: beside the database that it becomes, else beside nothing in particular."""
    return _file(engines).absolute().parent if engines.sqlite else None


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file for one reader and writer alone, in the same folder; gone at the end unless it was renamed."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(number)
    part = Path(name)
    try:
        yield part
    finally:
        for left in (part, Path(f"{part}-wal"), Path(f"{part}-shm"), Path(f"{part}.lock")):
            left.unlink(missing_ok=True)


def _finish(path: Path) -> None:
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
