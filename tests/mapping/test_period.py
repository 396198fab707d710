"""Periods of which one end is told less exactly: written so that R4 can compare them, and read back as they went."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from adapter.mapping.period import EXTENSION, told_alike
from adapter.mapping.study import MappedStudy
from tests.strategies import dates, datetimes
from tests.studies import study

IL2 = study("il2_csu")
ZONE = "+08:00"
MIDNIGHT = "2025-02-16T01:00:00+08:00"
"""A time that is the day before in UTC."""


def written(**ends: str) -> dict[str, Any]:
    (statement,) = IL2.to_fhir("medication", {"subject": "01-001", "sequence": 1, **ends}, "clinical")
    return dict(statement["effectivePeriod"])


def read(period: Any, mapped: MappedStudy = IL2) -> tuple[dict[str, Any], list[str]]:
    (statement,) = mapped.to_fhir("medication", {"subject": "01-001", "sequence": 1, "start": "2025"}, "clinical")
    result = mapped.to_crf([statement | {"effectivePeriod": period}])
    ((_, record),) = result.records
    return {key: record[key] for key in ("start", "end") if key in record}, [one.expression for one in result.residue]


def exact(date: str, url: str = f"{IL2.definition.base}/{EXTENSION}") -> dict[str, Any]:
    return {"extension": [{"url": url, "valueDateTime": date}]}


@pytest.mark.parametrize(
    ("start", "end", "alike"),
    [
        ("2025-02-15", "2025-02", ("2025-02", "2025-02")),
        ("2025-02", "2025-02-15", ("2025-02", "2025-02")),
        ("2025", "2025-02", ("2025", "2025")),
        ("2025-01", "2025-02-15", None),
        ("2025-02-15", "2025-02-16T09:00:00+08:00", None),
        ("2025-02-15", MIDNIGHT, ("2025-02-15", "2025-02-16")),
        ("2025-02", "2025-03-01T01:00:00+08:00", ("2025-02", "2025-03")),
        ("2025-02-15T23:00:00-08:00", "2025-02-16", ("2025-02-16", "2025-02-16")),
        ("2025-02-15T10:00:00Z", "2025-02-15T10:00:00.5Z", None),
        ("0001-01-01", "0001-01-01T01:00:00+08:00", None),
    ],
)
def test_two_dates_are_told_alike_where_it_could_not_be_told_which_is_earlier(
    start: str, end: str, alike: tuple[str, str] | None
) -> None:
    assert told_alike(start, end, ZONE) == alike


@given(dates(), datetimes())
def test_dates_that_are_told_alike_are_equally_exact(start: str, end: str) -> None:
    alike = told_alike(start, end, ZONE)
    if alike is not None:
        assert len(alike[0]) == len(alike[1]) == min(len(start), len(end))


def test_the_more_exact_end_stands_whole_beside_what_is_written_of_it() -> None:
    assert written(start="2025-02-15", end="2025-02") == {
        "start": "2025-02",
        "_start": exact("2025-02-15"),
        "end": "2025-02",
    }
    assert written(start="2025", end="2025-02") == {"start": "2025", "end": "2025", "_end": exact("2025-02")}


def test_ends_that_can_be_compared_are_written_as_they_are() -> None:
    assert written(start="2025-01", end="2025-02-15") == {"start": "2025-01", "end": "2025-02-15"}
    assert written(start="2025-02-15") == {"start": "2025-02-15"}


@given(dates(), dates())
def test_a_period_comes_back_as_it_went(start: str, end: str) -> None:
    assert read(written(start=start, end=end)) == ({"start": start, "end": end}, [])


PLACE = "MedicationStatement.effective"


@pytest.mark.parametrize(
    "twin",
    [
        exact("2025-03-15"),
        exact("2025"),
        exact("2025-02-15", "urn:other"),
        {"extension": [{"url": f"{IL2.definition.base}/{EXTENSION}", "valueString": "2025-02-15"}]},
        {"extension": "2025-02-15"},
        {"id": "a", **exact("2025-02-15")},
    ],
)
def test_what_contradicts_the_date_or_is_no_such_extension_is_residue(twin: Any) -> None:
    ends, residue = read({"start": "2025-02", "_start": twin, "end": "2025-02"})
    assert ends == {"start": "2025-02", "end": "2025-02"}
    assert residue
    assert all(place.startswith(PLACE) for place in residue)


def test_two_holes_of_whole_days_need_no_extension() -> None:
    (score,) = IL2.to_fhir("uas7", {"subject": "01-001", "end": "2025-02-15", "start": "2025-02-09"}, "clinical")
    assert score["effectivePeriod"] == {"start": "2025-02-09", "end": "2025-02-15"}
