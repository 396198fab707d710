from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from adapter.fhir.primitive import number
from adapter.validation.questionnaire.limit import limits_of
from adapter.validation.questionnaire.reading import CORE
from adapter.validation.questionnaire.walk import Walk
from tests.validation.questionnaire.fakes import scope_of


def keys(kind: str, value: Any, *extensions: tuple[str, Any], **item: Any) -> list[str]:
    stated = [{"url": CORE + name, "valueX": content} for name, content in extensions]
    walk = Walk({}, scope_of({}))
    limits = limits_of({"type": kind, "extension": stated, **item}, kind)
    return [each.key for limit in limits for each in limit(value, walk) or ()]


@pytest.mark.parametrize(
    ("written", "places"), [("1", 0), ("1.5", 1), ("1.50", 2), ("1.5e1", 0), ("150e-2", 2), ("1e2", 0), ("-0.001", 3)]
)
def test_decimal_places_are_counted_as_they_are_written(written: str, places: int) -> None:
    assert keys("decimal", number(written), ("maxDecimalPlaces", places)) == []
    assert keys("decimal", number(written), ("maxDecimalPlaces", places - 1)) == ["qr-decimals"]


def test_the_characters_of_a_number_are_those_it_is_written_with() -> None:
    assert keys("decimal", number("1.50"), maxLength=4) == []
    assert keys("decimal", number("1.50"), maxLength=3) == ["qr-max-length"]
    assert keys("decimal", number("1e2"), ("regex", "1e2")) == []


def test_both_bounds_hold_together() -> None:
    bounds = ("minValue", 1), ("maxValue", Decimal("2.5"))
    assert [keys("integer", value, *bounds) for value in (0, 1, 2, 3)] == [["qr-min-value"], [], [], ["qr-max-value"]]


def test_a_bound_that_is_no_number_is_not_silent() -> None:
    assert keys("integer", 1, ("minValue", "one")) == ["qr-min-value"]


def test_an_expression_that_is_not_understood_is_told_not_guessed() -> None:
    assert keys("string", "a", ("regex", "(?<name>a)")) == ["qr-regex"]


def test_a_text_that_is_asked_for_in_lines_may_have_them() -> None:
    assert keys("string", "a\nb", type="text") == []
    assert keys("string", "a\nb") == ["qr-line-break"]
