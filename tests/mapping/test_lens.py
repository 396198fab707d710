"""The lenses: answer to JSON text and back, and what they refuse to read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from adapter.crf.study import Item
from adapter.fhir import json as fhir_json
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
