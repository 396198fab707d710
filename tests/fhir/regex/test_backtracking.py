from __future__ import annotations

import pytest

from adapter.fhir.regex.backtracking import EFFORT, Backtracking, ways
from adapter.fhir.regex.parser import parse


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("abc", 1),
        ("^a$", 1),
        ("a|b|c", 3),
        ("a*", 11),
        ("a+", 10),
        ("a{2,3}", 2),
        ("a?b?", 4),
        ("a*b*", 121),
        ("(?=a*)b", 12),
    ],
)
def test_ways_through_a_text_of_ten_characters(expression: str, expected: int) -> None:
    assert ways(parse(expression), 10) == expected


def test_a_repeat_of_a_repeat_has_more_ways_than_can_be_afforded() -> None:
    assert ways(parse("(a+)+"), 30) > EFFORT
    assert ways(parse("(a|a)*"), 30) > EFFORT


def test_the_longest_text_is_shorter_the_more_ways_there_are() -> None:
    lengths = [Backtracking(each).longest for each in ("^a", "^a*b", "^a*b*c", "^a*b*c*d", "^(a*)*b")]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 100_000
    assert 1 < lengths[-1] < 20


def test_a_replacement_may_name_what_a_group_found() -> None:
    assert Backtracking("^(..)/(..)").substitute("11/30", "$2-$1-$7") == "30-11-$7"
    assert Backtracking("(x)?b").substitute("abc", "[$1]") == "a[]c"
