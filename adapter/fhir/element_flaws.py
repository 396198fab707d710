"""What can be wrong with an element of a profile, seen against R4 and against the profiles it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.fhir import definitions, primitive
from adapter.fhir.constraints import UNBOUNDED, Constraints
from adapter.fhir.definitions import Field
from adapter.fhir.element_definition import BACKBONES, SYSTEM_TYPES, limit

Element = Mapping[str, Any]

# Types that R4's own profiles take for one another.
FAMILIES = (
    frozenset({"string", "code", "id", "markdown"}),
    frozenset({"uri", "url", "canonical", "oid", "uuid", "id"}),
    frozenset({"integer", "positiveInt", "unsignedInt"}),
    definitions.QUANTITIES - {"Money"},
)
STRENGTHS = ("example", "preferred", "extensible", "required")
DISCRIMINATORS = frozenset({"value", "exists", "pattern", "type", "profile"})
RULES = frozenset({"open", "closed", "openAtEnd"})


@dataclass(slots=True)
class Place:
    """A node while a profile is read: what it may hold, and its limits so far."""

    node: Constraints
    types: tuple[str, ...]  # of its value, by R4's names; a backbone's is its path
    low: int
    high: int
    element: Place | None  # of which it is a slice
    own: tuple[Field, ...] = ()  # R4's fields: one, or one a type of a choice

    @property
    def fields(self) -> tuple[Field, ...]:
        """R4's fields of the element, or of the element that this slices."""
        return self.own if self.element is None else self.element.fields


def is_known(code: str) -> bool:
    """Tell whether an element may have this type."""
    return code.startswith(SYSTEM_TYPES) or ("." not in code and definitions.is_type(code))


def flaws(element: Element, place: Place) -> Iterator[str]:
    """Yield every reason why an element cannot stand as it is stated."""
    yield from _limits(element, place)
    yield from _types(element, place)
    yield from _values(element, place)
    yield from _slicing(element)
    yield from _binding(element, place)


def _limits(element: Element, place: Place) -> Iterator[str]:
    """Limits may be narrowed; the root's are not judged: nothing above it has any."""
    if place.element is None and not place.own:
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
    codes = [entry["code"] for entry in element.get("type", ())]
    unknown = [code for code in codes if not is_known(code)]
    for code in unknown:
        yield f"R4 has no type {code!r}"
    if not place.fields:
        return
    for code in codes:
        if code not in unknown and not any(_is_a(code, kind) for kind in _allowed(place)):
            yield f"type {code} is none of {', '.join(_allowed(place))}"


def _allowed(place: Place) -> tuple[str, ...]:
    return place.types or tuple(field.type for field in place.fields)


def _is_a(code: str, kind: str) -> bool:
    """Tell whether a type may stand where another is allowed; a backbone's is stated as BackboneElement."""
    if code == kind or code.startswith(SYSTEM_TYPES) or "." in kind:
        return code in BACKBONES or code == kind or code.startswith(SYSTEM_TYPES)
    if code in BACKBONES:
        return definitions.kind(kind) in ("complex", "backbone", "primitive")
    return kind in definitions.bases(code) or any(code in family and kind in family for family in FAMILIES)


def _values(element: Element, place: Place) -> Iterator[str]:
    for key, value in element.items():
        field = _CHOICES.get(key)
        if field is None:
            continue
        if place.types and not any(_is_a(field, kind) for kind in place.types):
            yield f"{key} on an element of type {' or '.join(place.types)}"
        elif not _is_one(field, value):
            yield f"{key} holds no {field}"


def _choices() -> dict[str, str]:
    fields = definitions.fields("ElementDefinition").values()
    starts = ("fixed[x]", "pattern[x]", "minValue[x]", "maxValue[x]")
    return {field.key: field.type for field in fields if field.element in starts}


_CHOICES = _choices()


def _is_one(type_name: str, value: Any) -> bool:
    """Tell whether a value is of a type, as far as its outermost members tell."""
    if definitions.is_primitive(type_name):
        return primitive.valid(type_name, value)
    keys = definitions.fields(type_name).keys()
    return isinstance(value, dict) and all(key.removeprefix("_") in keys for key in value)


def _slicing(element: Element) -> Iterator[str]:
    stated = element.get("slicing", {})
    if stated.get("rules", "open") not in RULES:
        yield f"slicing.rules is {stated['rules']!r}, which is none of {', '.join(sorted(RULES))}"
    for each in stated.get("discriminator", ()):
        if each["type"] not in DISCRIMINATORS:
            yield f"a discriminator of type {each['type']!r}, which is none of {', '.join(sorted(DISCRIMINATORS))}"


def _binding(element: Element, place: Place) -> Iterator[str]:
    strength = element.get("binding", {}).get("strength")
    if strength is not None and strength not in STRENGTHS:
        yield f"a binding of strength {strength!r}, which is none of {', '.join(STRENGTHS)}"
