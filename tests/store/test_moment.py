from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.store.moment import EARLIEST, LATEST, now_text, span, span_of

ZONE = "+08:00"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2025", "2024-12-31T16:00:00.000Z", "2025-12-31T16:00:00.000Z"),
        ("2025-12", "2025-11-30T16:00:00.000Z", "2025-12-31T16:00:00.000Z"),
        ("2024-02-29", "2024-02-28T16:00:00.000Z", "2024-02-29T16:00:00.000Z"),
        ("2025-06-01T08:00", "2025-06-01T00:00:00.000Z", "2025-06-01T00:01:00.000Z"),
        ("2025-06-01T08:00:00Z", "2025-06-01T08:00:00.000Z", "2025-06-01T08:00:01.000Z"),
        ("2025-06-01T08:00:00.5-14:00", "2025-06-01T22:00:00.500Z", "2025-06-01T22:00:00.600Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z", "2017-01-01T00:00:01.000Z"),
        ("0001", EARLIEST, "0001-12-31T16:00:00.000Z"),
        ("9999", "9998-12-31T16:00:00.000Z", LATEST),
        ("9999-12-31T23:59:59-14:00", LATEST, LATEST),
        ("9999-12-31T23:59:60Z", LATEST, LATEST),
    ],
)
def test_a_date_covers_its_precision_in_utc(text: str, low: str, high: str) -> None:
    assert span(text, ZONE) == (low, high)


@pytest.mark.parametrize(
    "text",
    ["", "25", "2025-13", "2025-02-30", "2025-6-1", "2025-06-01 08:00:00", "2025-06-01T24:00:00Z",
     "2025-06-01T08:00:00+14:01", "2025-06-01\n", "２０２５", "2025-W01"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="date"):
        span(text, ZONE)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_spans_sort_as_instants_do(moment: datetime) -> None:
    later = moment + timedelta(seconds=1)
    texts = [f"{one.replace(microsecond=0).isoformat()}+08:00" for one in (moment, later)]
    assert span(texts[0], ZONE)[1] == span(texts[1], ZONE)[0]


def test_a_period_without_an_end_lasts() -> None:
    assert span_of({"start": "2025-01-01"}, ZONE) == ("2024-12-31T16:00:00.000Z", LATEST)
    assert span_of({"end": "2025-01-01"}, ZONE) == (EARLIEST, "2025-01-01T16:00:00.000Z")
    assert span_of({}, ZONE) is None
    assert span_of(None, ZONE) is None


def test_an_instant_is_written_to_the_millisecond_in_utc() -> None:
    assert now_text(datetime(2026, 1, 1, 8, 0, 0, 123456, UTC)) == "2026-01-01T08:00:00.123Z"
