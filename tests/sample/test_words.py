import re

import pytest


@pytest.mark.parametrize(
    ("declared", "date"),
    [
        ("{date: 0}", "2024-01-01"),
        ("{date: -1}", "2023-12-31"),
        ("{date: 1, from: date}", "2024-01-03"),
        ("{date: 29, from: fell}", "2024-02-29"),
        ("{date: 0, precision: month}", "2024-01"),
        ("{date: 0, precision: {one_of: [year]}}", "2024"),
    ],
)
def test_a_date_counts_days(drawn, declared, date):
    assert drawn(declared) == date


@pytest.mark.parametrize(
    "declared",
    ["{date: 400}", "{date: 0, from: nothing}", "{date: 0, from: month}", "{date: {value: nothing}}"],
)
def test_a_date_behind_the_last_or_counted_from_no_full_date_is_silent(drawn, declared):
    assert drawn(declared) is None


def test_a_time_lies_between_its_ends_on_the_day_of_the_record(drawn_often):
    seen = drawn_often('{time: ["07:30", "07:45"]}')
    assert all(re.fullmatch(r"2024-01-02T07:(3\d|4[0-4]):\d\d\+01:00", time) for time in seen)
    assert len(set(seen)) > 100


def test_a_time_may_lie_on_a_drawn_date_and_is_silent_with_it(drawn):
    assert drawn('{time: ["07:30", "07:30"], on: {date: 3}}') == "2024-01-04T07:30:00+01:00"
    assert drawn('{time: ["07:30", "07:30"], on: {date: 999}}') is None


def test_a_time_of_no_day_is_a_fault(compiler):
    compiler.draw({"time": ["25:00", "26:00"]})
    assert "25:00" in compiler.faults[0].why


def test_a_text_has_random_digits_and_names(drawn):
    assert re.fullmatch(r"K-\d{4} good", drawn('{text: "K-#### {mood}"}'))
