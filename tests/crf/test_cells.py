from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapter.crf.cells import escape, join, split


@given(st.lists(st.text(st.sampled_from("a;\\~ ")), min_size=1))
def test_what_is_joined_is_split_again(values: list[str]) -> None:
    assert split(join(values)) == values


def test_a_backslash_before_anything_else_stands_for_itself() -> None:
    assert split("C:\\temp;b\\;c\\\\") == ["C:\\temp", "b;c\\"]


def test_a_leading_tilde_is_doubled() -> None:
    assert [escape("~x"), escape("x~"), escape("~~")] == ["~~x", "x~", "~~~"]
