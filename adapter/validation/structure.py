"""Whether a resource has the shape that R4 gives it: known elements, single or repeating, values of their
types.

Cardinalities from below, bindings beyond plain codes, references' targets and invariants are not looked at
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.fhir import primitive
from adapter.fhir.definitions import Field, fields, is_primitive, is_resource
from adapter.outcome import Issue
from adapter.validation.contained import check_contained

DEEPEST = 64
"""Levels of nesting below which no resource of a trial lies."""


def check_structure(resource: Any) -> list[Issue]:
    """Every way in which a resource is not of the shape that R4 gives its type; of a sound one, none."""
    return [*_resource(resource, None, 0), *check_contained(resource)]


def _resource(value: Any, path: str | None, depth: int) -> Iterator[Issue]:
    type_ = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(type_, str) or not is_resource(type_):
        text = "This is no FHIR resource: an object with a resourceType of R4 is expected."
        yield Issue("error", "structure", text, path)
        return
    yield from _object(value, type_, path or type_, depth)


def _object(value: Any, type_: str, path: str, depth: int) -> Iterator[Issue]:
    if not isinstance(value, dict) or not value:
        text = f"A {type_} with at least one element is expected: an object, not {_named(value)}."
        yield Issue("error", "structure", text, path)
        return
    if depth > DEEPEST:
        yield Issue("error", "too-costly", f"Nested deeper than {DEEPEST} levels: send a flatter resource.", path)
        return
    known = fields(type_)
    yield from _choices(value, known, path)
    yield from _twins(value, known, path)
    for key, content in value.items():
        if key == "resourceType" and is_resource(type_):
            continue
        field = known.get(key.removeprefix("_"))
        if field is None or (key.startswith("_") and not is_primitive(field.type)):
            text = f"{type_} has no element {key[:80]!r}: remove it, or carry it in an extension."
            yield Issue("error", "structure", text, path)
        else:
            yield from _element(content, field, f"{path}.{key}", depth, twin=key.startswith("_"))


def _choices(value: Mapping[str, Any], known: Mapping[str, Field], path: str) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for key in dict.fromkeys(key.removeprefix("_") for key in value):
        field = known.get(key)
        if field is not None and field.element != field.key:
            if field.element in seen:
                text = f"{seen[field.element]} and {key} are two types of one element: send one of them."
                yield Issue("error", "structure", text, path)
            seen[field.element] = key


def _twins(value: Mapping[str, Any], known: Mapping[str, Field], path: str) -> Iterator[Issue]:
    """The list of a repeating primitive and the one of what is said about it: side by side, no place empty."""
    for key, content in value.items():
        if not isinstance(content, list) or key not in known or not is_primitive(known[key].type):
            continue
        beside = value.get(f"_{key}")
        if isinstance(beside, list):
            aligned = len(content) == len(beside) and (None, None) not in zip(content, beside, strict=True)
        else:
            aligned = None not in content
        if not aligned:
            text = f"{key} and _{key} have an entry for each other, null where one of them has nothing to say."
            yield Issue("error", "structure", text, f"{path}.{key}")


def _element(content: Any, field: Field, path: str, depth: int, *, twin: bool) -> Iterator[Issue]:
    if field.many != isinstance(content, list):
        shape = "a list" if field.many else "a single value, not a list,"
        yield Issue("error", "structure", f"{field.key} is {shape} in R4.", path)
    elif not field.many:
        yield from _value(content, field, path, depth, twin=twin)
    elif not content:
        yield Issue("error", "structure", "A list is never empty in FHIR: leave the element out.", path)
    else:
        for position, entry in enumerate(content):
            if entry is None and is_primitive(field.type):
                continue  # holds a place beside the list of the other twin
            yield from _value(entry, field, f"{path}[{position}]", depth, twin=twin)


def _value(content: Any, field: Field, path: str, depth: int, *, twin: bool) -> Iterator[Issue]:
    if is_primitive(field.type):
        if twin:
            yield from _object(content, field.type, path, depth + 1)
        else:
            yield from _primitive(content, field, path)
    elif field.type == "Resource":
        yield from _resource(content, path, depth + 1)
    else:
        yield from _object(content, field.type, path, depth + 1)


def _primitive(content: Any, field: Field, path: str) -> Iterator[Issue]:
    expected = primitive.why(field.type, content)
    if expected is not None:
        yield Issue("error", "value", expected, path)
    elif field.type == "code" and field.codes is not None and content not in field.codes:
        codes = ", ".join(sorted(field.codes)[:20])
        yield Issue("error", "code-invalid", f"{content[:80]!r} is not among R4's codes here: {codes}.", path)


def _named(value: Any) -> str:
    if isinstance(value, dict):
        return "an empty object"
    return "null" if value is None else f"a {type(value).__name__}"
