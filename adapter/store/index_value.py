"""What stands in the index for a value of FHIR: marks of codes and references, text without case or accents, spans of
time, spans of numbers; and the same for what a search asks for.

A mark is 63 bits of a hash: codes, systems, references and uris are compared by it, exactly and never by a part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from adapter.store.moment import EARLIEST, LATEST, span, span_of

LONGEST = 300
"""Characters of a string that are found by; what follows is not looked at."""

KEPT = 120
"""Characters of a text whose mark is remembered: codes, systems, references. Longer ones may be anybody's."""

LOWEST, HIGHEST = "", "3"
"""The keys before and after those of all numbers."""

NOTHING = 0
"""The mark of what is absent: a code without a system, a quantity without a unit."""

Row = tuple[Any, ...]
"""The columns of a row after its resource and place."""

_NOT_DIGITS = {ord(mark): None for mark in "-:.TZ"}
_COMPLEMENT = str.maketrans("0123456789", "9876543210")
_DIGITS = 60
_EXPONENTS = 50_000
_NAMES = ("text", "family", "given", "prefix", "suffix")
_LINES = ("text", "line", "city", "district", "state", "postalCode", "country")
_VERSION = re.compile(r"/_history/[^/]+", re.ASCII)


def mark(text: str) -> int:
    """63 bits for a text, never NOTHING."""
    return _kept_mark(text) if len(text) <= KEPT else _mark(text)


def _mark(text: str) -> int:
    return (int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1) or 1


_kept_mark = lru_cache(20_000)(_mark)


def maybe(text: Any) -> int:
    """The mark of a text that may be absent or empty."""
    return mark(text) if isinstance(text, str) and text else NOTHING


def plain(text: str) -> str:
    """The text as strings are compared: no accents, no case, single blanks, at most LONGEST characters."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())[:LONGEST]


def instant(text: str) -> int:
    """A time of `moment` as a number that sorts as time does: 20260131080000000."""
    return int(text.translate(_NOT_DIGITS))


def times(text: str, zone: str) -> tuple[int, int]:
    """The span (included, excluded) of a date or dateTime. ValueError when it is none."""
    low, high = span(text, zone)
    return instant(low), instant(high)


FIRST, LAST = instant(EARLIEST), instant(LATEST)


def number_key(value: Decimal) -> str:
    """A text that sorts as the number does, every digit of it kept up to 60."""
    if not value:
        return "1"
    sign, digits, _ = value.as_tuple()
    place = min(max(value.adjusted(), -_EXPONENTS), _EXPONENTS - 1) + _EXPONENTS
    text = f"{place:06d}" + "".join(map(str, digits)).rstrip("0")[:_DIGITS]
    return f"0{text.translate(_COMPLEMENT)}~" if sign else f"2{text}"


def pointed(text: str) -> tuple[str, ...]:
    """What a reference is found by: `Type/id` whatever its version; a canonical with its version and without."""
    if "|" in text:
        return text, text.partition("|")[0]
    return (_VERSION.sub("", text),)


def _coding(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    code, system = maybe(value.get("code")), maybe(value.get("system"))
    if code or system:
        yield code, system


def _concept(value: Mapping[str, Any], zone: str) -> Iterator[Row]:
    for coding in value.get("coding", ()):
        yield from _coding(coding, zone)


def _identifier(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    code, system = maybe(value.get("value")), maybe(value.get("system"))
    if code or system:
        yield code, system


def _contact(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    if value.get("value"):
        yield mark(value["value"]), NOTHING


def _code(value: Any, _zone: str) -> Iterator[Row]:
    text = value if isinstance(value, str) else {True: "true", False: "false"}.get(value)
    if text:
        yield mark(text), NOTHING


def _reference(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    text = value.get("reference")
    if isinstance(text, str) and not text.startswith("#"):
        yield from ((mark(each), NOTHING) for each in pointed(text))


def _uri(value: str, _zone: str) -> Iterator[Row]:
    yield from ((mark(each), NOTHING) for each in pointed(value))


def _string(value: str, _zone: str) -> Iterator[Row]:
    yield plain(value), mark(value)


def _parts(names: Iterable[str]) -> Callable[[Mapping[str, Any], str], Iterator[Row]]:
    def parts(value: Mapping[str, Any], zone: str) -> Iterator[Row]:
        for name in names:
            found = value.get(name, ())
            for part in [found] if isinstance(found, str) else found:
                if part is not None:
                    yield from _string(part, zone)

    return parts


def _time(value: Any, zone: str) -> Iterator[Row]:
    found = span_of(value, zone)
    if found is not None:
        yield instant(found[0]), instant(found[1])


def _timing(value: Mapping[str, Any], zone: str) -> Iterator[Row]:
    spans = [span_of(event, zone) for event in value.get("event", ())]
    spans.append(span_of(value.get("repeat", {}).get("boundsPeriod"), zone))
    known = [found for found in spans if found is not None]
    if known:
        yield instant(min(low for low, _ in known)), instant(max(high for _, high in known))


def _number(value: Any, _zone: str) -> Iterator[Row]:
    key = number_key(Decimal(value))
    yield key, key, NOTHING, NOTHING, NOTHING


def _quantity(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    if value.get("value") is None:
        return
    key, comparator = number_key(Decimal(value["value"])), value.get("comparator", "")
    low = LOWEST if comparator.startswith("<") else key
    high = HIGHEST if comparator.startswith(">") else key
    yield low, high, *_units(value)


def _money(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    if value.get("value") is not None:
        key = number_key(Decimal(value["value"]))
        yield key, key, maybe(value.get("currency")), NOTHING, mark("urn:iso:std:iso:4217")


def _range(value: Mapping[str, Any], _zone: str) -> Iterator[Row]:
    low, high = value.get("low", {}), value.get("high", {})
    if low.get("value") is None and high.get("value") is None:
        return
    from_ = number_key(Decimal(low["value"])) if low.get("value") is not None else LOWEST
    to = number_key(Decimal(high["value"])) if high.get("value") is not None else HIGHEST
    yield from_, to, *_units(low or high)


def _units(value: Mapping[str, Any]) -> Row:
    return maybe(value.get("code")), maybe(value.get("unit")), maybe(value.get("system"))


_CODES = {
    **dict.fromkeys(("code", "string", "id", "uri", "canonical", "boolean", "markdown", "oid", "url", "uuid"), _code),
    "Coding": _coding,
    "CodeableConcept": _concept,
    "Identifier": _identifier,
    "ContactPoint": _contact,
}
_AMOUNTS = dict.fromkeys(("Quantity", "Age", "Count", "Distance", "Duration"), _quantity)

READERS: Mapping[str, Mapping[str, Callable[[Any, str], Iterable[Row]]]] = {
    "token": _CODES,
    "identifier": {"Identifier": _identifier},
    "reference": {"Reference": _reference, "canonical": _uri, "uri": _uri},
    "uri": dict.fromkeys(("uri", "url", "canonical", "oid", "uuid"), _uri),
    "string": {
        **dict.fromkeys(("string", "markdown"), _string),
        "HumanName": _parts(_NAMES),
        "Address": _parts(_LINES),
    },
    "date": {**dict.fromkeys(("date", "dateTime", "instant", "Period"), _time), "Timing": _timing},
    "number": {
        **dict.fromkeys(("decimal", "integer", "positiveInt", "unsignedInt"), _number),
        **_AMOUNTS,
        "Money": _money,
        "Range": _range,
    },
}
"""Kind of place -> FHIR type -> what reads a value of it: the rows that stand for it."""

TABLES = {
    "token": "token",
    "identifier": "token",
    "reference": "token",
    "uri": "token",
    "string": "string",
    "date": "date",
    "number": "number",
}
"""Kind of place -> the table that its rows stand in."""
