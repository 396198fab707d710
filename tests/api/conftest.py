from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.app import create_app
from adapter.api.config import Config
from adapter.mapping.study import MappedStudy, load_study
from tests.api.trial import STUDY, Clock, Serve


@pytest.fixture(scope="session")
def engine() -> MappedStudy:
    return load_study(STUDY)


@pytest.fixture(scope="session")
def prepared(engine: MappedStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and the study's own record, to be copied for each test."""
    path = tmp_path_factory.mktemp("prepared") / "crfhir.db"
    made = create_app(Config(database=f"sqlite:///{path}", open_demo=True, clock=Clock()), engine)
    made.extensions["crfhir"].store.close()
    return path


@pytest.fixture
def database(prepared: Path, tmp_path: Path) -> str:
    shutil.copy(prepared, tmp_path / "crfhir.db")
    return f"sqlite:///{tmp_path / 'crfhir.db'}"


@pytest.fixture
def serve(engine: MappedStudy) -> Iterator[Serve]:
    """Makes the application of a configuration; its database is closed when the test ends."""
    with ExitStack() as stack:

        def made(config: Config) -> Flask:
            app = create_app(config, engine)
            stack.callback(app.extensions["crfhir"].store.close)
            return app

        yield made


@pytest.fixture
def app(serve: Serve, database: str) -> Flask:
    return serve(Config(database=database, open_demo=True, clock=Clock()))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> str:
    """A database of its own on each engine, with the study's tables."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("database"))
    return str(request.getfixturevalue("postgresql").ready())


@pytest.fixture
def everywhere(serve: Serve, either: str) -> Flask:
    """The application on each engine."""
    return serve(Config(database=either, open_demo=True, clock=Clock()))
