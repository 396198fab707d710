from decimal import Decimal
from itertools import pairwise
from statistics import mean, stdev

import pytest

from adapter.sample.numbers import rounded


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(2.5, 0, "3"), (-0.5, 0, "0"), (1.0, 2, "1.00"), (-0.04, 1, "0.0"), (36.64, 1, "36.6")],
)
def test_a_number_is_written_with_its_digits(value, digits, written):
    assert str(rounded(value, digits)) == written


def test_a_normal_number_has_its_mean_and_deviation(drawn_often):
    seen = drawn_often("{normal: [10, 2]}")
    assert mean(seen) == pytest.approx(10, abs=0.4)
    assert stdev(seen) == pytest.approx(2, abs=0.3)


def test_a_number_stays_within_its_range(drawn_often):
    seen = drawn_often("{normal: [0, 5], within: [0, 3], digits: 0}")
    assert set(seen) == {0, 1, 2, 3}


def test_digits_make_a_decimal(drawn):
    assert isinstance(drawn("{uniform: [1, 2], digits: 2}"), Decimal)


def test_a_uniform_whole_number_reaches_both_ends(drawn_often):
    assert set(drawn_often("{uniform: [-1, 1], digits: 0}")) == {-1, 0, 1}


def test_two_thirds_of_a_lognormal_lie_within_its_factor(drawn_often):
    seen = drawn_often("{lognormal: [100, 2]}")
    assert 0.6 < sum(50 < value < 200 for value in seen) / len(seen) < 0.76


def test_a_poisson_count_has_its_mean(drawn_often):
    assert mean(drawn_often("{poisson: 1.5}")) == pytest.approx(1.5, abs=0.25)


def test_a_sum_adds_draws_constants_and_decimals(drawn):
    assert drawn("{sum: [1, '0.5', {uniform: [2, 2]}], digits: 1}") == Decimal("3.5")


def test_a_sum_with_a_silent_part_is_silent(drawn):
    assert drawn("{sum: [1, {value: nothing}]}") is None


def test_times_multiplies(drawn):
    assert drawn("{times: [3, -1], digits: 0}") == -3


@pytest.mark.parametrize(("points", "there"), [("{0: 0, 2: 1}", 0.5), ("{2: 7, 9: 1}", 7), ("{-9: 1, 0: 4}", 4)])
def test_a_line_runs_through_its_points_and_is_level_outside(drawn, points, there):
    assert drawn(f"{{along: study_day, points: {points}}}") == there


def test_a_walk_keeps_its_deviation_and_remembers(drawn_often):
    seen = drawn_often("{walk: 2, keep: 0.9}")
    steps = [abs(after - before) for before, after in pairwise(seen)]
    assert 1 < stdev(seen) < 3
    assert mean(steps) < 1.2
