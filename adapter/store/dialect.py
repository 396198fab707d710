"""What differs between databases, and only here: engines, the writer's lock, upserts, the refusal of
changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, Insert, Select, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError

from adapter.errors import StoreError, UsageError

WAIT_SECONDS = 30
"""How long a writer waits for another process's writer before it gives up with a StoreError."""

PRAGMAS = (
    f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA analysis_limit = 1000",
)


class Engines:
    """One database seen by a reader and by a writer; the writer takes its lock at the start, the reader none.

    On SQLite the two are engines of their own: BEGIN IMMEDIATE for writers (a deferred BEGIN that turns
    writer fails
    at once under load), a plain BEGIN for readers. Elsewhere they are the same engine.
    """

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite and parsed.database in (None, "", ":memory:"):
            raise UsageError("A database in memory cannot be shared by reader and writer: name a file.")
        self._turn = threading.Lock() if self.sqlite else None
        self.reader = _sqlite(url, "BEGIN") if self.sqlite else _engine(url)
        self.writer = _sqlite(url, "BEGIN IMMEDIATE") if self.sqlite else self.reader

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one consistent view; errors of the database leave as StoreError."""
        with told(), self.reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in one transaction: committed at the end, rolled back whole on any exception."""
        with told(), self._own_turn(), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        # Threads of one process queue here, in order, rather than polling SQLite's lock.
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise StoreError("The database is busy with another push: send again in a moment.")
        try:
            yield
        finally:
            self._turn.release()

    def dispose(self) -> None:
        """Close every connection of the pools."""
        self.reader.dispose()
        self.writer.dispose()


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(_NO_URL) from None


def _engine(url: str) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True)
    except NoSuchModuleError:
        raise UsageError(_NO_URL) from None
    except ModuleNotFoundError as missing:
        raise UsageError(f"The database needs the Python package {missing.name}: install it.") from None


_NO_URL = "The database is named by a URL: sqlite:///crfhir.db, or postgresql+psycopg://user@host/name."


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, pool_size=8, max_overflow=64)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to issue, not sqlite3's to guess
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def told() -> Iterator[None]:
    """Turn the database's own failures (locked, full, gone) into StoreError, without any value of a
    statement."""
    try:
        yield
    except OperationalError as reason:
        raise StoreError(f"The database could not do it: {reason.orig}. Nothing was stored.") from None
    except DBAPIError as reason:
        if type(reason) is DatabaseError:  # SQLite's word for a file that is damaged, or is no database
            raise StoreError(f"The database cannot be used: {reason.orig}. Nothing was stored.") from None
        if reason.connection_invalidated:
            raise StoreError("The connection to the database was lost. Nothing was stored.") from None
        raise


def insert_unless_there(connection: Connection, table: Table) -> Insert:
    """An INSERT that leaves a row alone whose unique key is taken: the constraint decides, not a look
    before."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def locked(connection: Connection, statement: Select[Any]) -> Select[Any]:
    """The statement so that its rows stay ours until commit; SQLite's writer owns the whole database
    already."""
    return statement if connection.dialect.name == "sqlite" else statement.with_for_update()


_REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to'; END $$
"""


def refusals(dialect: str, table: str) -> tuple[str, ...]:
    """The statements that make `table` refuse UPDATE and DELETE."""
    if dialect == "postgresql":
        trigger = f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table}"
        return _REFUSE_CHANGE, f"{trigger} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    return tuple(
        f"CREATE TRIGGER {table}_refuses_{event_} BEFORE {event_} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        for event_ in ("update", "delete")
    )
