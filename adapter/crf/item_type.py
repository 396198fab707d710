"""The type of an item, one text: `type [codelist] [range] [unit] [flags]`; and ranges, `0..2`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from adapter.crf.nearest import hint, nearest

TYPES = (
    "subject",
    "site",
    "visit",
    "token",
    "text",
    "code",
    "boolean",
    "integer",
    "decimal",
    "date",
    "fulldate",
    "datetime",
    "year",
    "group",
)
FLAGS = ("key", "required", "many", "restricted", "derived")
WHOLE = ("integer", "year")
NUMBERS = (*WHOLE, "decimal")
MEASURED = ("integer", "decimal")
DATES = ("date", "fulldate", "datetime")
TEXTS = ("subject", "site", "visit", "token", "text", "code")

SYNONYMS = {
    **dict.fromkeys(("string", "str", "char", "varchar", "textarea"), "text"),
    **dict.fromkeys(("number", "float", "double", "numeric", "quantity"), "decimal, or integer"),
    **dict.fromkeys(("int", "count"), "integer"),
    **dict.fromkeys(("bool", "checkbox", "yesno", "flag"), "boolean"),
    **dict.fromkeys(
        ("choice", "select", "enum", "radio", "dropdown", "codelist", "coding", "category"), "code CODELIST"
    ),
    **dict.fromkeys(("timestamp", "instant", "time"), "datetime"),
    **dict.fromkeys(("day", "partialdate"), "fulldate, or date for one that may be partial"),
    **dict.fromkeys(("id", "identifier", "barcode"), "token"),
    **dict.fromkeys(("list", "repeat", "table", "array"), "group many, or the flag many"),
}
"""What other systems call a type -> what to write."""

UNITS_MEANT = {
    **dict.fromkeys(("litre", "litres", "liter", "liters", "Liter", "ltr"), "L"),
    **dict.fromkeys(("kgs", "Kg", "KG", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("gram", "grams", "gr"), "g"),
    **dict.fromkeys(("cms", "centimetre", "centimeter", "centimetres"), "cm"),
    **dict.fromkeys(("mls", "cc", "millilitre", "milliliter"), "mL"),
    **dict.fromkeys(("mcg", "µg", "μg"), "ug"),
    **dict.fromkeys(("mmHg", "mmhg", "mm_Hg"), "mm[Hg]"),
    **dict.fromkeys(("°C", "degC", "celsius", "Celsius", "C°"), "Cel"),
    **dict.fromkeys(("bpm", "beats/min", "breaths/min"), "/min, or {beats}/min"),
    **dict.fromkeys(("year", "years", "yr", "yrs"), "a"),
    **dict.fromkeys(("month", "months"), "mo"),
    **dict.fromkeys(("week", "weeks"), "wk"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs"), "h"),
    **dict.fromkeys(("minute", "minutes", "mins"), "min"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("percent", "pct"), "%"),
    **dict.fromkeys(("IU", "iu"), "[IU]"),
    **dict.fromkeys(("tablet", "tablets"), "{tablet}"),
    **dict.fromkeys(("puff", "puffs"), "{puff}"),
    **dict.fromkeys(("score", "points"), "{score}"),
}
"""A unit as people write it, and UCUM does not -> UCUM's. Source: https://ucum.org/ucum (case sensitive)."""

_RANGE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)?\.\.(-?[0-9]+(?:\.[0-9]+)?)?", re.ASCII)
_NEARLY_RANGE = re.compile(r"[\[(]?-?[0-9.]+(-|–|…|to|:|,)?-?[0-9.]*[\])]?", re.ASCII)
"""What people write for a range, and no unit begins and ends with."""


@dataclass(frozen=True, slots=True)
class ItemType:
    """What the type text of an item says."""

    type: str
    codelist: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    flags: frozenset[str] = frozenset()


def parse_range(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of `LOW..HIGH`, either of which may be left out. ValueError says what is wrong."""
    found = _RANGE.fullmatch(text)
    if found is None or found[0] == "..":
        raise ValueError(f"{text} is no range; write it as 0..10, 0.. or ..10")
    low, high = (None if end is None else Decimal(end) for end in found.groups())
    if low is not None and high is not None and low > high:
        raise ValueError(f"the range {text} is upside down; write {high}..{low}")
    return low, high


def parse_type(text: str) -> tuple[ItemType, list[str]]:
    """Return the type and every reason why the text is none; an unknown type counts as `text`."""
    name, *words = text.split() or [""]
    if name not in TYPES:
        meant = SYNONYMS.get(name.lower())
        return ItemType("text"), [f"unknown type {name!r}{hint(name, TYPES) if meant is None else f'; write {meant}'}"]
    item_type, faults = ItemType(name), []
    for word in words:
        try:
            item_type = _with(item_type, word)
        except ValueError as reason:
            faults.append(str(reason))
    return item_type, [*faults, *_incoherent(item_type)]


def _with(item_type: ItemType, word: str) -> ItemType:
    if word in FLAGS:
        if word in item_type.flags:
            raise ValueError(f"the flag {word} stands twice")
        return replace(item_type, flags=item_type.flags | {word})
    if item_type.type in ("code", "boolean") and item_type.codelist is None:
        return replace(item_type, codelist=word)
    if ".." in word:
        return _ranged(item_type, word)
    return _measured(item_type, word)


def _ranged(item_type: ItemType, word: str) -> ItemType:
    low, high = parse_range(word)
    if item_type.type not in NUMBERS:
        raise ValueError(f"a {item_type.type} has no range; leave {word} out")
    if item_type.low is not None or item_type.high is not None:
        raise ValueError(f"a second range {word}")
    ends = [end for end in (low, high) if end is not None]
    if item_type.type in WHOLE and any(end != end.to_integral_value() for end in ends):
        raise ValueError(f"the range {word} of an {item_type.type} has whole ends")
    return replace(item_type, low=low, high=high)


def _measured(item_type: ItemType, word: str) -> ItemType:
    if nearest(word, FLAGS) is not None or item_type.type not in MEASURED:
        unit = "" if item_type.type in MEASURED else f" (a {item_type.type} has no unit)"
        raise ValueError(f"unknown flag {word!r}{hint(word, FLAGS)}{unit}")
    if word != "1" and _NEARLY_RANGE.fullmatch(word):  # 1 is UCUM's unity
        raise ValueError(f"{word} is no unit; a range is written LOW..HIGH: 0..10")
    if word in UNITS_MEANT:
        raise ValueError(f"{word} is no UCUM unit; write {UNITS_MEANT[word]}")
    if item_type.unit is not None:
        raise ValueError(f"two units, {item_type.unit} and {word}; or is one a flag that is not known?")
    return replace(item_type, unit=word)


def _incoherent(item_type: ItemType) -> Iterator[str]:
    flags = item_type.flags
    if item_type.type == "code" and item_type.codelist is None:
        yield "a code names its codelist: code CODELIST"
    if item_type.type == "group" and "many" not in flags:
        yield "a group repeats; write `group many`"
    if "key" in flags:
        for flag in sorted(flags & {"many", "restricted"}):
            yield f"a key cannot be {flag}"
        if item_type.type == "group":
            yield "a group cannot be a key"
