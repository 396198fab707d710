from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapter.errors import UsageError
from adapter.intake.desk import Desk
from adapter.mapping.study import load_study
from adapter.pipeline import Pipeline, open_pipeline
from tests.api.trial import STUDY, diary
from tests.intake.pushes import HOUSE

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "crp": 5.1}


@pytest.fixture
def later(tmp_path: Path) -> Desk:
    """The study with a package in which an item has become restricted."""
    folder = shutil.copytree(STUDY, tmp_path / "study")
    form = folder / "forms" / "visit.yaml"
    open_, hidden = "crp: {type: decimal 0..1000 mg/L", "crp: {type: decimal 0..1000 mg/L restricted"
    form.write_text(form.read_text(encoding="utf-8").replace(open_, hidden), encoding="utf-8")
    return Desk(load_study(folder))


def test_what_a_package_makes_restricted_is_not_served_from_a_database_that_holds_it_openly(
    pipeline: Pipeline, later: Desk
) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    pipeline.push_records(HOUSE, "visit", [{name: value for name, value in VISIT.items() if name != "crp"}])
    with pytest.raises(UsageError, match=r"makes visit\.crp restricted"):
        open_pipeline(later.engine, pipeline.store, pipeline.clock)
    open_pipeline(pipeline.desk.engine, pipeline.store, pipeline.clock)


def test_a_database_that_does_not_hold_it_is_opened(pipeline: Pipeline, later: Desk) -> None:
    pipeline.push_records(HOUSE, "diary", [diary("2025-04-01")])
    opened = open_pipeline(later.engine, pipeline.store, pipeline.clock)
    assert not opened.push_records(HOUSE, "visit", [VISIT]).refused
    assert open_pipeline(later.engine, pipeline.store, pipeline.clock).desk.restricted["visit"] >= {"crp"}
