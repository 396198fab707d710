from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from adapter.crf.literal import literal
from tests.crf.studies import item


@pytest.mark.parametrize(
    ("type_text", "written", "value"),
    [
        ("code x", 3, "3"),
        ("code x", "red", "red"),
        ("boolean", False, False),
        ("integer 0..3", 0, 0),
        ("decimal", "1.10", Decimal("1.10")),
        ("decimal", 2, Decimal(2)),
        ("visit", "W2", "W2"),
    ],
)
def test_a_yaml_value_becomes_the_value_of_a_record(type_text: str, written: Any, value: Any) -> None:
    found = literal(item("a", type_text), written)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("type_text", "written"),
    [
        ("boolean", "yes"),
        ("boolean", 1),
        ("integer", True),
        ("integer", "3"),
        ("integer 0..3", 4),
        ("decimal", "x"),
        ("text", []),
        ("text", None),
    ],
)
def test_a_value_that_the_item_cannot_have_is_refused(type_text: str, written: Any) -> None:
    with pytest.raises(ValueError, match="a"):
        literal(item("a", type_text), written)
