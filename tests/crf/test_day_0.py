from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from adapter.crf.day_0 import day_0
from adapter.crf.package import load
from tests.crf.studies import FORMS, STUDY, write

LIST = "day_0: [{form: visit, item: entered, when: {visit: W0}}, {form: visit, item: when}]\n"
NAMED = "day_0:\n  first: {form: visit, item: entered, when: {visit: W0}}\n  then: {form: visit, item: when}\n"


@pytest.mark.parametrize("written", [LIST, NAMED])
def test_the_first_source_with_a_date_gives_day_0(tmp_path: Path, written: str) -> None:
    study = load(write(tmp_path, study=STUDY + written, forms=FORMS))
    later = {"visit": "W2", "entered": "2025-06-09", "when": "2025-06-03"}
    assert day_0(study, {"visit": [later]}) == date(2025, 6, 3)
    first = {"visit": "W0", "entered": "2025-05-31T20:00:00Z"}
    assert day_0(study, {"visit": [later, first]}) == date(2025, 6, 1)
    assert day_0(study, {"visit": [{"visit": "W0", "entered": "2025"}]}) is None


def test_a_study_that_names_no_day_0_has_none(tmp_path: Path) -> None:
    assert day_0(load(write(tmp_path)), {"visit": [{"when": "2025-06-01"}]}) is None
