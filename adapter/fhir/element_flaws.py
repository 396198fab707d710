"""What can be wrong with an element of a profile, seen against R4 and against the profiles it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from adapter.fhir import definitions, derivation, discriminator_path, primitive
from adapter.fhir.constraints import UNBOUNDED
from adapter.fhir.element_definition import BACKBONES, SYSTEM_TYPES, Element, limit
from adapter.fhir.element_place import Place, is_type
from adapter.fhir.fhirpath import FhirPathError, compile_expression

# Types that published profiles take for one another: they are written alike in JSON.
FAMILIES = (
    frozenset({"string", "code", "id", "markdown"}),
    frozenset({"uri", "url", "canonical", "oid", "uuid", "id"}),
    frozenset({"integer", "positiveInt", "unsignedInt"}),
    definitions.QUANTITIES - {"Money"} | {"SimpleQuantity", "MoneyQuantity"},
)
VALUES = ("fixed[x]", "pattern[x]", "minValue[x]", "maxValue[x]")
STRENGTHS = ("example", "preferred", "extensible", "required")
DISCRIMINATORS = ("value", "exists", "pattern", "type", "profile")
RULES = ("open", "closed", "openAtEnd")


def flaws(element: Element, place: Place) -> Iterator[str]:
    """Yield every reason why an element cannot stand as it is stated."""
    yield from _limits(element, place)
    yield from _types(element, place)
    yield from _values(element, place)
    yield from _slicing(element, place)
    yield from _binding(element)
    yield from _invariants(element, place)
    yield from derivation.flaws(element, place)


def _limits(element: Element, place: Place) -> Iterator[str]:
    """Limits may be narrowed; the root's are not judged: nothing above it has any."""
    if not place.fields:
        return
    low = element.get("min", place.low)
    high = limit(element["max"]) if "max" in element else place.high
    if low < place.low:
        yield f"min {low} is less than {place.low}, which what it stands on asks for"
    if high > place.high:
        yield f"max {_written(high)} is more than {_written(place.high)}, which what it stands on allows"
    if low > high:
        yield f"min {low} is more than max {_written(high)}"


def _written(high: int) -> str:
    return "*" if high == UNBOUNDED else str(high)


def _types(element: Element, place: Place) -> Iterator[str]:
    for entry in element.get("type", ()):
        code = entry["code"]
        if code.startswith(SYSTEM_TYPES) or (code in BACKBONES and place.fields):
            continue
        if not is_type(code):
            yield f"R4 has no type {code!r}"
        elif not _may_be(code, place):
            yield f"type {code} is none of {', '.join(place.types)}"


def _may_be(code: str, place: Place) -> bool:
    return any(_is_a(code, kind) for kind in place.types)


def _is_a(code: str, kind: str) -> bool:
    """Tell whether a type may stand where another is allowed."""
    if code == kind or (is_type(code) and kind in definitions.bases(code)):
        return True
    return any(code in family and kind in family for family in FAMILIES)


def _values(element: Element, place: Place) -> Iterator[str]:
    for key in element.keys() & _value_types().keys():
        type_name = _value_types()[key]
        if not _may_be(type_name, place):
            yield f"{key} on an element of type {' or '.join(place.types)}"
        elif not _is_one(type_name, element[key]):
            yield f"{key} holds no {type_name}"


@cache
def _value_types() -> dict[str, str]:
    """Return the type of each key that states a value: fixedUri → uri."""
    fields = definitions.fields("ElementDefinition").values()
    return {field.key: field.type for field in fields if field.element in VALUES}


def _is_one(type_name: str, value: Any) -> bool:
    """Tell whether a value is of a type, as far as its outermost members tell."""
    if definitions.is_primitive(type_name):
        return primitive.valid(type_name, value)
    keys = definitions.fields(type_name).keys()
    return isinstance(value, dict) and all(key.removeprefix("_") in keys for key in value)


def _slicing(element: Element, place: Place) -> Iterator[str]:
    stated = element.get("slicing", {})
    yield from _one_of("slicing.rules", stated.get("rules"), RULES)
    for each in stated.get("discriminator", ()):
        yield from _one_of("slicing.discriminator.type", each["type"], DISCRIMINATORS)
        unread = list(_expression("the discriminator's path", each["path"], place))
        yield from unread or discriminator_path.flaws(each["path"], place.types)


def _binding(element: Element) -> Iterator[str]:
    yield from _one_of("binding.strength", element.get("binding", {}).get("strength"), STRENGTHS)


def _one_of(what: str, stated: str | None, allowed: tuple[str, ...]) -> Iterator[str]:
    if stated is not None and stated not in allowed:
        yield f"{what} is {stated!r}: expected {', '.join(allowed)}"


def _invariants(element: Element, place: Place) -> Iterator[str]:
    for each in element.get("constraint", ()):
        yield from _expression(f"the invariant {each['key']}", each["expression"], place)


def _expression(what: str, text: str, place: Place) -> Iterator[str]:
    try:
        compile_expression(text, place.types[0] if len(place.types) == 1 else "Element")
    except FhirPathError as reason:
        yield f"{what} does not parse: {reason}"
