"""Examples of types, made from the definitions table: as little as R4 allows, and one more element where asked.

What the table cannot tell (an invariant's wish, a format behind a binding) is stated in values.json, by the path
of the element, by type or by value set.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from adapter.fhir import json
from adapter.fhir.definitions import Field, fields, is_resource, kind, systems

STATED: dict[str, dict[str, Any]] = json.parse((Path(__file__).parent / "values.json").read_bytes())
FIRST = ("string", "code", "boolean", "uri", "CodeableConcept", "dateTime", "Quantity", "Reference", "Period")
"""Types that are preferred where a choice is free, or where an object needs something in it."""


def by_preference(field: Field) -> tuple[int, int]:
    return (FIRST.index(field.type) if field.type in FIRST else len(FIRST), field.order)


def value(field: Field) -> Any:
    """Return a value that the element may have, alone even where it repeats."""
    for table, name in (("path", field.path), ("key", f"{field.path}:{field.type}"), ("binding", str(field.binding))):
        if name.partition("|")[0] in STATED[table]:
            return copy.deepcopy(STATED[table][name.partition("|")[0]])
    if field.type == "code":
        return min(field.codes) if field.codes else "code-a"
    if field.type in ("Coding", "CodeableConcept"):
        return concept(field)
    if field.type == "Reference":
        target = field.targets[0] if field.targets and field.targets[0] != "Resource" else "Patient"
        return {"reference": f"{target}/1"}
    return of_type(field.type)


def concept(field: Field) -> dict[str, Any]:
    """Return a Coding or CodeableConcept with a code of the value set that the element is bound to."""
    coding = coded(field)
    if field.type == "Coding":
        return coding or {"system": "http://example.org/codes", "code": "a"}
    return {"coding": [coding]} if coding else {"text": "a concept"}


def coded(field: Field) -> dict[str, str] | None:
    known = systems(field.binding) if field.binding else None
    for system, codes in sorted((known or {}).items()):
        if codes:
            return {"system": system, "code": min(codes)}
    return None


def of_type(name: str) -> Any:
    """Return a value of a data type, or the smallest resource of a type."""
    return copy.deepcopy(_of_type(name))


@cache
def _of_type(name: str) -> Any:
    if name in STATED["type"]:
        return STATED["type"][name]
    made: dict[str, Any] = {"resourceType": name} if is_resource(name) else {}
    own = fields(name)
    for element in dict.fromkeys(field.element for field in own.values() if field.min):
        field = min((each for each in own.values() if each.element == element), key=by_preference)
        put(made, field, value(field))
    if not made:
        free = [each for each in own.values() if each.key not in ("id", "extension", "modifierExtension")]
        field = min(free, key=by_preference)
        put(made, field, value(field))
    return made


def put(owner: dict[str, Any], field: Field, content: Any) -> None:
    """Set an element; another type of the same choice gives way."""
    for key, other in fields(type_of(field)).items():
        if other.element == field.element:
            owner.pop(key, None)
    owner[field.key] = [content] if field.many else content


def type_of(field: Field) -> str:
    """The type that owns a field: 'Patient.contact' of 'Patient.contact.name'."""
    return field.path.rpartition(".")[0]


def is_object(name: str) -> bool:
    return kind(name) != "primitive"
