"""What a profile may not take back of what it stands on: a required binding, how slices are told, whom to refer to.

How often and of which type an element may be is judged with the element itself (element_flaws.py). Refused is what
HL7's validator makes no snapshot of, or calls an error when it does. Source: https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from collections.abc import Iterator

from adapter.fhir.conformance import type_named
from adapter.fhir.constraints import Slicing
from adapter.fhir.element_definition import Element
from adapter.fhir.element_place import Place


def flaws(element: Element, place: Place) -> Iterator[str]:
    """Yield what an element states against the profiles, or R4's own definition, beneath it."""
    yield from _binding(element, place)
    yield from _slicing(element, place.node.slicing)
    yield from _targets(element, place)


def _binding(element: Element, place: Place) -> Iterator[str]:
    stated = element.get("binding", {}).get("strength", "required")
    before = place.node.binding
    strengths = {field.strength for field in place.fields} if before is None else {before.strength}
    if strengths == {"required"} and stated != "required":
        yield f"the binding is {stated}, and required in what it stands on"


def _slicing(element: Element, before: Slicing | None) -> Iterator[str]:
    """The slices of an element are told apart as they were; of a choice, by type, however it is said."""
    stated = element.get("slicing")
    if before is None or stated is None or element["path"].endswith("[x]"):
        return
    if before.rules == "closed" and stated.get("rules", "open") != "closed":
        yield f"slicing is {stated.get('rules', 'open')}, and closed in what it stands on"
    told = {(each["type"], each["path"]) for each in stated.get("discriminator", ())}
    known = {(each.kind, each.path) for each in before.discriminators}
    if told and known and told != known:
        shown = ", ".join(f"{kind} {path}" for kind, path in sorted(known))
        yield f"slices are told apart by other signs than in what it stands on: {shown}"


def _targets(element: Element, place: Place) -> Iterator[str]:
    allowed = {name for field in place.fields if field.type == "Reference" for name in field.targets}
    if not allowed or "Resource" in allowed:
        return
    for entry in element.get("type", ()):
        for url in entry.get("targetProfile", ()) if entry["code"] == "Reference" else ():
            name = type_named(url)
            if name is not None and name not in allowed | {"Resource", "DomainResource"}:
                yield f"a reference to {name} is none to {', '.join(sorted(allowed))}"
