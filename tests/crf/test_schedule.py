from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.crf.package import load
from adapter.crf.schedule import Occasion, moved, occasions, study_day
from tests.crf.studies import FORMS, STUDY, faults, refused, write

SCHEDULE = """\
schedule:
  assumption: the windows are ours
  dose:
    - {cycle: 1, day: 1..3, on: 0..2}
    - {cycle: 2, day: 1..2, on: 28..29, window: [1, 2]}
  visit:
    - {visit: W2, on: 14, window: [3, 3], assumption: ours}
  diary:
    - {on: -2..1}
"""
MORE = """\
dose: {subject: subject key, cycle: integer key, day: integer key}
diary: {subject: subject key, day: fulldate key}
"""


def test_the_ranges_of_a_line_run_together(tmp_path: Path) -> None:
    study = load(write(tmp_path, study=STUDY + SCHEDULE, forms=FORMS + MORE))
    assert occasions(study, "dose") == (
        Occasion({"cycle": 1, "day": 1}, 0),
        Occasion({"cycle": 1, "day": 2}, 1),
        Occasion({"cycle": 1, "day": 3}, 2),
        Occasion({"cycle": 2, "day": 1}, 28, 1, 2),
        Occasion({"cycle": 2, "day": 2}, 29, 1, 2),
    )
    assert occasions(study, "visit") == (Occasion({"visit": "W2"}, 14, 3, 3),)
    assert [occasion.day for occasion in occasions(study, "diary")] == [-2, -1, 0, 1]


def test_no_day_lies_beyond_the_calendar() -> None:
    assert moved(date(1, 1, 1), -1) is None
    assert moved(date(9999, 12, 30), 1) == date(9999, 12, 31)
    assert moved(date(9999, 12, 31), 1) is None


def test_a_form_without_a_schedule_has_no_occasions(tmp_path: Path) -> None:
    assert occasions(load(write(tmp_path)), "visit") == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-1000, 1000))
def test_study_days_count_from_zero_on_day_0(day_0: date, day: int) -> None:
    then = moved(day_0, day)
    assert then is not None
    assert study_day(day_0, then) == day
    assert study_day(day_0, day_0) == 0


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("vist: []", "unknown form vist"),
        ("visit: 3", "are a list"),
        ("visit: [{visit: W2}]", "on which study day"),
        ("visit: [{visit: W2, on: x}]", "on is a study day"),
        ("visit: [{vist: W2, on: 3}]", "did you mean visit?"),
        ("visit: [{visit: W2, on: 3, window: 3}]", "days before, days after"),
        ("visit: [{visit: 1..3, on: 0..4}]", "of one length"),
    ],
)
def test_a_faulty_schedule_is_named_with_its_reason(tmp_path: Path, schedule: str, why: str) -> None:
    found = faults(refused(tmp_path, study=f"{STUDY}schedule:\n  {schedule}\n"))
    assert any(why in fault and fault.startswith("study.yaml:") for fault in found), found
