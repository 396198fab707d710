"""What search parameters of an Observation mean, told again by plain looks at a resource, without an index."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapter.store.moment import span, span_of
from tests.store.rows import ZONE

Resource = dict[str, Any]


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def values_of(resource: Resource, name: str) -> list[Any]:
    quantity = [resource["valueQuantity"]] if "valueQuantity" in resource else []
    found = {
        "code": [coding for coding in resource.get("code", {}).get("coding", []) if coding],
        "subject": [resource["subject"]["reference"]] if "subject" in resource else [],
        "date": [resource[key] for key in ("effectiveDateTime", "effectivePeriod") if key in resource],
        "value-quantity": quantity,
        "combo-value-quantity": [*quantity, *(each["valueQuantity"] for each in resource.get("component", []))],
        "value-string": [resource["valueString"]] if "valueString" in resource else [],
    }
    return found[name]


def is_code(coding: Any, asked: tuple[str, str], _modifier: str) -> bool:
    system, code = asked
    if system == "" and code == "":
        return False
    if code == "":
        return bool(system != "|" and coding.get("system") == system[:-1])
    right = {"": True, "|": "system" not in coding}.get(system, coding.get("system") == system[:-1])
    return coding.get("code") == code and right


def is_reference(reference: Any, asked: str, modifier: str) -> bool:
    asked = asked.removeprefix("http://here.example/fhir/")
    type_, _, id_ = asked.rpartition("/")
    held_type, _, held_id = reference.partition("/")
    return held_id == id_ and type_ in ("", held_type) and modifier in ("", held_type)


def is_date(value: Any, asked: tuple[str, str], _modifier: str) -> bool:
    held = span_of(value, ZONE)
    if held is None:
        return False
    (low, high), (from_, to) = held, span(asked[1], ZONE)
    within = from_ <= low and high <= to
    return {
        "": within,
        "eq": within,
        "ne": not within,
        "gt": high > to,
        "lt": low < from_,
        "ge": high > to or within,
        "le": low < from_ or within,
        "sa": low >= to,
        "eb": high <= from_,
        "ap": low < to and high > from_,
    }[asked[0]]


def is_quantity(value: Any, asked: tuple[str, str, str], _modifier: str) -> bool:
    prefix, text, unit = asked
    number, held = Decimal(text), value["value"]
    comparator = value.get("comparator", "")
    low = Decimal("-Infinity") if comparator.startswith("<") else held
    high = Decimal("Infinity") if comparator.startswith(">") else held
    half = Decimal("5") if "e" in text else Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    within = number - half <= low and high < number + half
    near = abs(number) / 10
    right = {
        "": within,
        "eq": within,
        "ne": not within,
        "gt": high > number,
        "lt": low < number,
        "ge": high >= number,
        "le": low <= number,
        "sa": low > number,
        "eb": high < number,
        "ap": high >= number - near and low <= number + near,
    }[prefix]
    if unit == "":
        return right
    _, system, code = unit.split("|")
    named = (
        code in (value.get("code"), value.get("unit"))
        if not system
        else value.get("code") == code and value.get("system") == system
    )
    return right and named


def is_string(value: Any, asked: str, modifier: str) -> bool:
    if modifier == "exact":
        return bool(value == asked)
    held, wanted = plain(value), plain(asked)
    return wanted in held if modifier == "contains" else held.startswith(wanted)


TESTS: dict[str, Callable[[Any, Any, str], bool]] = {
    "code": is_code,
    "subject": is_reference,
    "date": is_date,
    "value-quantity": is_quantity,
    "combo-value-quantity": is_quantity,
    "value-string": is_string,
}


def holds(resource: Resource, name: str, modifier: str, alternatives: list[Any]) -> bool:
    values = values_of(resource, name)
    if modifier == "missing":
        return (not values) == (alternatives == ["true"])
    some = any(TESTS[name](value, asked, modifier) for value in values for asked in alternatives)
    return not some if modifier == "not" else some


def position(body: Resource, id_: str, sort: str, _order: list[str]) -> Any:
    """Where a resource stands in an order; what it lacks comes last."""
    if sort == "_id":
        return (id_,)
    if sort in ("date", "-date"):
        spans = [span_of(value, ZONE) for value in values_of(body, "date")]
        known = [each for each in spans if each is not None]
        if not known:
            return (1, 0)
        number = int("".join(c for c in known[0][0] if c.isdigit()))
        return (0, number if sort == "date" else -number)
    if sort == "-value-string":
        values = values_of(body, "value-string")
        return (0, [-ord(c) for c in plain(values[0])] + [1]) if values else (1, [])
    quantity = values_of(body, "value-quantity")
    if not quantity:
        return (1, 0, -int(id_[1:]))
    low = Decimal("-Infinity") if quantity[0].get("comparator", "").startswith("<") else quantity[0]["value"]
    return (0, low, -int(id_[1:]))
