"""What differs between databases, and only here: engines, the writer's lock, upserts, the refusal of
changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Insert, Select, Table, create_engine, event, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from adapter.errors import StoreError, UnknownOutcomeError, UsageError
from adapter.store.advice import advice
from adapter.store.database_file import connect_reading, make_private
from adapter.store.locks import WAIT_SECONDS, Turn
from adapter.store.quick import Quick

PRAGMAS = (
    f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA analysis_limit = 1000",
)

ON_FROZEN = tuple(pragma for pragma in PRAGMAS if "journal" not in pragma and "wal" not in pragma)
"""Of these, what a file that is only read takes."""

READERS_PAGES = ("PRAGMA cache_size = -2000", "PRAGMA mmap_size = 2147418112")
WRITERS_PAGES = ("PRAGMA cache_size = -16000",)
"""Which pages a connection to SQLite keeps: readers are many, and look into the file itself as far as it is mapped, in
pages that all processes share and the system takes back as it needs; there is one writer a process."""

ON_POSTGRESQL = (
    f"SET lock_timeout = '{WAIT_SECONDS}s'",
    f"SET idle_in_transaction_session_timeout = '{2 * WAIT_SECONDS}s'",
    "SET synchronous_commit = on",
)


class Engines:
    """One database seen by a reader and by a writer; the writer takes its lock at the start, the reader none.

    On SQLite the two are engines of their own: BEGIN IMMEDIATE for writers (a deferred BEGIN that turns
    writer fails
    at once under load), a plain BEGIN for readers. Elsewhere they are the same engine. `frozen`: a SQLite file that
    cannot be written, and is read as it lies.
    """

    def __init__(self, url: str, *, frozen: bool = False) -> None:
        parsed = _parsed(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.frozen = frozen and self.sqlite
        if self.sqlite and parsed.database in (None, "", ":memory:"):
            raise UsageError("A database in memory cannot be shared by reader and writer: name a file.")
        self.reader = _sqlite(parsed, "BEGIN", READERS_PAGES, frozen) if self.sqlite else _postgresql(parsed)
        self.writer = _sqlite(parsed, "BEGIN IMMEDIATE", WRITERS_PAGES, frozen) if self.sqlite else self.reader
        self.quick = Quick(self.reader)
        self._turn = Turn(Path(f"{parsed.database}.lock")) if self.sqlite else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read by; errors of the database leave as StoreError. On SQLite it is one view of one
        moment; on PostgreSQL each statement sees what was committed before it, unless they are made `steady`."""
        with told(self.reader), self.reader.connect() as connection, connection.begin():
            yield connection

    def rows(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of one statement that reads, in the driver's own words; errors leave as StoreError."""
        with told(self.reader):
            return self.quick.rows(statement, values)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in one transaction: committed at the end, rolled back whole on any exception."""
        connecting = self.writer.connect
        with told(self.writer), self._turn or nullcontext(), connecting() as connection, connection.begin() as open_:
            yield connection
            with told(self.writer, committing=True):
                open_.commit()

    def dispose(self) -> None:
        """Close every connection of the pools."""
        self.quick.close()
        self.reader.dispose()
        self.writer.dispose()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, by its URL; None for other databases."""
    parsed = _parsed(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(_NO_URL) from None


def _postgresql(url: URL) -> Engine:
    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise UsageError(_NO_URL)
    url = url.set(drivername="postgresql+psycopg")
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": "10"})
    try:
        engine = create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24, pool_timeout=WAIT_SECONDS)
    except NoSuchModuleError:
        raise UsageError(_NO_URL) from None
    except ModuleNotFoundError:
        raise UsageError("PostgreSQL needs the Python package psycopg: pip install 'crfhir[postgresql]'.") from None

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        for setting in ON_POSTGRESQL:
            connection.execute(setting)
        connection.autocommit = False

    return engine


_NO_URL = (
    "The database is SQLite or PostgreSQL, named by a URL: sqlite:///crfhir.db, or postgresql+psycopg://user@host/name."
)


def _sqlite(url: URL, begin: str, pages: tuple[str, ...], frozen: bool) -> Engine:
    file = Path(url.database or "")
    reading = {"creator": lambda: connect_reading(file)} if frozen else {}
    engine = create_engine(url, pool_size=8, max_overflow=64, **reading)
    pragmas = ON_FROZEN if frozen else PRAGMAS

    @event.listens_for(engine, "do_connect")
    def make(*_: Any) -> None:
        if not frozen and "uri" not in url.query:
            make_private(file)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to issue, not sqlite3's to guess
        for pragma in (*pragmas, *pages):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def told(engine: Engine, *, committing: bool = False) -> Iterator[None]:
    """Turn the database's own failures (locked, full, gone) into StoreError, without any value of a statement.

    Those of SQLAlchemy and those of the driver itself, which statements that run on its connection raise. A connection
    that is lost while it is `committing` has taken the answer with it: whether something was stored is not known.
    """
    try:
        yield
    except NoConnectionError:
        raise StoreError("Every connection to the database is in use. Nothing was stored.") from None
    except DBAPIError as reason:
        if committing and reason.connection_invalidated:
            raise UnknownOutcomeError(_UNKNOWN) from None
        why = _why(engine, reason.orig, lost=reason.connection_invalidated)
        if why is None:
            raise
        raise StoreError(f"{why} Nothing was stored.") from None
    except engine.dialect.loaded_dbapi.Error as reason:
        why = _why(engine, reason, lost=False)
        if why is None:
            raise
        raise StoreError(f"{why} Nothing was stored.") from None


_UNKNOWN = (
    "The connection to the database was lost while it committed: whether this was stored is not known. Send it again, "
    "with the same Idempotency-Key if it had one: it has its effect once."
)


def _why(engine: Engine, reason: BaseException | None, *, lost: bool) -> str | None:
    """What the world did to the database; None for what is a fault of ours."""
    driver = engine.dialect.loaded_dbapi
    if isinstance(reason, driver.OperationalError):
        return advice(engine.url, str(reason))
    if type(reason) is driver.DatabaseError:  # SQLite's word for a file that is damaged, or is no database
        return f"The database cannot be used: {reason}."
    if lost or (isinstance(reason, driver.InterfaceError) and engine.dialect.name != "sqlite"):
        return "The connection to the database was lost."
    return None


def insert_unless_there(connection: Connection, table: Table) -> Insert:
    """An INSERT that leaves a row alone whose unique key is taken: the constraint decides, not a look
    before."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # and with it every driver that there is for it

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def locked(connection: Connection, statement: Select[Any]) -> Select[Any]:
    """The statement so that its rows stay ours until commit; SQLite's writer owns the whole database
    already."""
    return statement if connection.dialect.name == "sqlite" else statement.with_for_update()


@contextmanager
def steady(connection: Connection) -> Iterator[None]:
    """Let every statement of this transaction see the same moment: on SQLite a reader always does."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    yield


def damage(connection: Connection) -> Iterator[str]:
    """What the database itself finds wrong with its file and its references; PostgreSQL holds both by itself."""
    if connection.dialect.name != "sqlite":
        return
    for (found,) in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
        if found != "ok":
            yield f"database: {found}"
    for table, number, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table} {number}: the row of {parent} that it refers to is gone"


def hold_same(connection: Connection, what: str) -> None:
    """Let no other transaction be about the same until commit; SQLite's writer owns the whole database already."""
    if connection.dialect.name != "sqlite":
        number = int.from_bytes(sha256(what.encode()).digest()[:7])
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%(n)s)", {"n": number})


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


def truncations(dialect: str, table: str) -> tuple[str, ...]:
    """The statements that make `table` refuse TRUNCATE, which no trigger for each row sees; SQLite has none."""
    if dialect != "postgresql":
        return ()
    trigger = f"CREATE TRIGGER {table}_is_whole BEFORE TRUNCATE ON {table}"
    return (f"{trigger} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",)
