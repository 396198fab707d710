from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.api.app import create_app
from adapter.api.config import Config
from adapter.mapping.study import MappedStudy, load_study
from tests.api.trial import STUDY, Clock


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
def app(engine: MappedStudy, database: str) -> Iterator[Flask]:
    made = create_app(Config(database=database, open_demo=True, clock=Clock()), engine)
    yield made
    made.extensions["crfhir"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
