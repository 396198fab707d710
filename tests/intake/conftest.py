from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapter.intake.desk import Desk
from adapter.mapping.study import load_study
from adapter.pipeline import Pipeline
from adapter.store.store import open_store
from tests.api.trial import STUDY, Clock


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk(load_study(STUDY))


@pytest.fixture
def pipeline(desk: Desk, database: str) -> Iterator[Pipeline]:
    """A pipeline over an empty database, with a key for what is kept as HMAC."""
    opened = Pipeline(desk, open_store(database, "+08:00", b"a key of the tests"), Clock())
    yield opened
    opened.store.close()
