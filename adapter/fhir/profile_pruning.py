"""What a profile repeats of R4 is no constraint: left out, so that the validator judges it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapter.fhir import definitions
from adapter.fhir.constraints import UNBOUNDED, Constraints, Type
from adapter.fhir.definitions import Field
from adapter.fhir.element_place import Place, fields_of, types_of

CORE = "http://hl7.org/fhir/StructureDefinition/"


def without_base(element: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return an element of a snapshot without the invariants that R4 states of it: ele-1 stands at each."""
    known = {(each.key, each.expression) for name in _invariant_homes(place) for each in definitions.invariants(name)}
    stated = [each for each in element.get("constraint", ()) if (each["key"], each["expression"]) not in known]
    return {**{key: value for key, value in element.items() if key != "constraint"}, "constraint": stated}


def _invariant_homes(place: Place) -> set[str]:
    kinds = {kind for kind in place.types if definitions.is_type(kind)}
    return {"Element", "Extension", *kinds, *(field.path for field in place.fields)}


def prune(node: Constraints, types: tuple[str, ...]) -> None:
    """Take what R4 says already out of the elements below a node, and elements of which nothing is left."""
    for name, child in list(node.children.items()):
        fields = fields_of(types, name)
        for each in (child, *child.slices.values()):
            prune(each, types_of(each if each.types else child, fields))
        _prune_element(child, fields)
        if _is_empty(child):
            del node.children[name]


def _prune_element(node: Constraints, fields: Sequence[Field]) -> None:
    first = fields[0]
    if node.min == first.min:
        node.min = None
    if node.max == (UNBOUNDED if first.max is None else first.max):
        node.max = None
    if node.binding is not None:
        stated = (node.binding.strength, node.binding.value_set.partition("|")[0])
        node.binding = None if stated in {(field.strength, field.binding) for field in fields} else node.binding
    if {_known(each) for each in node.types} == {_stated(field) for field in fields}:
        node.types = ()


_Known = tuple[str, tuple[str, ...], frozenset[str]]


def _known(stated: Type) -> _Known:
    targets = {target.removeprefix(CORE) for target in stated.targets} - {"Resource"}
    return stated.code, tuple(profile.removeprefix(CORE) for profile in stated.profiles), frozenset(targets)


def _stated(field: Field) -> _Known:
    return field.type, () if field.profile is None else (field.profile,), frozenset(field.targets)


def _is_empty(node: Constraints) -> bool:
    """Tell a node that states nothing, of itself or below."""
    limits = (node.min, node.max, node.max_length, node.min_length, node.binding, node.slicing)
    values = (node.fixed, node.pattern, node.min_value, node.max_value)
    inner = (node.types, node.invariants, node.slices, node.children)
    return all(each is None for each in (*limits, *values)) and not any(inner)
