"""What a profile may not take back of what it stands on: a required binding, how slices are told, whom to refer to.

How often and of which type an element may be is judged with the element itself (element_flaws.py). Refused is what
HL7's validator makes no snapshot of, or calls an error when it does. Source: https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from collections.abc import Iterator

from adapter.fhir.conformance import CORE, type_named
from adapter.fhir.constraints import Slicing
from adapter.fhir.definitions import bases
from adapter.fhir.element_definition import Element
from adapter.fhir.element_place import Place

ANY = frozenset({"Resource", "DomainResource"})


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
    """Slices are told apart as they were, and by more at most; of a choice, by type, however it is said."""
    stated = element.get("slicing")
    if before is None or stated is None or element["path"].endswith("[x]"):
        return
    rules = stated.get("rules", "open")
    if rules == "open" != before.rules:
        yield f"slicing is open, and {before.rules} in what it stands on"
    if before.ordered and stated.get("ordered", True) is False:
        yield "slices are in no order, and ordered in what it stands on"
    told = [(each["type"], each["path"]) for each in stated.get("discriminator", ())]
    known = [(each.kind, each.path) for each in before.discriminators]
    if told and told[: len(known)] != known:
        shown = ", ".join(f"{kind} {path}" for kind, path in known)
        yield f"slices are told apart by other signs than in what it stands on: {shown}"


def _targets(element: Element, place: Place) -> Iterator[str]:
    references = [each for each in element.get("type", ()) if each["code"] == "Reference"]
    stated = [url for each in references for url in each.get("targetProfile", ())]
    before = [url for each in place.node.types if each.code == "Reference" for url in each.targets]
    yield from _narrowed(stated, before) if before else _of_r4(stated, place)


def _of_r4(stated: list[str], place: Place) -> Iterator[str]:
    """A reference to any resource repeats R4's targets, so published profiles have it."""
    allowed = {name for field in place.fields if field.type == "Reference" for name in field.targets}
    if not allowed or "Resource" in allowed:
        return
    for name in filter(None, map(type_named, stated)):
        if name not in allowed | ANY:
            yield f"a reference to {name} is none to {', '.join(sorted(allowed))}"


def _narrowed(stated: list[str], before: list[str]) -> Iterator[str]:
    """A type has to be one that the profile beneath names, or of one; what another profile is of is not known here."""
    allowed = {url.partition("|")[0] for url in before}
    for name in filter(None, map(type_named, stated)):
        if allowed.isdisjoint(CORE + each for each in (name, *bases(name), "Resource")):
            yield f"a reference to {name} is none to {', '.join(sorted(allowed))}"
