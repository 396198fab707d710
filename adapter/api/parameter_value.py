"""The value of a search parameter -> the condition that it means: alternatives, prefixes, precision, modifiers.

Source: http://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Context, Decimal

from adapter.api.failure import failure, unsupported
from adapter.store import search_query
from adapter.store.index_path import Sought, identifier_of
from adapter.store.index_value import LONGEST, mark, number_key, plain, times
from adapter.store.moment import span
from adapter.store.search_query import Comparison, Kind, Match

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")

MODIFIERS = {
    "string": ("exact", "contains"),
    "token": ("not",),
    "reference": ("identifier",),
    "uri": (),
    "date": (),
    "number": (),
    "quantity": (),
}
"""Type of parameter -> the modifiers that it takes beside :missing, and a reference beside :Type."""

_EXACT = Context(prec=120)
"""What no digit of a number that can be asked for is lost in."""

LAST_CHARACTER = "\U0010ffff"

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
_WILD = re.compile(r"[%_\\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value is read with: the server's address and types, and the offset of times that have none."""

    base: str
    types: Collection[str]
    zone: str


def match(sought: Sought, modifier: str, value: str, meaning: Meaning) -> Match:
    """The condition of one parameter. Failure 400 for a value or a modifier that it does not take."""
    places = tuple(place.number for place in sought.places)
    kind = sought.parameter.type
    if modifier == "missing":
        return Match(_kind(kind), places, missing=_truth(value))
    reads: Callable[[str], list[Comparison]] = {
        "token": lambda text: _token(text, sought),
        "uri": _uri,
        "string": lambda text: [_string(text, modifier)],
        "date": lambda text: [date(text, meaning.zone)],
        "number": lambda text: [_number(text)],
        "quantity": lambda text: [_quantity(text)],
        "reference": lambda text: _references(text, modifier, sought, meaning),
    }[kind]
    if modifier and modifier not in MODIFIERS[kind] and not (kind == "reference" and modifier[:1].isupper()):
        raise unsupported(f"The modifier :{modifier[:60]} of {sought.parameter.code} is not supported: leave it out.")
    if modifier == "identifier":
        places = tuple(identifier_of(place).number for place in sought.places)
        reads = _identifier
    tests = [test for text in alternatives(value) for test in reads(text)]
    return Match(_kind(kind), places, tuple(tests), modifier == "not", selective=_is_selective(sought, modifier))


def updated(value: str, zone: str) -> Match:
    """The condition of `_lastUpdated`."""
    tests = [Comparison(prefix, _span(text, zone)) for prefix, text in map(_prefixed, alternatives(value))]
    return Match("updated", tests=tuple(tests))


def date(text: str, zone: str) -> Comparison:
    """A date with its prefix, at the precision that it is given in."""
    prefix, value = _prefixed(text)
    try:
        return Comparison(prefix, times(_zoned(value), zone))
    except ValueError as reason:
        raise _no_date(reason) from None


def alternatives(value: str) -> list[str]:
    """The values between commas, escapes left in; empty ones say nothing."""
    return [text for text in _split(value, ",") if text]


def plain_text(text: str) -> str:
    """A value without its escapes."""
    return re.sub(r"\\([,|$\\])", r"\1", text)


def _parts(text: str) -> list[str]:
    """The parts of a value between bars, without escapes."""
    return [plain_text(part) for part in _split(text, "|")]


def _split(text: str, mark_: str) -> list[str]:
    """The parts between marks; one behind a backslash is none."""
    parts, start, place = [], 0, 0
    while place < len(text):
        if text[place] == mark_:
            parts.append(text[start:place])
            start = place + 1
        place += 2 if text[place] == "\\" else 1
    return [*parts, text[start:]]


def _kind(type_: str) -> Kind:
    kinds: dict[str, Kind] = {
        "token": "token",
        "reference": "token",
        "uri": "token",
        "string": "string",
        "date": "date",
        "number": "number",
        "quantity": "number",
    }
    return kinds[type_]


def _is_selective(sought: Sought, modifier: str) -> bool:
    """A business key and a person are of few resources; a study, a site or a questionnaire may be of all."""
    return modifier == "identifier" or sought.parameter.code == "identifier" or "Patient" in sought.targets


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise failure("invalid", ":missing takes true or false.")
    return value == "true"


def _token(text: str, sought: Sought) -> list[Comparison]:
    """A code; the system of one that R4 binds to it alone may be given, though no element holds it."""
    system, code = _system_and_code(text)
    implied = {leaf.implied for place in sought.places for leaf in place.leaves} - {None}
    return [search_query.token(("" if system in implied and code else system, code))]


def _identifier(text: str) -> list[Comparison]:
    return [search_query.token(_system_and_code(text))]


def _system_and_code(text: str) -> tuple[str | None, str]:
    system, *code = _parts(text)
    return (system, "|".join(code)) if code else (None, system)


def _uri(text: str) -> list[Comparison]:
    return [Comparison("bare", (mark(plain_text(text)),))]


def _string(text: str, modifier: str) -> Comparison:
    whole = plain_text(text)
    value = plain(whole)
    if not value:
        return _NONE_OF_STRINGS
    if modifier == "exact":
        return Comparison("exact", (value, mark(whole)))
    if modifier == "contains":
        return Comparison("contains", ("%" + _WILD.sub(r"\\\g<0>", value) + "%",))
    return Comparison("starts", (value, value[: LONGEST - 1] + LAST_CHARACTER))


def _references(text: str, modifier: str, sought: Sought, meaning: Meaning) -> list[Comparison]:
    """`Type/id`, this server's own address of it, an id alone, or another's address or canonical as it is."""
    value = plain_text(text).removeprefix(f"{meaning.base}/fhir/").partition("/_history/")[0]
    wanted = [modifier] if modifier else sorted(sought.targets)
    type_, slash, id_ = value.partition("/")
    if not slash and "|" not in value and ":" not in value:
        known = [each for each in wanted or sorted(meaning.types) if each in meaning.types or modifier]
        return [Comparison("bare", (mark(f"{each}/{value}"),)) for each in known] or [_NONE]
    is_local = slash == "/" and "/" not in id_ and ":" not in value
    if is_local and wanted and type_ not in wanted:
        return [_NONE]
    return [Comparison("bare", (mark(value),))]


_NONE = Comparison("both", (-1, -1))
_NONE_OF_STRINGS = Comparison("exact", ("", 0))
"""What no row is."""


def _prefixed(text: str) -> tuple[str, str]:
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


def _zoned(text: str) -> str:
    return text.replace(" ", "+")  # a + that nobody escaped is a blank in a query


def _span(text: str, zone: str) -> tuple[str, str]:
    try:
        return span(_zoned(text), zone)
    except ValueError as reason:
        raise _no_date(reason) from None


def _no_date(reason: ValueError) -> Exception:
    return failure("invalid", f"{reason}; before it may stand one of {', '.join(PREFIXES)}.")


def _number(text: str) -> Comparison:
    prefix, value = _prefixed(text.replace(" ", "+"))
    return Comparison(f"{prefix} any", _amounts(prefix, value))


def _quantity(text: str) -> Comparison:
    parts = _parts(text)
    prefix, value = _prefixed(parts[0].replace(" ", "+"))
    found = _amounts(prefix, value)
    if len(parts) == 1:
        return Comparison(f"{prefix} any", found)
    if len(parts) != 3 or not parts[2]:
        raise failure("invalid", "A quantity is 5.4, 5.4|http://unitsofmeasure.org|mg or 5.4||mg.")
    if not parts[1]:
        return Comparison(f"{prefix} unit", (*found, mark(parts[2])))
    return Comparison(f"{prefix} both", (*found, mark(parts[2]), mark(parts[1])))


def _amounts(prefix: str, text: str) -> tuple[str, str, str]:
    """The keys of what a number stands for by its digits, from and to, and of the number itself: 5.4 is 5.35 to 5.45.

    100 is 99.5 to 100.5, and 1e2 is 95 to 105, as R4 has it. What is about (`ap`) is a tenth to each side.
    """
    if not _NUMBER.fullmatch(text):
        raise failure("invalid", f"A number is looked for: 5.4, before it may stand one of {', '.join(PREFIXES)}.")
    value = Decimal(text)
    exponent = int(value.as_tuple().exponent)
    half = abs(value) / 10 if prefix == "ap" else Decimal(5).scaleb(exponent - (2 if exponent > 0 else 1))
    low, high = number_key(_EXACT.subtract(value, half)), number_key(_EXACT.add(value, half))
    return low, f"{high}~" if prefix == "ap" else high, number_key(value)
