from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.crf.instant import day_of, day_text, is_before, is_date, is_datetime, is_full_date, moment


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    assert is_full_date(day.isoformat())
    assert is_date(day.isoformat()[:7])


@pytest.mark.parametrize(
    "text",
    ["2025-02-29", "2025-00-01", "2025-04-31", "0000", "2025-6-1", "20250601", "2025-W01-1", "２０２５", ""],
)
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert not is_date(text)
    assert not is_datetime(text)


@pytest.mark.parametrize("text", ["2025-06-01T08:30:00Z", "2024-02-29T23:59:59.123456789+14:00", "2025", "2025-06"])
def test_a_datetime_is_a_date_or_a_time_with_seconds_and_offset(text: str) -> None:
    assert is_datetime(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-01T08:30:00",
        "2025-06-01T08:30Z",
        "2025-06-01T24:00:00Z",
        "2025-06-01T08:30:60Z",
        "2025-02-30T08:30:00Z",
        "2025-06-01T08:30:00+14:30",
        "2025-06T08:30:00Z",
    ],
)
def test_a_time_without_seconds_or_offset_or_that_is_none_is_refused(text: str) -> None:
    assert not is_datetime(text)


@given(st.datetimes(), st.datetimes(), st.sampled_from(["Z", "+08:00", "-11:30"]))
def test_times_are_compared_as_instants(one: datetime, other: datetime, zone: str) -> None:
    first, second = (f"{when.replace(microsecond=0).isoformat()}{zone}" for when in (one, other))
    assert is_before(first, second) == (one.replace(microsecond=0) < other.replace(microsecond=0))


def test_an_offset_decides_which_of_two_times_is_the_later() -> None:
    assert is_before("2025-06-01T08:00:00+08:00", "2025-06-01T00:00:01Z")
    assert not is_before("2025-06-01T08:00:00+08:00", "2025-06-01T00:00:00Z")


def test_the_day_of_a_time_is_the_day_in_the_zone() -> None:
    assert day_text("2025-06-01T20:00:00Z", "+08:00") == "2025-06-02"
    assert day_text("2025-06-01T20:00:00Z", None) == "2025-06-01"
    assert day_text("9999-12-31T20:00:00Z", "+08:00") == "9999-12-31"
    assert day_of("2025-06-01", "+08:00") == date(2025, 6, 1)
    assert day_of("2025-06", "+08:00") is None
    assert day_of(None, "+08:00") is None


def test_a_fraction_of_a_second_counts() -> None:
    later, earlier = moment("2025-06-01T08:00:00.5Z"), moment("2025-06-01T08:00:00.05Z")
    assert later is not None
    assert earlier is not None
    assert later > earlier
