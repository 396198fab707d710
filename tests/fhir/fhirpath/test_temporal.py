from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.temporal import Temporal, order, parse_temporal, shifted, text_order


def parsed(text: str, kind: str = "DateTime") -> Temporal:
    found = parse_temporal(text, kind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("2025", "2025", 0),
        ("2025", "2025-01", None),
        ("2025-02", "2025-01-31", 1),
        ("2025-01-01T10:00", "2025-01-01T10:00:00", None),
        ("2025-01-01T10:00:00Z", "2025-01-01T10:00:00.0Z", 0),
        ("2025-01-01T10:00:00+02:00", "2025-01-01T09:00:00+01:00", 0),
        ("2025-01-01T00:30:00+01:00", "2024-12-31T23:40:00Z", -1),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", -1),
        ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z", 1),
        ("2025-01-01", "2025-01-01T10:00:00Z", None),
        ("2025-01-01", "2025-01-02T10:00:00Z", -1),
        ("2025-01-01T10:00:00", "2025-01-01T10:00:00Z", None),
    ],
)
def test_moments_are_compared_as_precisely_as_both_are_known(left: str, right: str, expected: int | None) -> None:
    assert order(parsed(left), parsed(right)) == expected
    assert order(parsed(right), parsed(left)) == (None if expected is None else -expected)


def test_a_time_of_day_is_compared_with_another_alone() -> None:
    assert order(parsed("10:00", "Time"), parsed("10:30", "Time")) == -1
    with pytest.raises(EvaluationError):
        order(parsed("10:00", "Time"), parsed("2025"))


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-02-30", "2025-1", "2025-01-01T25", "2025Z", "25", "", "２０２５", "0000"]
)
def test_what_the_calendar_has_not_is_no_moment(text: str) -> None:
    assert parse_temporal(text, "DateTime") is None


dates = st.dates().map(lambda day: day.isoformat())
offsets = st.sampled_from(["Z", "+00:00", "+05:30", "-11:00"])
times = st.times().map(lambda time: time.isoformat("milliseconds"))
moments = st.one_of(
    dates, dates.map(lambda text: text[:7]), dates.map(lambda text: text[:4]),
    st.builds(lambda day, time, offset: f"{day}T{time}{offset}", dates, times, offsets),
)  # fmt: skip


@given(moments, moments)
def test_texts_written_alike_are_in_the_order_of_the_moments(left: str, right: str) -> None:
    by_text = text_order(left, right)
    assert by_text is None or by_text == order(parsed(left), parsed(right))


@given(moments, moments)
def test_order_is_symmetric(left: str, right: str) -> None:
    one, other = order(parsed(left), parsed(right)), order(parsed(right), parsed(left))
    assert one == other or (one is not None and other is not None and one == -other)


units = st.sampled_from(["week", "day", "hour", "minute", "second"])


@given(st.dates().map(lambda day: f"{day.isoformat()}T10:20:30Z"), st.integers(-500, 500), units)
def test_there_and_back_by_a_unit_of_fixed_length_is_the_same_moment(text: str, amount: int, unit: str) -> None:
    start = parsed(text)
    try:
        there = shifted(start, Decimal(amount), unit)
    except EvaluationError:
        return
    assert shifted(there, Decimal(-amount), unit).parts == start.parts


@given(moments, st.integers(-30, 30), st.sampled_from(["year", "month", "week", "day", "hour", "minute", "second"]))
def test_what_is_moved_can_be_read_again(text: str, amount: int, unit: str) -> None:
    try:
        moved = shifted(parsed(text), Decimal(amount), unit)
    except EvaluationError:
        return
    assert parsed(moved.text) == moved
