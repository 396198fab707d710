from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.narrative import check_narrative

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def found(value: Any) -> list[tuple[str, str]]:
    return [(each.code, each.key) for each in check_narrative(value, None) or ()]  # type: ignore[arg-type]


def test_a_sound_narrative_builds_nothing() -> None:
    assert check_narrative(DIV.format("a"), None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", None, 5, {}, []])
def test_what_is_no_text_is_of_the_wrong_format(value: Any) -> None:
    assert found(value) == [("value", "format")]


def test_what_r4_states_as_an_invariant_is_one() -> None:
    assert found(DIV.format("<u>a</u>")) == [("invariant", "txt-1")]
    assert found(DIV.format("")) == [("invariant", "txt-2")]
    assert found(DIV.format("<li>a</li>")) == [("value", "xhtml-place")]
