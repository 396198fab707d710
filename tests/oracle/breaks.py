"""What is done to one element: each way breaks one rule, or is at its border and breaks none.

A break is a function of the spot that yields a name and a resource; nothing where it makes no sense there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from adapter.fhir import json
from adapter.fhir.definitions import Field, choice, fields, kind, systems
from tests.oracle.example import STATED, is_object, of_type, type_of, value
from tests.oracle.spot import Spot

Made: TypeAlias = tuple[str, dict[str, Any]]
Break: TypeAlias = Callable[[Spot], Iterator[Made]]

TEXTS: dict[str, list[Any]] = json.parse((Path(__file__).parent / "texts.json").read_bytes())
"""Values at both sides of the border of each primitive type."""

EXTENSION = {"url": "http://example.org/extension", "valueString": "a"}
CODED = ("code", "Coding", "CodeableConcept")
OTHERS = ("Substance", "Patient")
CORE = "http://hl7.org/fhir/StructureDefinition/"
UNKNOWN_SYSTEM = "http://example.org/no-such-codes"


def sound(spot: Spot) -> Iterator[Made]:
    yield "there", spot.with_value()[0]


def absent(spot: Spot) -> Iterator[Made]:
    """A required element is missing, or replaced by what is said about it."""
    if spot.field.min:
        resource, owner = spot.owner()
        others = fields(type_of(spot.field)).values()
        for key in [each.key for each in others if each.element == spot.field.element]:
            owner.pop(key, None)
        yield "missing", copy.deepcopy(resource)
        if not is_object(spot.field.type):
            beside = {"extension": [EXTENSION]}
            owner[f"_{spot.field.key}"] = [beside] if spot.field.many else beside
            yield "an extension alone", resource


def counted(spot: Spot) -> Iterator[Made]:
    """A list where one value is expected, one value where a list is."""
    content = value(spot.field)
    many = spot.field.many
    yield from written(spot, "one in place of a list" if many else "a list of one", content if many else [content])
    if not many:
        yield from written(spot, "a list of two", [content, content])
    elif spot.field.max is None:
        yield from written(spot, "two", [content, content])
    else:
        yield from written(spot, "too many", [content] * (spot.field.max + 1))


def retyped(spot: Spot) -> Iterator[Made]:
    """JSON of another type."""
    others: list[Any] = [{"a": 1}, "text", 12, True]
    for other in others:
        if type(other) is not type(value(spot.field)):
            yield from written(spot, f"a JSON {type(other).__name__}", [other] if spot.field.many else other)


def emptied(spot: Spot) -> Iterator[Made]:
    """null, {}, [], "" and lists of them."""
    yield from written(spot, "null", None)
    yield from written(spot, "an empty list", [])
    nothing: Any = {} if is_object(spot.field.type) else ""
    yield from written(spot, "nothing in it", [nothing] if spot.field.many else nothing)
    if spot.field.many:
        yield from written(spot, "a list of null", [None])
        yield from written(spot, "null beside a value", [value(spot.field), None])


def misplaced(spot: Spot) -> Iterator[Made]:
    """A key that the type does not have."""
    key = spot.field.key
    for name, wrong in (("misspelt", f"{key}s"), ("in capitals", key.upper()), ("a twin of no primitive", f"_{key}")):
        resource, owner = spot.with_value()
        if wrong not in fields(type_of(spot.field)) and not (wrong[0] == "_" and not is_object(spot.field.type)):
            owner[wrong] = owner[key] if wrong[0] != "_" else {"extension": [EXTENSION]}
            yield name, resource


def chosen(spot: Spot) -> Iterator[Made]:
    """Two of a choice; a type that the choice does not have."""
    owner_type = type_of(spot.field)
    if spot.field.element != spot.field.key:
        for other in choice(owner_type, spot.field.element):
            if other != spot.field.key:
                resource, owner = spot.with_value()
                owner[other] = value(fields(owner_type)[other])
                yield f"with {other}", resource
                break
        stem = spot.field.element.removesuffix("[x]")
        resource, owner = spot.owner()
        owner[f"{stem}Narrative"] = STATED["type"]["Narrative"]
        yield "a Narrative", resource
        resource, owner = spot.owner()
        owner[stem] = value(spot.field)
        yield "without its type", resource


def formatted(spot: Spot) -> Iterator[Made]:
    """Texts and numbers at both sides of the border of a primitive type."""
    if not is_object(spot.field.type):
        for text in TEXTS.get(spot.field.type, ()):
            yield from written(spot, f"{spot.field.type} {text!r:.40}", [text] if spot.field.many else text)


def recoded(spot: Spot) -> Iterator[Made]:
    """Codes that are not in the value set, systems that are none, displays that are others."""
    if spot.field.type not in CODED or spot.field.binding is None:
        return
    if spot.field.type == "code":
        for code in ("no-such-code", value(spot.field).upper()):
            yield from written(spot, f"code {code[:20]}", [code] if spot.field.many else code)
        return
    for name, coding in codings(spot.field):
        content = coding if spot.field.type == "Coding" else {"coding": coding if type(coding) is list else [coding]}
        if type(content) is dict:
            yield from written(spot, name, [content] if spot.field.many else content)
    if spot.field.type == "CodeableConcept":
        yield from written(spot, "text alone", [{"text": "a"}] if spot.field.many else {"text": "a"})


def codings(field: Field) -> Iterator[tuple[str, Any]]:
    known = systems(field.binding or "") or {}
    yield "of an unknown system", {"system": UNKNOWN_SYSTEM, "code": "a"}
    yield "a display alone", {"display": "a"}
    yield "of no system", {"code": "no-such-code"}
    yield "of another known system", {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}
    for system, codes in sorted(known.items())[:1]:
        if codes:
            right = {"system": system, "code": min(codes)}
            yield "an unknown code", {"system": system, "code": "no-such-code"}
            yield "without its system", {"code": min(codes)}
            yield "without its code", {"system": system}
            yield "a display of its own", {**right, "display": "no such display"}
            yield "in capitals", {**right, "code": min(codes).swapcase()}
            yield "a slash behind its system", {**right, "system": f"{system}/"}
            yield "two codings, one unknown", [right, {"system": UNKNOWN_SYSTEM, "code": "a"}]
            yield "two codings, one wrong", [right, {"system": system, "code": "no-such-code"}]


def referred(spot: Spot) -> Iterator[Made]:
    """References: of other types, at odds with themselves, to nothing."""
    if spot.field.type != "Reference":
        return
    targets = [each for each in spot.field.targets if each != "Resource"] or ["Patient"]
    other = next((name for name in OTHERS if name not in targets), "Bundle")
    right = f"{targets[0]}/1"
    for name, content in (
        ("to another type", {"reference": f"{other}/1"}),
        ("to another type by url", {"reference": f"http://example.org/fhir/{other}/1"}),
        ("its type at odds", {"reference": right, "type": other}),
        ("of another type, by identifier", {"type": other, "identifier": {"value": "1"}}),
        ("of a type that is none", {"type": "Nothing", "identifier": {"value": "1"}}),
        ("to a type that is none", {"reference": "Nothing/1"}),
        ("to a version", {"reference": f"{right}/_history/2"}),
        ("to what is not contained", {"reference": "#nothing"}),
        ("by uuid", {"reference": "urn:uuid:0b8a7a3e-6f0b-4c1c-9d4a-3c8b5c1f2d11"}),
        ("by a uuid that is none", {"reference": "urn:uuid:1"}),
        ("by text alone", {"display": "a"}),
        ("with blanks", {"reference": f"{targets[0]}/ 1"}),
        ("of an id that is none", {"reference": f"{targets[0]}/a_b"}),
        ("without an id", {"reference": targets[0]}),
    ):
        yield from written(spot, name, [content] if spot.field.many else content)


def extended(spot: Spot) -> Iterator[Made]:
    """Extensions of the element: as they should be and as they should not."""
    for name, extension in (
        ("an unknown one", EXTENSION),
        ("without a url", {"valueString": "a"}),
        ("without a value", {"url": EXTENSION["url"]}),
        ("a value and extensions", {**EXTENSION, "extension": [EXTENSION]}),
        ("a relative url", {"url": "extension", "valueString": "a"}),
        ("two values", {**EXTENSION, "valueInteger": 1}),
        ("a known one of another type", {"url": f"{CORE}data-absent-reason", "valueString": "a"}),
        ("a known one of a wrong code", {"url": f"{CORE}data-absent-reason", "valueCode": "a"}),
        ("a known one", {"url": f"{CORE}data-absent-reason", "valueCode": "unknown"}),
        ("a known one of elsewhere", {"url": f"{CORE}patient-birthPlace", "valueAddress": {"city": "Berlin"}}),
        ("an unknown one of R4", {"url": f"{CORE}no-such-extension", "valueString": "a"}),
    ):
        yield from beside(spot, name, {"extension": [extension]})
    yield from beside(spot, "an id alone", {"id": "a"})
    yield from beside(spot, "an id with blanks", {"id": "a b"})


def beside(spot: Spot, name: str, content: dict[str, Any]) -> Iterator[Made]:
    """Yield the resource with something said about the element: in it, or in the twin of a primitive."""
    for with_value in (True, False):
        resource, owner = spot.with_value()
        key = spot.field.key
        if is_object(spot.field.type):
            at = owner[key][0] if spot.field.many else owner[key]
            if type(at) is dict and with_value and "resourceType" not in at:
                at.update(content)
                yield name, resource
        else:
            owner[f"_{key}"] = [content] if spot.field.many else content
            if not with_value:
                del owner[key]
            yield name if with_value else f"{name}, no value", resource


def twinned(spot: Spot) -> Iterator[Made]:
    """Twins of repeating primitives: longer, shorter, of nothing."""
    if is_object(spot.field.type) or not spot.field.many:
        return
    content = value(spot.field)
    for name, values, twins in (
        ("side by side", [content, None], [None, {"extension": [EXTENSION]}]),
        ("a twin that is longer", [content], [None, {"extension": [EXTENSION]}]),
        ("a twin that is shorter", [content, content], [{"extension": [EXTENSION]}]),
        ("null in both", [content, None], [{"extension": [EXTENSION]}, None]),
        ("a twin that is no list", [content], {"extension": [EXTENSION]}),
    ):
        resource, owner = spot.with_value()
        owner[spot.field.key], owner[f"_{spot.field.key}"] = values, twins
        yield name, resource


def joined(spot: Spot) -> Iterator[Made]:
    """Together with every other element of its owner in turn: what invariants between two of them say."""
    for other in fields(type_of(spot.field)).values():
        if other.element != spot.field.element and kind(other.type) != "backbone":
            resource, owner = spot.with_value()
            if other.key not in owner and other.key not in ("contained", "extension", "modifierExtension"):
                content = of_type(other.type) if other.key == "text" else value(other)
                owner[other.key] = [content] if other.many else content
                yield f"with {other.key}", resource


def written(spot: Spot, name: str, content: Any) -> Iterator[Made]:
    """Yield the resource with exactly this in the element."""
    resource, owner = spot.with_value()
    owner[spot.field.key] = content
    yield name, resource


BREAKS: dict[str, Break] = {
    "sound": sound,
    "absent": absent,
    "count": counted,
    "JSON type": retyped,
    "empty": emptied,
    "unknown element": misplaced,
    "choice": chosen,
    "format": formatted,
    "code": recoded,
    "reference": referred,
    "extension": extended,
    "twin": twinned,
    "pair": joined,
}
