"""The names of list entries and resources: what their constants tell them by.

A template entry has a name where its constants give one: an extension's url, an identifier's system, a coding's system
and code, an item's linkId. An incoming entry has the names that stand in the same places.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from adapter.mapping.plan import Array, Choice, Const, Node, Object

NAMING = ("url", "linkId", "system")
NAMED = frozenset(NAMING)
ANY: Any = object()
"""The name of an entry that has none: it is a candidate for everything."""

UNTOLD = (KeyError, TypeError, ValueError)
"""An entry without the key, one that is no object, one with something else than a text there, or with several codes."""


def names_of(node: Node) -> list[Any]:
    """Return the names of a template entry: one for each alternative; [ANY] if it has none."""
    if isinstance(node, Choice):
        return [name for option in node.options for name in names_of(option)]
    if isinstance(node, Const):
        return [node.value, *node.others]
    if not isinstance(node, Object):
        return [ANY]
    return _names_of_object(node, {member.key: member.node for member in node.members})


def _names_of_object(node: Object, members: dict[str, Node]) -> list[Any]:
    if node.type == "CodeableConcept":
        return _coding_names(members.get("coding"))
    if node.type == "Coding":
        return _coding_name(members)
    for key in NAMING:
        if isinstance(named := members.get(key), Const):
            return [named.value, *named.others]
    if "code" in members:
        return names_of(members["code"])
    return [ANY]


def _coding_names(node: Node | None) -> list[Any]:
    return [ANY] if node is None else names_of_entries(node) or [ANY]


def names_of_entries(node: Node) -> list[Any]:
    """Return the names of all entries of a list."""
    return [name for entry in node.entries for name in names_of(entry.node)] if isinstance(node, Array) else [ANY]


def _coding_name(members: dict[str, Node]) -> list[Any]:
    system, code = members.get("system"), members.get("code")
    if isinstance(code, Const):
        systems = [system.value, *system.others] if isinstance(system, Const) else [None]
        return [(one, value) for one in systems for value in (code.value, *code.others)]
    return [ANY]


def incoming_names(fhir_type: str) -> Callable[[Any], list[Any]]:
    """Return the function from an incoming entry of a type to its names: of a concept, each of its codings."""
    if fhir_type == "Coding":
        return lambda value: _names_in([value])
    if fhir_type == "CodeableConcept":
        return _concept_names
    return _names


def _names(value: Any) -> list[Any]:
    if type(value) is not dict:
        return [value] if type(value) is str else []
    for key in NAMING:
        if type(value.get(key)) is str:
            return [value[key]]
    return _concept_names(value.get("code"))


def _concept_names(value: Any) -> list[Any]:
    codings = value.get("coding") if type(value) is dict else None
    return _names_in(codings) if type(codings) is list else []


def _names_in(codings: list[Any]) -> list[Any]:
    """A coding without a system may be any template's with its code: it has both names."""
    return [
        (one.get("system"), one.get("code"))
        for one in codings
        if type(one) is dict and type(one.get("code")) is str and type(one.get("system", "")) is str
    ]


def teller(node: Array, by_name: dict[Any, list[int]]) -> Callable[[Any], Any] | None:
    """Return the function that tells an incoming entry's name where all entries are named alike and each differently,
    by a linkId, url or system, or by a code: else None. It raises what `UNTOLD` names for an entry of another kind.
    """
    objects = [entry.node for entry in node.entries if isinstance(entry.node, Object)]
    for key in NAMING:
        named = [member.node for one in objects for member in one.members if member.key == key]
        values = [value for one in named if isinstance(one, Const) for value in (one.value, *one.others)]
        if len(named) == len(node.entries) <= len(values) == len(set(values)):
            return itemgetter(key)
    by_code = node.type not in ("Coding", "CodeableConcept") and all(type(name) is tuple for name in by_name)
    return code_of if by_code and all(len(found) == 1 for found in by_name.values()) else None


def code_of(value: Any) -> tuple[Any, Any]:
    """Return the system and code by which an entry is named."""
    if not NAMED.isdisjoint(value):
        raise KeyError
    (coding,) = value["code"]["coding"]
    return coding["system"], coding["code"]
