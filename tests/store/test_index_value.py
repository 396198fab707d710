from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.store.index_value import (
    HIGHEST,
    LONGEST,
    LOWEST,
    NOTHING,
    READERS,
    mark,
    number_key,
    plain,
    pointed,
    times,
)
from tests.store.rows import ZONE

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda d: len(d.as_tuple().digits) < 50
)


@given(numbers, numbers)
def test_keys_of_numbers_sort_as_the_numbers_do(one: Decimal, other: Decimal) -> None:
    assert (number_key(one) < number_key(other)) == (one < other)
    assert (number_key(one) == number_key(other)) == (one == other)
    assert LOWEST < number_key(one) < HIGHEST


@pytest.mark.parametrize("text", ["1", "1.0", "1.00", "10e-1"])
def test_equal_numbers_have_one_key_however_they_are_written(text: str) -> None:
    assert number_key(Decimal(text)) == number_key(Decimal(1))


@given(st.text())
def test_a_mark_is_a_number_that_every_database_holds_and_never_nothing(text: str) -> None:
    assert NOTHING < mark(text) < 2**63


@given(st.text())
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert len(plain(text)) <= LONGEST


def test_case_accents_and_blanks_are_no_difference() -> None:
    assert plain("  HÎVES\tÀ  la Crème ") == "hives a la creme"


def test_a_reference_is_found_whatever_its_version_and_a_canonical_without_one() -> None:
    assert pointed("Patient/1/_history/3") == ("Patient/1",)
    assert pointed("http://x|1.0") == ("http://x|1.0", "http://x")


def test_a_span_of_time_sorts_as_time_does() -> None:
    assert times("2025-06-01", ZONE) == (20250531160000000, 20250601160000000)
    with pytest.raises(ValueError, match="no date"):
        times("June", ZONE)


@pytest.mark.parametrize(
    ("kind", "type_", "value", "count"),
    [
        ("token", "CodeableConcept", {"coding": [{"code": "a"}, {"system": "urn:s"}, {"display": "x"}]}, 2),
        ("token", "boolean", False, 1),
        ("token", "Identifier", {"system": "urn:s"}, 1),
        ("token", "Identifier", {"type": {}}, 0),
        ("token", "ContactPoint", {"system": "phone"}, 0),
        ("reference", "Reference", {"reference": "#contained"}, 0),
        ("reference", "Reference", {"display": "x"}, 0),
        ("reference", "canonical", "http://x|1", 2),
        ("string", "HumanName", {"family": "Li", "given": ["A", None, "B"], "period": {}}, 3),
        ("string", "Address", {"line": ["1", "2"], "city": "C", "use": "home"}, 3),
        ("date", "Period", {}, 0),
        ("date", "Period", {"end": "2025"}, 1),
        ("date", "Timing", {"event": ["2025-01-01", "2025-03-01"], "repeat": {"boundsPeriod": {"start": "2024"}}}, 1),
        ("date", "Timing", {"repeat": {"frequency": 1}}, 0),
        ("number", "Quantity", {"unit": "mg"}, 0),
        ("number", "Quantity", {"value": Decimal(0)}, 1),
        ("number", "Money", {"value": Decimal(1), "currency": "CNY"}, 1),
        ("number", "Money", {"currency": "CNY"}, 0),
        ("number", "Range", {"low": {"value": 1}}, 1),
        ("number", "Range", {}, 0),
        ("number", "integer", 3, 1),
    ],
)
def test_a_value_gives_a_row_for_each_thing_it_is_found_by(kind: str, type_: str, value: Any, count: int) -> None:
    assert len(list(READERS[kind][type_](value, ZONE))) == count


def test_a_comparator_opens_a_quantity_on_one_side() -> None:
    read = READERS["number"]["Quantity"]
    ((low, high, *_),) = read({"value": Decimal(4), "comparator": ">="}, ZONE)
    assert (low, high) == (number_key(Decimal(4)), HIGHEST)
    ((low, high, *_),) = read({"value": Decimal(4), "comparator": "<"}, ZONE)
    assert (low, high) == (LOWEST, number_key(Decimal(4)))
