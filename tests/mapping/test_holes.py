"""The text of a hole."""

from __future__ import annotations

import pytest

from adapter.mapping.holes import HoleText, parse


@pytest.mark.parametrize(
    ("text", "hole"),
    [
        ("{dose}", HoleText("dose")),
        ("{=dose}", HoleText("dose", repeat=True)),
        ("{dose!}", HoleText("dose", spoken=True)),
        ("{dose:code}", HoleText("dose", "code")),
        ("{pills.count}", HoleText("pills.count")),
        ("{of-age}", HoleText("of-age")),
    ],
)
def test_a_hole_names_an_item_and_how_it_stands_here(text: str, hole: HoleText) -> None:
    assert parse(text) == [hole]


def test_literals_and_holes_come_in_order_and_a_doubled_brace_is_one() -> None:
    assert parse("{{a}} {b}-{c}.") == ["{a} ", HoleText("b"), "-", HoleText("c"), "."]
    assert parse("nothing") == ["nothing"]


@pytest.mark.parametrize("text", ["{", "}", "{a", "a}", "{}", "{a b}", "{1a}", "{=a:}", "{a!!}", "{{a}"])
def test_a_hole_that_is_none_says_which_brace_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no hole|lone"):
        parse(text)
