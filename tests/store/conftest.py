from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.store.store import Store, open_store
from tests.store.rows import ZONE


@pytest.fixture
def lite(url: str) -> Iterator[Store]:
    """A store on SQLite, for what only SQLite does."""
    opened = open_store(url, ZONE)
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'crfhir.db'}"


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store on each of the engines."""
    opened = open_store(database, ZONE)
    yield opened
    opened.close()
