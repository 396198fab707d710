"""A value set as its definition composes it: what is included, less what is excluded.

What its parts alone can tell is told; the rest is None, never a guess.
Source: https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from adapter.fhir.terminology import filters
from adapter.fhir.terminology.concepts import Concepts, Resource, rows
from adapter.fhir.terminology.membership import Codes, Listed, Membership, Untold, all_of, any_of

INACTIVE = (("inactive", "true"), ("status", "retired"), ("status", "inactive"))
"""https://hl7.org/fhir/R4/codesystem-concept-properties.html"""


class System(Protocol):
    """A code system as a value set sees it; `concepts` is None where its codes follow a grammar."""

    def has(self, code: str) -> bool | None:
        """Tell whether the system has a code."""

    def concepts(self) -> Concepts | None:
        """Return its concepts where they are listed."""

    def codes(self) -> frozenset[str] | None:
        """Return every code where they are listed and complete."""


class Source(Protocol):
    """Where the parts of a value set are looked up."""

    def imported(self, url: str) -> Membership:
        """Return a value set; one that is not held is Untold."""

    def system(self, url: str, version: str | None) -> System | None:
        """Return a code system, or None where it is not held in this version."""

    def is_sensitive(self, system: str) -> bool:
        """Tell whether case matters in the codes of a system; True for one that is not held."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Codes of one system: listed, or told by `has` alone, or not to be told because of `reason`."""

    codes: frozenset[str] | None
    has: Callable[[str], bool | None]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One include or exclude: codes of a system that are in each of some value sets."""

    system: str | None
    chosen: Chosen | None
    sets: tuple[Membership, ...]

    def member(self, system: str | None, code: str) -> bool | None:
        """Tell whether a code is of this part."""
        if self.chosen is None:
            return all_of(each.member(system, code) for each in self.sets)
        if system is not None and system != self.system:
            return False
        return all_of((self.chosen.has(code), *(each.member(self.system, code) for each in self.sets)))

    def systems(self) -> Codes | None:
        """Return the codes of this part, or None where they cannot be enumerated."""
        if self.system is not None and self.chosen is not None and self.chosen.codes is not None:
            return (
                _those({self.system: self.chosen.codes}, self.member, wanted=True)
                if self.sets
                else {self.system: self.chosen.codes}
            )
        listed = next((codes for each in self.sets if (codes := each.systems()) is not None), None)
        return None if listed is None else _those(listed, self.member, wanted=True)

    def why(self, system: str | None) -> str | None:
        """Return why not every code (of a system) can be told."""
        if self.system is not None and system not in (None, self.system):
            return None
        if self.chosen is not None and self.chosen.reason is not None:
            return self.chosen.reason
        return next((reason for each in self.sets if (reason := each.why(system)) is not None), None)


def _those(codes: Codes, member: Callable[[str | None, str], bool | None], *, wanted: bool) -> Codes | None:
    """Return the codes of which `member` says what is wanted; None where it cannot tell one of them."""
    found: dict[str, frozenset[str]] = {}
    for system, every in codes.items():
        verdicts = {code: member(system, code) for code in every}
        if None in verdicts.values():
            return None
        found[system] = frozenset(code for code, verdict in verdicts.items() if verdict is wanted)
    return {system: kept for system, kept in found.items() if kept}


class Composed:
    """A value set by its parts."""

    def __init__(self, included: tuple[Part, ...], excluded: tuple[Part, ...]) -> None:
        self._included = included
        self._excluded = excluded

    def member(self, system: str | None, code: str) -> bool | None:
        """Tell whether a code is included and not excluded."""
        within = any_of(part.member(system, code) for part in self._included)
        if within is False or not self._excluded:
            return within
        without = any_of(part.member(system, code) for part in self._excluded)
        if without is not False:
            return False if without else None
        return within

    @cached_property
    def _listed(self) -> Codes | None:
        found: dict[str, frozenset[str]] = {}
        for part in self._included:
            codes = part.systems()
            if codes is None:
                return None
            for system, chosen in codes.items():
                found[system] = found.get(system, frozenset()) | chosen
        return _those(found, self._is_excluded, wanted=False) if self._excluded else found

    def _is_excluded(self, system: str | None, code: str) -> bool | None:
        return any_of(part.member(system, code) for part in self._excluded)

    def systems(self) -> Codes | None:
        """Return every code by its system, or None where they cannot be enumerated."""
        return self._listed

    def why(self, system: str | None = None) -> str | None:
        """Return why not every code (of a system) can be told."""
        parts = (*self._included, *self._excluded)
        return next((reason for part in parts if (reason := part.why(system)) is not None), None)


def compose(resource: Resource, source: Source) -> Membership:
    """Return the codes of a ValueSet resource by what it says it is composed of."""
    stated = resource.get("compose")
    if not isinstance(stated, dict) or not rows(stated, "include"):
        return Untold(f"{resource.get('url', 'the value set')} does not say what it is composed of")
    active = stated.get("inactive") is False
    made = Composed(
        tuple(_part(each, source, active) for each in rows(stated, "include")),
        tuple(_part(each, source, False) for each in rows(stated, "exclude")),
    )
    codes = made.systems()
    return made if codes is None else Listed(codes, source.is_sensitive)


def _part(stated: Resource, source: Source, active: bool) -> Part:
    named = stated.get("valueSet")
    sets = tuple(source.imported(url) for url in named if isinstance(url, str)) if isinstance(named, list) else ()
    system = stated.get("system")
    if isinstance(system, str):
        return Part(system.partition("|")[0], _chosen(system, stated, source, active), sets)
    return Part(None, None, sets or (Untold("an include names neither a code system nor a value set"),))


def _chosen(url: str, stated: Resource, source: Source, active: bool) -> Chosen:
    """Return what a part takes from its system."""
    listed = rows(stated, "concept")
    if listed:
        return _enumerated(frozenset(str(each.get("code")) for each in listed), source.is_sensitive(url))
    version = stated.get("version")
    system = source.system(url, version if isinstance(version, str) else None)
    if system is None:
        return _unheld(f"the code system {url}{f'|{version}' if version else ''} is not held here", stated)
    concepts = system.concepts()
    narrowed = rows(stated, "filter") + ([] if not active else [{}])
    if not narrowed:
        return Chosen(system.codes(), system.has, None if system.codes() is not None else _open(url, concepts))
    if concepts is None or not concepts.complete:
        return _unheld(f"not every code of {url} is here to be filtered", stated)
    return _filtered(concepts, rows(stated, "filter"), active)


def _open(url: str, concepts: Concepts | None) -> str | None:
    """Return why a whole system may leave a code untold: one that follows a grammar does not."""
    return None if concepts is None else f"the code system {url} has more codes than are here"


def _enumerated(codes: frozenset[str], sensitive: bool) -> Chosen:
    folded = codes if sensitive else frozenset(code.casefold() for code in codes)
    return Chosen(codes, lambda code: code in codes or (not sensitive and code.casefold() in folded))


def _untold(code: str) -> None:
    """Return None, of any code."""


def _unheld(reason: str, stated: Resource) -> Chosen:
    """Return a choice of which nothing can be told but what a filter's own value says: a code is-a itself."""
    selves = [each.get("value") for each in rows(stated, "filter") if each.get("op") == "is-a"]
    known = frozenset(selves) if len(selves) == len(rows(stated, "filter")) == 1 else frozenset()
    return Chosen(None, lambda code: True if code in known else None, reason)


def _filtered(concepts: Concepts, stated: list[Resource], active: bool) -> Chosen:
    try:
        codes = filters.passing(concepts, stated)
    except filters.Unfilterable as reason:
        return Chosen(None, _untold, str(reason))
    if active:
        codes -= {concept.code for concept in concepts if not set(INACTIVE).isdisjoint(concept.properties)}
    return _enumerated(codes, concepts.case_sensitive)
