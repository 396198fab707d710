"""Which plan reads a resource: found by type, then by the constants that name it; among rivals the least
residue wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.mapping.entry_names import ANY, UNTOLD, code_of, names_of, names_of_entries
from adapter.mapping.plan import Array, Const, Node, Object, ResourcePlan
from adapter.mapping.taken import Read, Taken


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan with its reader and the names by which an incoming resource may be told to be its."""

    plan: ResourcePlan
    read: Read
    systems: frozenset[str]
    codes: frozenset[Any]


class Dispatch:
    """The plans of a study by resource type, then by code and identifier system where these name them."""

    def __init__(self, readers: Iterable[tuple[ResourcePlan, Read]]) -> None:
        self.by_type: dict[str, list[Candidate]] = {}
        for plan, read in readers:
            members = {member.key: member.node for member in plan.root.members}
            systems = frozenset(name for name in _systems(members.get("identifier")) if isinstance(name, str))
            codes = frozenset(_codes(members)) - {ANY}
            self.by_type.setdefault(plan.type, []).append(Candidate(plan, read, systems, codes))
        self.by_code = {kind: _index(found) for kind, found in self.by_type.items()}
        self.by_system = {kind: _systems_of(found) for kind, found in self.by_type.items()}

    def candidates(self, resource: Mapping[str, Any]) -> list[Candidate]:
        """Return the plans that may read a resource: those with its identifier's system, if there are any, and its
        code.
        """
        kind = str(resource.get("resourceType"))
        found = self.by_type.get(kind, [])
        if len(found) <= 1:
            return found
        if not self.by_code[kind]:
            return self._by_lone_system(resource, kind)
        found = _by_code(resource, found, self.by_code[kind])
        return _by_system(resource, found) if len(found) > 1 else found

    def _by_lone_system(self, resource: Mapping[str, Any], kind: str) -> list[Candidate]:
        """The common case of one identifier."""
        try:
            (identifier,) = resource["identifier"]
            return self.by_system[kind][identifier["system"]]
        except UNTOLD:
            return _by_system(resource, self.by_type[kind])

    def read(self, resource: Mapping[str, Any]) -> list[tuple[ResourcePlan, Taken]]:
        """Return the readings that leave the least: one as a rule; several forms where a resource fits them alike."""
        offered = self.candidates(resource)
        if len(offered) == 1:
            taken = Taken()
            return [(offered[0].plan, taken)] if offered[0].read(resource, taken) else []
        trials = []
        for candidate in offered:
            taken = Taken()
            if candidate.read(resource, taken):
                trials.append((candidate.plan, taken))
        if len(trials) <= 1:
            return trials
        least = min(taken.cost() for _, taken in trials)
        best = [(plan, taken) for plan, taken in trials if taken.cost() == least]
        return best if len({plan.form for plan, _ in best}) > 1 else best[:1]


def _index(found: list[Candidate]) -> dict[Any, list[Candidate]]:
    """Return code -> the candidates that it names, those without a code behind each."""
    open_to_all = [one for one in found if not one.codes]
    codes = {code for one in found for code in one.codes}
    return {code: [*(one for one in found if code in one.codes), *open_to_all] for code in codes}


def _systems_of(found: list[Candidate]) -> dict[str, list[Candidate]]:
    """Return identifier system -> the candidates that it names."""
    return {system: [one for one in found if system in one.systems] for each in found for system in each.systems}


def _by_code(resource: Mapping[str, Any], found: list[Candidate], index: dict[Any, list[Candidate]]) -> list[Candidate]:
    try:
        return index[resource["questionnaire"] if "questionnaire" in resource else code_of(resource)]
    except UNTOLD:
        incoming = _incoming_codes(resource)
    if len(incoming) == 1 and (named := index.get(incoming[0])) is not None:
        return named
    return [one for one in found if not one.codes or not incoming or not one.codes.isdisjoint(incoming)]


def _by_system(resource: Mapping[str, Any], found: list[Candidate]) -> list[Candidate]:
    identifier = resource.get("identifier")
    for one in identifier if isinstance(identifier, list) else (identifier,):
        system = one.get("system") if isinstance(one, dict) else None
        named = [candidate for candidate in found if system in candidate.systems] if isinstance(system, str) else None
        if named:
            return named
    return found


def _systems(node: Node | None) -> list[Any]:
    if isinstance(node, Array):
        return [name for name in names_of_entries(node) if name is not ANY]
    return names_of(node) if isinstance(node, Object) else []


def _codes(members: Mapping[str, Node]) -> list[Any]:
    questionnaire = members.get("questionnaire")
    if isinstance(questionnaire, Const):
        return [questionnaire.value, *questionnaire.others]
    code = members.get("code")
    return names_of(code) if isinstance(code, Object) else []


def _incoming_codes(resource: Mapping[str, Any]) -> list[Any]:
    if isinstance(resource.get("questionnaire"), str):
        return [resource["questionnaire"]]
    code = resource.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    if not isinstance(codings, list):
        return []
    return [
        (one.get("system"), one["code"])
        for one in codings
        if isinstance(one, dict) and isinstance(one.get("code"), str) and isinstance(one.get("system", ""), str)
    ]
