from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.store.store import Store, open_store
from tests.store.rows import ZONE


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'crfhir.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, ZONE)
    yield opened
    opened.close()
