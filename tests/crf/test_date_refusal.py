from __future__ import annotations

import pytest

from tests.crf.toy import refusals


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2025/6/1", "write 2025-06-01"),
        ("20250601", "write 2025-06-01"),
        ("2025年6月1日", "write 2025-06-01"),
        ("1 Jun 2025", "write 2025-06-01"),
        ("01.06.2025", "which is meant: 2025-06-01 or 2025-01-06?"),
        ("13/06/2025", "write 2025-06-13"),
        ("01/06/25", "four digits"),
        ("2025-02-30", "February 2025 has 28 days"),
        ("2025-13-01", "no month 13"),
        ("２０２５-０６-０１", "write 2025-06-01"),
        ("45809", "Excel keeps the date 2025-06-01"),
        ("2025-06-01T08:30:00+08:00", "write 2025-06-01"),
        ("0000", "expected a date"),
    ],
)
def test_a_date_of_another_shape_is_refused_with_what_is_meant(cell: str, said: str) -> None:
    assert said in refusals(when=cell)["when"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2025-06-01T08:30:00", "write 2025-06-01T08:30:00+08:00"),
        ("2025-06-01 08:30", "write 2025-06-01T08:30:00+08:00"),
        ("2025-06-01T08:30Z", "write 2025-06-01T08:30:00Z"),
        ("2025-06-01T08:30:00+0900", "write 2025-06-01T08:30:00+09:00"),
        ("2025/6/1 8:30", "write 2025-06-01T08:30:00+08:00"),
        ("2025-06-01T25:00:00Z", "no such time of day"),
    ],
)
def test_a_time_without_seconds_or_offset_is_refused_with_the_right_text(cell: str, said: str) -> None:
    assert said in refusals(entered=cell)["entered"]


def test_a_whole_date_needs_its_day() -> None:
    assert "the day is needed" in refusals(day="2025-06")["day"]
