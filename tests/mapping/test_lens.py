"""The lenses: answer to JSON text and back, and what they refuse to read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from adapter.crf.study import Item
from adapter.fhir import json as fhir_json
from adapter.fhir.primitive import number
from adapter.mapping import lens, text
from adapter.mapping.notes import MISS, Note

KG = Item("weight", "decimal", low=Decimal(0), high=Decimal(300), unit="kg")
WHEALS = Item("wheals", "integer", low=Decimal(0), high=Decimal(3))


def made(item: Item, fhir_type: str, zone: str = "+08:00") -> lens.Lens:
    return lens.lens(item, fhir_type, zone, text.shape(item, {}))


@pytest.mark.parametrize(
    ("item", "fhir_type", "answer"),
    [
        (Item("a", "text"), "string", 'say "风团"\n'),
        (Item("a", "token"), "code", "R06AE07"),
        (WHEALS, "integer", 0),
        (WHEALS, "decimal", 3),
        (Item("a", "decimal"), "decimal", Decimal("1.10")),
        (KG, "Quantity", Decimal("72.50")),
        (KG, "Quantity", number("1e2")),
        (Item("a", "decimal"), "decimal", number("1E-7")),
        (Item("a", "integer", unit="d"), "Duration", 14),
        (Item("a", "boolean"), "boolean", False),
        (Item("a", "date"), "dateTime", "2025-06"),
        (Item("a", "fulldate"), "date", "2025-06-01"),
        (Item("a", "datetime"), "dateTime", "2025-06-01T08:30:00.120-03:30"),
        (Item("a", "year"), "date", 987),
        (Item("a", "year"), "integer", 1987),
    ],
)
def test_an_answer_comes_back_as_it_was_written(item: Item, fhir_type: str, answer: Any) -> None:
    found = made(item, fhir_type)
    notes: list[Note] = []
    back = found.read(fhir_json.parse(found.write(answer)), notes)
    assert (type(back), str(back), notes) == (type(answer), str(answer), [])


@pytest.mark.parametrize(
    ("item", "fhir_type"),
    [
        (Item("a", "decimal"), "Quantity"),
        (Item("a", "text"), "code"),
        (Item("a", "datetime"), "date"),
        (Item("a", "boolean"), "string"),
        (Item("a", "code", codelist="c"), "Quantity"),
        (Item("a", "fulldate"), "string"),
    ],
)
def test_a_pair_that_does_not_fit_has_no_lens(item: Item, fhir_type: str) -> None:
    assert lens.name(item, fhir_type) is None


@pytest.mark.parametrize(
    ("item", "fhir_type", "value"),
    [
        (WHEALS, "integer", 4),
        (WHEALS, "integer", True),
        (WHEALS, "integer", Decimal("1.0")),
        (KG, "Quantity", {"value": 5, "code": "g"}),
        (KG, "Quantity", {"value": 5, "comparator": "<"}),
        (KG, "Quantity", {"unit": "kg"}),
        (KG, "Quantity", 5),
        (Item("a", "boolean"), "boolean", "true"),
        (Item("a", "fulldate"), "date", "2025-06"),
        (Item("a", "fulldate"), "date", "2025-02-30"),
        (Item("a", "datetime"), "dateTime", "2025-06-01T08:30"),
        (Item("a", "token"), "string", "two words"),
        (Item("a", "text"), "string", None),
    ],
)
def test_what_an_item_cannot_hold_is_not_read(item: Item, fhir_type: str, value: Any) -> None:
    assert made(item, fhir_type).read(value, []) is MISS


def test_units_that_are_absent_do_no_harm_and_another_wording_is_noted() -> None:
    notes: list[Note] = []
    assert made(KG, "Quantity").read({"value": 5}, notes) == 5
    assert notes == []
    assert made(KG, "Quantity").read({"value": 5, "unit": "kilogram", "code": "kg"}, notes) == 5
    assert [(note.value, note.segments) for note in notes] == [("kilogram", ["unit"])]


@pytest.mark.parametrize(("zone", "day"), [("+08:00", "2025-06-02"), ("-05:00", "2025-06-01"), ("Z", "2025-06-01")])
def test_a_date_from_a_time_is_the_day_in_the_zone_of_the_study(zone: str, day: str) -> None:
    notes: list[Note] = []
    assert made(Item("a", "date"), "dateTime", zone).read("2025-06-01T20:30:00Z", notes) == day
    assert [note.value for note in notes] == ["2025-06-01T20:30:00Z"]


def test_a_year_from_a_birthday_leaves_the_day_behind() -> None:
    notes: list[Note] = []
    assert made(Item("a", "year"), "date").read("1991-03-07", notes) == 1991
    assert [note.value for note in notes] == ["1991-03-07"]


@pytest.mark.parametrize("low", ["0.5", "-2", None])
@pytest.mark.parametrize("high", ["3.5", "2", None])
def test_a_whole_number_is_read_within_the_range_and_no_other(low: str | None, high: str | None) -> None:
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    read = lens.whole(Item("a", "integer", low=ends[0], high=ends[1]))
    for value in range(-4, 6):
        within = (ends[0] is None or ends[0] <= value) and (ends[1] is None or value <= ends[1])
        assert read(value, []) == (value if within else MISS)
    assert [read(value, []) for value in (True, Decimal(1), "1", None)] == [MISS] * 4


@pytest.mark.parametrize(
    ("text", "answer"), [("1984", 1984), ("0000", MISS), ("١٩٨٤", MISS), ("198", MISS), ("19845", MISS)]
)
def test_a_year_has_four_digits_of_ascii(text: str, answer: Any) -> None:
    assert made(Item("a", "year"), "date").read(text, []) == answer


@pytest.mark.parametrize(("number", "read"), [(1, True), (1987, True), (9999, True), (0, False), (10000, False)])
def test_a_year_that_comes_as_a_number_is_one_that_a_date_can_say(number: int, read: bool) -> None:
    assert made(Item("a", "year"), "integer").read(number, []) == (number if read else MISS)
