"""The lenses: how an answer of an item's type fills an element of a FHIR type, and is read from it again.

A lens writes JSON text and reads parsed JSON. Codelists have theirs in `coding`, references in `reference`.
Sources: http://hl7.org/fhir/R4/datatypes.html; the table of types in docs/study-package.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from json.encoder import encode_basestring
from math import ceil, floor
from typing import Any

from adapter.crf.study import Item
from adapter.fhir import primitive
from adapter.mapping.notes import MISS, Note, Notes

UCUM = "http://unitsofmeasure.org"

Write = Callable[[Any], str]
Read = Callable[[Any, Notes], Any]


@dataclass(frozen=True, slots=True)
class Lens:
    """Two functions that undo each other: answer → JSON text, and parsed JSON → answer, or MISS. `expects` is for
    people.
    """

    write: Write
    read: Read
    expects: str
    around: tuple[str, str] | None = None
    """What stands before and behind an answer that is written as it is."""


WORDS = ("string", "markdown")
TOKENS = (*WORDS, "code", "id", "uri", "url", "canonical", "oid", "uuid")
WHOLE = ("integer", "positiveInt", "unsignedInt")
DATES = ("date", "dateTime")

NAMES: dict[str, dict[tuple[str, ...], str]] = {
    "text": {WORDS: "text"},
    "token": {TOKENS: "text"},
    "subject": {TOKENS: "text", ("Reference",): "reference"},
    "site": {TOKENS: "text", ("Reference",): "reference"},
    "visit": {TOKENS: "text", ("Reference",): "reference"},
    "integer": {(*WHOLE, "decimal"): "integer", ("Quantity",): "quantity"},
    "decimal": {("decimal",): "decimal", ("Quantity",): "quantity"},
    "boolean": {("boolean",): "boolean"},
    "date": {DATES: "date"},
    "fulldate": {DATES: "full date"},
    "datetime": {("dateTime",): "date and time"},
    "year": {DATES: "year", WHOLE: "integer"},
    "code": {},
}
"""Item type → FHIR types → the lens's name."""

YEARS = (Decimal(1), Decimal(9999))
"""The years that a FHIR date can say. Source: http://hl7.org/fhir/R4/datatypes.html#date"""

CODED = (*TOKENS, "boolean", *WHOLE, "Coding", "CodeableConcept")


def name(item: Item, fhir_type: str) -> str | None:
    """Return the name of the lens from `item` to `fhir_type`, None where there is none (rule 1)."""
    if item.codelist is not None:
        return "codelist" if fhir_type in CODED else None
    quantity = "Quantity" if fhir_type in ("Age", "Count", "Distance", "Duration") else fhir_type
    found = next((lens for types, lens in NAMES.get(item.type, {}).items() if quantity in types), None)
    return None if found == "quantity" and item.unit is None else found


def lens(item: Item, fhir_type: str, zone: str, pattern: str) -> Lens:
    """Return the lens of a hole that is neither a codelist's nor a reference's.

    `zone` is the offset of the study's days, `pattern` the shape of the item's text.
    """
    made: dict[str, Callable[[], Lens]] = {
        "text": lambda: _text(pattern),
        "integer": lambda: _plain(whole(item), f"a whole number{span(item)}"),
        "decimal": lambda: _plain(ranged(item, _decimal), f"a decimal number{span(item)}"),
        "quantity": lambda: _quantity(item),
        "boolean": lambda: Lens({True: "true", False: "false"}.__getitem__, _boolean, "true or false"),
        "date": lambda: _plain(_date(zone), "a date: YYYY, YYYY-MM or YYYY-MM-DD", ('"', '"')),
        "full date": lambda: _plain(_full_date(zone), "a full date: YYYY-MM-DD", ('"', '"')),
        "date and time": lambda: _plain(_datetime, "a date, or a time with seconds and offset", ('"', '"')),
        "year": lambda: Lens(_year_text, ranged(item, _year), f"a year{span(item)}"),
    }
    return made[name(item, fhir_type) or ""]()


def span(item: Item) -> str:
    """Return the item's range in words: ' from 0 to 3', or nothing."""
    low = "" if item.low is None else f" from {item.low}"
    return low + ("" if item.high is None else f" to {item.high}")


def ranged(item: Item, read: Read) -> Read:
    """Return `read`, but MISS outside the item's range."""
    low, high = item.low, item.high
    if low is None and high is None:
        return read

    def within(value: Any, notes: Notes) -> Any:
        answer = read(value, notes)
        if answer is MISS or (low is not None and answer < low) or (high is not None and answer > high):
            return MISS
        return answer

    return within


def _plain(read: Read, expects: str, around: tuple[str, str] = ("", "")) -> Lens:
    """Return the lens of an answer that is written as it is, with its own digits."""
    start, end = around
    return Lens(lambda answer: f"{start}{answer!s}{end}", read, expects, around)


def _year_text(answer: int) -> str:
    return f'"{answer:04d}"'


def _text(pattern: str) -> Lens:
    fits = re.compile(pattern, re.DOTALL | re.ASCII).fullmatch

    def read(value: Any, _notes: Notes) -> Any:
        return value if type(value) is str and fits(value) is not None else MISS

    return Lens(encode_basestring, read, "a text" if pattern.startswith(".") else f"a text like {pattern}")


def _integer(value: Any, _notes: Notes) -> Any:
    return value if type(value) is int else MISS


def whole(item: Item) -> Read:
    """Return the reader of a whole number within the item's range; a year's is FHIR's, 0001 to 9999, if it has none."""
    low, high = item.low, item.high
    if item.type == "year":
        low, high = YEARS[0] if low is None else low, YEARS[1] if high is None else high
    if low is None or high is None:
        return ranged(item, _integer)
    allowed = range(ceil(low), floor(high) + 1)
    return lambda value, _notes: value if type(value) is int and value in allowed else MISS


def _decimal(value: Any, _notes: Notes) -> Any:
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if type(value) is int else MISS


def _boolean(value: Any, _notes: Notes) -> Any:
    return value if type(value) is bool else MISS


def _quantity(item: Item) -> Lens:
    """Carry a number with its unit to a whole Quantity. The digits are kept, a unit is never converted.

    there: Decimal("72.50") -> {"value": 72.50, "unit": "kg", "system": UCUM, "code": "kg"}
    back:  MISS if another unit or a comparator stands there; absent units do no harm.
    Source: http://hl7.org/fhir/R4/datatypes.html#Quantity
    """
    unit = item.unit or ""
    quoted = encode_basestring(unit)
    tail = f',"unit":{quoted},"system":"{UCUM}","code":{quoted}}}'
    number = whole(item) if item.type == "integer" else ranged(item, _decimal)
    usual = {"unit": unit, "system": UCUM, "code": unit}

    def read(value: Any, notes: Notes) -> Any:
        try:
            amount = value["value"]
        except (KeyError, TypeError):
            return with_care(value, notes)
        return number(amount, notes) if value == {"value": amount, **usual} else with_care(value, notes)

    def with_care(value: Any, notes: Notes) -> Any:
        if type(value) is not dict or not _same_unit(value, unit):
            return MISS
        for key in value.keys() - {"value", "system", "code"}:
            if key != "unit" or value[key] != unit:
                notes.append(Note(value[key], key))
        return number(value.get("value"), notes)

    return _plain(read, f"a number{span(item)} in {unit}", ('{"value":', tail))


def _same_unit(quantity: dict[str, Any], unit: str) -> bool:
    if "comparator" in quantity or quantity.get("system", UCUM) != UCUM:
        return False
    return bool(quantity.get("code", quantity.get("unit", unit)) == unit)


def day(text: str, zone: str) -> str | None:
    """Return the day of a dateTime in the study's zone, a date as it is, None for anything else."""
    if primitive.valid("date", text):
        return text
    if not primitive.valid("dateTime", text):
        return None
    seconds = "59" if text[17:19] == "60" else text[17:19]  # a leap second is FHIR's, not Python's
    try:
        moment = datetime.fromisoformat(text[:17] + seconds + _offset(text))
        return moment.astimezone(offset(zone)).date().isoformat()
    except OverflowError:
        return None


def _offset(text: str) -> str:
    return "+00:00" if text.endswith("Z") else text[-6:]


def offset(zone: str) -> timezone:
    """Return the tzinfo of an offset such as `+08:00`."""
    if zone == "Z":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    span_of_zone = timedelta(hours=hours, minutes=minutes)
    return timezone(-span_of_zone if zone[0] == "-" else span_of_zone)


def _date(zone: str) -> Read:
    """A date from a dateTime is its day in the study's zone; the time that is lost is noted."""

    def read(value: Any, notes: Notes) -> Any:
        if type(value) is not str:
            return MISS
        if _plain_day(value):
            return value
        found = day(value, zone)
        if found is None:
            return MISS
        if found != value:
            notes.append(Note(value))
        return found

    return read


def _full_date(zone: str) -> Read:
    any_date = _date(zone)

    def read(value: Any, notes: Notes) -> Any:
        found = any_date(value, notes)
        return found if found is MISS or len(found) == 10 else MISS

    return read


def _plain_day(text: str) -> bool:
    """True for the common shape, `2025-06-01`, found out in one call of the standard library."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return text.isascii()


def _datetime(value: Any, _notes: Notes) -> Any:
    if type(value) is not str:
        return MISS
    return value if _plain_moment(value) or primitive.valid("dateTime", value) else MISS


def _plain_moment(text: str) -> bool:
    """True for the common shape, `2025-06-01T08:30:00+08:00`, found out in one call of the standard library."""
    if len(text) != 25 or text[10] != "T" or text[13] != ":" or text[19] not in "+-" or text[20:22] > "13":
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return text.isascii() and text[4] == text[7] == "-" and text[16] == text[22] == ":"


def _year(value: Any, notes: Notes) -> Any:
    """A year from a fuller date: the month and day are noted, and never kept where they are a birthday's."""
    if type(value) is not str or not (_plain_year(value) or primitive.valid("dateTime", value)):
        return MISS
    if len(value) > 4:
        notes.append(Note(value))
    return int(value[:4])


def _plain_year(text: str) -> bool:
    """True for the common shape, `1984`."""
    return len(text) == 4 and text.isascii() and text.isdecimal() and text != "0000"
