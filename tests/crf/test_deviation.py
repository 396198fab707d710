"""Edit checks over several records of a subject: the schedule, the day, the washout."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.crf.package import load
from adapter.crf.query_check import across, looks_at
from adapter.crf.study import Study
from tests.api.trial import INJECTION, STUDY


@pytest.fixture(scope="module")
def study() -> Study:
    return load(STUDY)


def given(cycle: int, day: int, date: str, **more: Any) -> dict[str, Any]:
    return INJECTION | {"cycle": cycle, "day": day, "time": f"{date}T08:00:00+08:00"} | more


def found(study: Study, form: str, **records: list[dict[str, Any]]) -> list[tuple[str, str]]:
    findings = across(study, study.forms[form])(records)
    return [(one.check, ".".join(str(one.record[key.id]) for key in study.forms[form].keys[1:])) for one in findings]


def test_nothing_is_outside_its_day_while_day_0_is_not_known(study: Study) -> None:
    assert found(study, "injection", injection=[given(2, 1, "2025-06-01")]) == []


def test_only_the_first_of_a_shifted_cycle_is_asked_about(study: Study) -> None:
    days = [given(1, 1, "2025-04-01"), *(given(3, day, f"2025-05-{28 + day:02d}") for day in (1, 2, 3))]
    assert found(study, "injection", injection=days) == [("outside-its-day", "3.1")]


def test_one_that_leaves_its_shifted_cycle_is_asked_about_too(study: Study) -> None:
    days = [given(1, 1, "2025-04-01"), given(2, 1, "2025-05-01"), given(2, 2, "2025-05-02"), given(2, 3, "2025-05-01")]
    checks = found(study, "injection", injection=days)
    assert ("outside-its-day", "2.3") in checks
    assert ("outside-its-day", "2.2") not in checks
    assert ("twice-on-a-day", "2.3") in checks


def test_an_injection_that_was_not_given_is_on_no_day(study: Study) -> None:
    days = [given(1, 1, "2025-04-01"), given(1, 2, "2025-04-01", outcome="not-given")]
    assert found(study, "injection", injection=days) == []


def drug(atc: str | None, start: str | None = None, end: str | None = None) -> dict[str, Any]:
    told = {"subject": "01-001", "sequence": 1, "atc": atc, "start": start, "end": end}
    return {item: value for item, value in told.items() if value is not None}


@pytest.mark.parametrize(
    ("atc", "start", "end", "asked"),
    [
        ("L03AC01", "1999", "1999", True),  # never, whenever
        ("H02AB06", None, "2025-03-03", False),  # ends a day before its 4 weeks
        ("H02AB06", None, "2025-03-04", True),
        ("H02AB06", "2025-06-02", None, True),  # the last planned injection
        ("H02AB06", "2025-06-03", None, False),
        ("h02ab06", "2025-04", None, True),  # a month, and small letters
        ("R03DX05", "2025-01-07", "2025-01-07", True),  # its 12 weeks begin
        ("R03DX05", "2025-01-06", "2025-01-06", False),
        ("L04AB01", "2025-01-07", "2025-01-07", True),  # the longest washout whose group matches holds
        ("R06AX13", "2025-04-01", None, False),
        (None, "2025-04-01", None, False),
    ],
)
def test_a_prohibited_drug_is_asked_about_in_its_washout_and_during_treatment(
    study: Study, atc: str | None, start: str | None, end: str | None, asked: bool
) -> None:
    checks = found(study, "medication", medication=[drug(atc, start, end)], injection=[given(1, 1, "2025-04-01")])
    assert bool(checks) is asked


@pytest.mark.parametrize("day_0", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_as_others_are(study: Study, day_0: str) -> None:
    days = [given(1, 1, day_0), given(1, 2, "0001-01-01"), given(3, 1, "9999-12-31")]
    taken = found(study, "medication", medication=[drug("H02AB06", day_0)], injection=days)
    assert [check for check, _ in taken] == ["prohibited-drug"]
    assert found(study, "injection", injection=days) != []


def test_a_check_says_which_forms_it_looks_at(study: Study) -> None:
    assert looks_at(study, study.forms["eligibility"]) == {"eligibility", "subject"}
    assert looks_at(study, study.forms["visit"]) == {"visit", "injection"}
    assert looks_at(study, study.forms["diary"]) == frozenset()
