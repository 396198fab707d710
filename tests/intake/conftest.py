from __future__ import annotations

import pytest

from adapter.intake.desk import Desk
from adapter.mapping.study import load_study
from tests.api.trial import STUDY


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk(load_study(STUDY))
