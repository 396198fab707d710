from __future__ import annotations

from decimal import Decimal

import pytest

from adapter.crf.item_type import TYPES, UNITS_MEANT, ItemType, parse_range, parse_type


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("text", ItemType("text")),
        ("code sex required", ItemType("code", "sex", flags=frozenset({"required"}))),
        ("boolean", ItemType("boolean")),
        ("boolean derived", ItemType("boolean", flags=frozenset({"derived"}))),
        ("integer 0..", ItemType("integer", low=Decimal(0))),
        ("integer ..5 /min", ItemType("integer", high=Decimal(5), unit="/min")),
        (
            "decimal -1.5..2 mm[Hg] key",
            ItemType("decimal", None, Decimal("-1.5"), Decimal(2), "mm[Hg]", frozenset({"key"})),
        ),
        ("decimal 10*9/L", ItemType("decimal", unit="10*9/L")),
        ("year 1900..2025", ItemType("year", low=Decimal(1900), high=Decimal(2025))),
    ],
)
def test_a_type_text_is_read_word_by_word(written: str, meant: ItemType) -> None:
    assert parse_type(written) == (meant, [])


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_known(name: str) -> None:
    assert parse_type({"code": "code x", "group": "group many"}.get(name, name))[1] == []


def test_every_fault_of_a_type_is_told() -> None:
    assert len(parse_type("text 0..1 mL requird")[1]) == 3


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("string", "unknown type 'string'; write text"),
        ("Float", "unknown type 'Float'; write decimal, or integer"),
        ("dropdown", "unknown type 'dropdown'; write code CODELIST"),
        ("decimal litres", "litres is no UCUM unit; write L"),
        ("decimal mmHg", "mmHg is no UCUM unit; write mm[Hg]"),
        ("integer 0..9 tablets", "tablets is no UCUM unit; write {tablet}"),
    ],
)
def test_what_other_systems_call_a_type_or_unit_is_told_with_what_to_write(written: str, why: str) -> None:
    assert parse_type(written)[1] == [why]


def test_no_unit_that_is_offered_is_refused() -> None:
    offered = [unit for meant in UNITS_MEANT.values() for unit in meant.split(", or ")]
    assert [parse_type(f"decimal {unit}")[1] for unit in offered] == [[] for _ in offered]


@pytest.mark.parametrize("written", ["0-3", "0–3", "0...3", "[0,3]", "3"])
def test_what_is_nearly_a_range_is_no_unit(written: str) -> None:
    assert any("range" in reason for reason in parse_type(f"integer {written}")[1])


@pytest.mark.parametrize("unit", ["10*9/L", "/min", "%", "{score}", "mm[Hg]", "1/d", "m2", "1"])
def test_a_unit_of_ucum_is_no_range(unit: str) -> None:
    assert parse_type(f"decimal {unit}") == (ItemType("decimal", unit=unit), [])


@pytest.mark.parametrize("written", ["..", "a..b", "3", "1...2", "2..1", ""])
def test_what_is_no_range_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"range"):
        parse_range(written)
