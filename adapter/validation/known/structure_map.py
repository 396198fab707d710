"""StructureMaps: the groups, variables and elements that rules name are there.

"Name of the source variable - must be declared in the group or in a rule above"; "Name of a rule or group to
apply"; "Variable to pass to the rule or group". Source: http://hl7.org/fhir/R4/structuremap.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import fields, is_type
from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import each, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

CORE = "http://hl7.org/fhir/StructureDefinition/"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
COUNTS = {
    "cast": (1, 2),
    "copy": (1, 1),
    "create": (0, 1),
    "escape": (2, 3),
    "evaluate": (1, 2),
    "pointer": (1, 1),
    "reference": (1, 1),
    "translate": (3, 3),
    "truncate": (2, 2),
    "uuid": (0, 0),
}
"""Transform → how many parameters it takes. Source: http://hl7.org/fhir/R4/mapping-tutorial.html"""

Variables = dict[str, str | None]
"""Name → type; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Map:
    """What may be named anywhere in a map."""

    groups: dict[str, dict[str, Any]]
    aliases: Variables
    imports: bool
    found: list[Finding] = field(default_factory=list)

    def add(self, told: str, step: str) -> None:
        """Keep an error at a path of the map."""
        self.found.append(error("business-rule", told, "structure-map", step))


def check_structure_map(value: dict[str, Any], scope: Scope) -> Found:
    """Return the names in a map that lead nowhere."""
    groups = {text(group, "name") or "": group for _, group in each(value, "group")}
    map_ = Map(groups, dict(_aliases(value)), bool(value.get("import")))
    for step, group in each(value, "group"):
        _group(group, step, map_)
    return map_.found or None


def _aliases(value: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for _, structure in each(value, "structure"):
        url, alias = text(structure, "url") or "", text(structure, "alias")
        name = url.removeprefix(CORE)
        yield alias or name, name if is_type(name) else None


def _group(group: dict[str, Any], step: str, map_: Map) -> None:
    name, extended = text(group, "name"), text(group, "extends")
    if name is not None and _NAME.fullmatch(name) is None:
        map_.add(f"{name[:80]!r} is no name: letters, digits and _, a letter first.", f"{step}.name")
    if extended is not None and extended not in map_.groups and not map_.imports:
        map_.add(f"No group is named {extended[:80]!r}.", f"{step}.extends")
    variables: Variables = {}
    for below, input_ in each(group, "input"):
        named, type_name = text(input_, "name"), text(input_, "type")
        if named in variables:
            map_.add(f"Two inputs are named {str(named)[:80]!r}.", f"{step}{below}.name")
        if type_name is not None and type_name not in map_.aliases and not is_type(type_name):
            map_.add(f"{type_name[:80]!r} is neither a type nor declared in structure.", f"{step}{below}.type")
        if named is not None:
            is_core = type_name is not None and is_type(type_name)
            variables[named] = map_.aliases.get(type_name or "", type_name if is_core else None)
    _rules(group, step, variables, map_)


def _rules(owner: dict[str, Any], step: str, outer: Variables, map_: Map) -> None:
    for below, rule in each(owner, "rule"):
        path, known = step + below, dict(outer)
        for place, source in each(rule, "source"):
            _reached(source, path + place, known, map_)
        for place, target in each(rule, "target"):
            if "context" in target:
                _reached(target, path + place, known, map_, is_target=True)
            elif text(target, "variable") is not None:
                known[target["variable"]] = None
            _transform(target, path + place, map_)
        for place, dependent in each(rule, "dependent"):
            _dependent(dependent, path + place, known, map_)
        _rules(rule, path, known, map_)


def _reached(part: dict[str, Any], step: str, known: Variables, map_: Map, *, is_target: bool = False) -> None:
    """Judge the variable and the element that a source or target names, and keep the variable that it makes."""
    context, element = text(part, "context"), text(part, "element")
    if context is not None and context not in known:
        map_.add(f"No variable is named {context[:80]!r} here.", f"{step}.context")
        return
    type_name = known.get(context or "")
    reached = None if element is None else _element(type_name, element)
    if element is not None and type_name is not None and reached == "":
        map_.add(f"{type_name} has no element {element[:80]!r}.", f"{step}.element")
    narrowed = text(part, "type")
    if narrowed is not None and reached and reached != narrowed:
        map_.add(f"{type_name}.{element} is a {reached}, never a {narrowed[:80]}.", f"{step}.type")
    variable = text(part, "variable")
    if variable is not None:
        made = None if is_target and "transform" in part else (reached or None) if element is not None else type_name
        known[variable] = narrowed or made


def _element(type_name: str | None, name: str) -> str | None:
    """Return the type of an element: '' where there is none of this name, None where that is not clear."""
    if type_name is None or not is_type(type_name):
        return None
    own = fields(type_name)
    if any(each_.element == f"{name}[x]" for each_ in own.values()) or name == "value":
        return None
    found = own.get(name)
    return "" if found is None else None if found.type in ("Resource", "DomainResource") else found.type


def _transform(target: dict[str, Any], step: str, map_: Map) -> None:
    transform, count = text(target, "transform"), sum(1 for _ in each(target, "parameter"))
    if transform is None and count:
        map_.add("Parameters belong to a transform: name it.", step)
    low, high = COUNTS.get(transform or "", (0, count))
    if not low <= count <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        map_.add(f"{transform} takes {wanted} parameters, not {count}.", step)


def _dependent(dependent: dict[str, Any], step: str, known: Variables, map_: Map) -> None:
    name = text(dependent, "name") or ""
    group = map_.groups.get(name)
    if group is None:
        if not map_.imports:
            map_.add(f"No group is named {name[:80]!r}.", f"{step}.name")
        return
    passed = dependent.get("variable")
    variables = passed if type(passed) is list else []
    wanted = sum(1 for _ in each(group, "input"))
    if len(variables) != wanted:
        map_.add(f"The group {name} takes {wanted} variables, not {len(variables)}.", step)
    for place, variable in enumerate(variables):
        if type(variable) is str and variable not in known:
            map_.add(f"No variable is named {variable[:80]!r} here.", f"{step}.variable[{place}]")
