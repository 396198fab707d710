"""ConceptMaps: codes are of the systems and value sets that the map says they are of.

"An absolute URI that identifies the source system where the concepts to be mapped are defined"; "the source value set
that contains the concepts that are being mapped". Source: http://hl7.org/fhir/R4/conceptmap.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import each, text

if TYPE_CHECKING:
    from adapter.fhir.terminology import Terminology
    from adapter.validation.scope import Scope


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a map: its value set where it has one, and the system of a group."""

    value_set: str | None
    system: str | None
    terminology: Terminology

    def refuses(self, code: str) -> str | None:
        """Return what a code is not of, or None where it is of it or that cannot be told."""
        if self.system is None:
            return None
        if self.value_set is not None:
            is_member = self.terminology.member(self.value_set, self.system, code)
            return self.value_set if is_member is False else None
        return self.system if self.terminology.known(self.system, code) is False else None


def check_concept_map(value: dict[str, Any], scope: Scope) -> Found:
    """Return the codes that are not of their side of a map, and sides that are no value sets."""
    terminology = scope.judge.definitions.terminology
    found: list[Finding] = []
    sets: list[str | None] = []
    for name in ("source", "target"):
        key = next((key for key in (f"{name}Canonical", f"{name}Uri") if text(value, key) is not None), None)
        url = None if key is None else text(value, key)
        if url is not None and terminology.is_system(url.partition("|")[0]):
            told = f"{url[:80]!r} is a code system: a map leads from one value set to another."
            found.append(error("value", told, "concept-map-scope", f".{name}"))
            url = None
        sets.append(url)
    for step, group in each(value, "group"):
        source = Side(sets[0], text(group, "source"), terminology)
        target = Side(sets[1], text(group, "target"), terminology)
        found += [_below(step, each_) for each_ in _mapped(group, source, target)]
    return found or None


def _mapped(group: dict[str, Any], source: Side, target: Side) -> Iterator[Finding]:
    for step, element in each(group, "element"):
        yield from _coded(element, step, source)
        for below, mapped in each(element, "target"):
            yield from _coded(mapped, step + below, target)


def _coded(owner: dict[str, Any], step: str, side: Side) -> Iterator[Finding]:
    code = text(owner, "code")
    missed = None if code is None else side.refuses(code)
    if missed is not None:
        yield error("code-invalid", f"{str(code)[:80]!r} is no code of {missed}.", "concept-map-code", f"{step}.code")


def _below(step: str, finding: Finding) -> Finding:
    finding.steps.append(step)
    return finding
