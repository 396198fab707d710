from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapter.crf.derive import compute
from adapter.crf.package import load
from adapter.crf.study import Study
from adapter.crf.weekly import window_sum
from tests.crf import studies

FORMS = """\
subject:
  subject: subject key
  randomized: date
dose:
  subject: subject key
  number: integer key
  time: datetime
visit:
  subject: subject key
  visit: visit key
  date: date
diary:
  subject: subject key
  day: fulldate key
  pain: integer 0..6
"""
WEEK = """\
form: week
rule:
  weekly_sum:
    form: diary
    item: pain
    date: day
    days: 7
    missing: MISSING
    windows:
      baseline: {before: {form: subject, item: randomized}}
      visit: {before: {form: visit, item: date}}
      week: {every: 7, from: 0, to: 20}
    gives: {start: start, end: end, sum: score, days: days, window: window, prorated: prorated}
items:
  subject: subject key
  start: fulldate derived
  end: fulldate key
  score: integer 0..42 derived
  none: {type: boolean derived, rule: {equals: score, value: 0}}
  days: fulldate many derived
  window: code window many derived
  prorated: boolean derived
"""
CODELISTS = "window: {baseline: , visit: , week: }\n"
DAY_0 = """\
day_0:
  - {form: dose, item: time, when: {number: 1}}
  - {form: visit, item: date, when: {visit: W0}}
"""
FIRST = date(2025, 6, 1)


def make(tmp_path_factory: pytest.TempPathFactory, missing: int) -> Study:
    files = {"study": studies.STUDY + DAY_0, "forms__week": WEEK.replace("MISSING", str(missing))}
    return load(studies.write(tmp_path_factory.mktemp("study"), forms=FORMS, codelists=CODELISTS, **files))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make(tmp_path_factory, 0)


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make(tmp_path_factory, 2)


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def diary(numbers: range, pain: int = 1, but: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    return [{"subject": "S1", "day": day(one), "pain": pain} for one in numbers if one not in but]


DOSE = [{"subject": "S1", "number": 1, "time": f"{FIRST}T08:00:00+08:00"}]


def test_a_week_of_study_days_is_summed_and_says_its_days(study: Study) -> None:
    found = compute(study, "week", {"dose": DOSE, "diary": diary(range(7))})
    assert found == [
        {
            "subject": "S1",
            "start": day(0),
            "end": day(6),
            "score": 7,
            "none": False,
            "days": [day(one) for one in range(7)],
            "window": ["week"],
            "prorated": False,
        }
    ]
    assert list(found[0]) == list(study.forms["week"].items)


def test_a_week_of_zeros_is_an_answer(study: Study) -> None:
    found = compute(study, "week", {"dose": DOSE, "diary": diary(range(7), pain=0)})
    assert [(record["score"], record["none"]) for record in found] == [(0, True)]


def test_a_week_with_a_missing_day_has_no_score(study: Study) -> None:
    assert compute(study, "week", {"dose": DOSE, "diary": diary(range(7), but=(3,))}) == []


def test_the_baseline_lies_before_randomization_and_excludes_its_day(study: Study) -> None:
    records = {"subject": [{"subject": "S1", "randomized": day(0)}], "diary": diary(range(-7, 1))}
    found = compute(study, "week", records)
    assert [(record["window"], record["start"], record["end"]) for record in found] == [
        (["baseline"], day(-7), day(-1))
    ]


def test_windows_over_the_same_days_are_one_record_with_every_name(study: Study) -> None:
    visit = [{"subject": "S1", "visit": "W1", "date": day(7)}]
    found = compute(study, "week", {"dose": DOSE, "visit": visit, "diary": diary(range(7))})
    assert [record["window"] for record in found] == [["visit", "week"]]


def test_missing_days_that_are_allowed_are_prorated_half_up_and_flagged(lenient: Study) -> None:
    found = compute(lenient, "week", {"dose": DOSE, "diary": diary(range(7), pain=3, but=(2, 4))})
    assert [(record["score"], record["prorated"], len(record["days"])) for record in found] == [(21, True, 5)]
    assert compute(lenient, "week", {"dose": DOSE, "diary": diary(range(7), but=(1, 2, 3))}) == []


def test_a_half_is_rounded_up() -> None:
    item = studies.item("score", "integer")
    daily = {FIRST: 1, FIRST + timedelta(days=1): 0}
    found = window_sum(daily, FIRST, 3, 1, item)
    assert found is not None
    assert (found.total, found.prorated) == (2, True)
    decimal = window_sum(daily, FIRST, 3, 1, studies.item("score", "decimal"))
    assert decimal is not None
    assert decimal.total == Decimal("1.50")


def test_a_partial_date_opens_no_window(study: Study) -> None:
    records = {"subject": [{"subject": "S1", "randomized": "2025-06"}], "diary": diary(range(-40, 40))}
    assert compute(study, "week", records) == []


@pytest.mark.parametrize("first", [date(1, 1, 1), date(9999, 12, 31)])
def test_no_window_goes_beyond_the_calendar(study: Study, first: date) -> None:
    dose = [{"subject": "S1", "number": 1, "time": f"{first.isoformat()}T12:00:00+08:00"}]
    told = {"subject": [{"subject": "S1", "randomized": first.isoformat()}], "dose": dose}
    pain = [{"subject": "S1", "day": first.isoformat(), "pain": 1}]
    assert compute(study, "week", told | {"diary": pain}) == []
