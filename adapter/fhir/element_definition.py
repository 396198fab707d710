"""An ElementDefinition, read into the constraints that it states: what it leaves unsaid stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapter.fhir.constraints import UNBOUNDED, Binding, Constraints, Discriminator, Slicing, Type
from adapter.fhir.definitions import Invariant

SYSTEM_TYPES = "http://hl7.org/fhirpath/System."
BACKBONES = frozenset({"BackboneElement", "Element"})

Element = Mapping[str, Any]


def apply(element: Element, node: Constraints) -> None:
    """Put what an element states into its node; a derived profile's word comes after its base's."""
    node.min = element.get("min", node.min)
    node.max = limit(element["max"]) if "max" in element else node.max
    node.max_length = element.get("maxLength", node.max_length)
    node.min_length = element.get("minLength", node.min_length)
    node.types = types(element.get("type", ())) or node.types
    node.slicing = _slicing(element["slicing"], node.slicing) if "slicing" in element else node.slicing
    node.binding = _binding(element.get("binding", {})) or node.binding
    new = (each for each in invariants(element) if each not in node.invariants)
    node.invariants = (*node.invariants, *new)
    _apply_values(element, node)


def _apply_values(element: Element, node: Constraints) -> None:
    for key, value in element.items():
        if key.startswith("fixed"):
            node.fixed, node.fixed_key = value, key
        elif key.startswith("pattern"):
            node.pattern = value
        elif key.startswith("minValue"):
            node.min_value = value
        elif key.startswith("maxValue"):
            node.max_value = value


def limit(stated: str) -> int:
    """Return the number that a `max` states."""
    return UNBOUNDED if stated == "*" else int(stated)


def types(stated: Iterable[Element]) -> tuple[Type, ...]:
    """Return the types stated, one for each code; () where the base's own is repeated (a backbone, System.String)."""
    found: dict[str, Type] = {}
    for entry in stated:
        code = entry["code"]
        profiles, targets = tuple(entry.get("profile", ())), tuple(entry.get("targetProfile", ()))
        if code in found:  # written once a target
            profiles, targets = _either(found[code].profiles, profiles), _either(found[code].targets, targets)
        found[code] = Type(code, profiles, targets)
    own = [code for code, each in found.items() if not each.profiles]
    is_repeated = any(code.startswith(SYSTEM_TYPES) or code in BACKBONES for code in own)
    return () if is_repeated else tuple(found.values())


def _either(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return what two entries of a type ask: either of both, and nothing where one of them asks nothing."""
    return (*one, *other) if one and other else ()


def _slicing(stated: Element, before: Slicing | None) -> Slicing:
    """How slices are told apart, and whether they are ordered, stays as it was where it is not stated."""
    before = Slicing(()) if before is None else before
    discriminators = tuple(Discriminator(each["type"], each["path"]) for each in stated.get("discriminator", ()))
    return Slicing(
        discriminators or before.discriminators, stated.get("rules", "open"), stated.get("ordered", before.ordered)
    )


def _binding(stated: Element) -> Binding | None:
    return Binding(stated["strength"], stated["valueSet"]) if "valueSet" in stated else None


def invariants(element: Element) -> tuple[Invariant, ...]:
    """Return the constraints that an element states by FHIRPath."""
    stated = element.get("constraint", ())
    return tuple(Invariant(each["key"], each["severity"], each["expression"], each.get("human", "")) for each in stated)
