from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from adapter.validation.questionnaire.compare import identity, order, same

ML = {"system": "http://unitsofmeasure.org", "code": "mL"}


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("integer", 1, 2, -1),
        ("decimal", Decimal("1.50"), Decimal("1.5"), 0),
        ("decimal", 2, Decimal("1.5"), 1),
        ("integer", True, 1, None),
        ("integer", "1", 1, None),
        ("date", "2025-01-02", "2025-01-01", 1),
        ("date", "2025-01", "2025-01-01", None),
        ("date", "2024", "2025-01-01", -1),
        ("dateTime", "2025-01-01T10:00:00Z", "2025-01-01T11:00:00+01:00", 0),
        ("dateTime", "nonsense", "2025-01-01", None),
        ("time", "09:00:00", "10:00:00", -1),
        ("string", "b", "a", 1),
        ("Quantity", {"value": 1, **ML}, {"value": Decimal(2), **ML}, -1),
        ("Quantity", {"value": 1, "unit": "x"}, {"value": 1, "unit": "x"}, 0),
        ("Quantity", {"value": 1, **ML}, {"value": 2}, None),
        ("Quantity", 1, 2, None),
        ("boolean", True, False, None),
        ("Coding", {}, {}, None),
    ],
)
def test_two_answers_are_ordered_where_that_can_be_told(kind: str, one: Any, other: Any, expected: int | None) -> None:
    assert order(kind, one, other) == expected


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("Coding", {"system": "s", "code": "a", "display": "A"}, {"system": "s", "code": "a"}, True),
        ("Coding", {"system": "s", "code": "a"}, {"system": "t", "code": "a"}, False),
        ("Coding", {"system": "s"}, {"system": "s"}, False),
        ("boolean", True, True, True),
        ("boolean", True, 1, False),
        ("decimal", Decimal("1.0"), 1, True),
        ("Reference", {"reference": "Patient/1"}, {"reference": "Patient/1", "display": "x"}, True),
        ("Reference", {"display": "x"}, {"display": "x"}, False),
        ("date", "2025-01", "2025-01", True),
        ("Attachment", {"url": "x"}, {"url": "x"}, False),
    ],
)
def test_two_answers_are_the_same_by_what_identifies_them(kind: str, one: Any, other: Any, expected: bool) -> None:
    assert same(kind, one, other) is expected


def test_what_cannot_be_hashed_has_no_identity() -> None:
    assert identity("Coding", {"system": [], "code": "a"}) is None
    assert identity("Coding", {"system": "s", "code": {}}) is None
    assert identity("string", ["a"]) is None
