"""Where a plan's answers and constants stand, as FHIRPaths: what `plan` and `coverage` print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from adapter.crf.study import Item
from adapter.fhir import definitions
from adapter.mapping.plan import (
    Array,
    Choice,
    Const,
    Entry,
    Hole,
    Member,
    Node,
    Object,
    ResourcePlan,
    Text,
    constant,
)

NAMING = ("url", "system", "linkId", "type", "use", "code")
"""The members by whose constants the entries of one list are told apart, the first that has one."""


ITEM = "QuestionnaireResponse.item"
SAID_BY_PATH = {"Extension": ("url",), ITEM: ("linkId",)}
"""Type of an entry -> its members that the path itself tells."""


@dataclass(frozen=True, slots=True)
class Place:
    """An element that a plan fills: its FHIRPath below the resource, and the hole, text or constant that stands there.

    `read_only`: another shape of an element (`also`); `needed`: R4 requires it; `each`: what the entry repeats over.
    """

    path: str
    node: Node
    needed: bool = False
    read_only: bool = False
    each: Item | None = None

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes that stand here; of a constant none."""
        if isinstance(self.node, Hole):
            return (self.node,)
        parts = self.node.parts if isinstance(self.node, Text) else ()
        return tuple(part for part in parts if isinstance(part, Hole))


def places(plan: ResourcePlan) -> Iterator[Place]:
    """Yield the places of a resource in R4's order; other shapes of an element behind it."""
    root = plan.root
    members = [member for member in root.members if member.key != "resourceType"]
    yield from _below(replace(root, members=tuple(members)), Place("", root, each=plan.each))


def _below(node: Object, here: Place) -> Iterator[Place]:
    for member in node.members:
        if member.key not in SAID_BY_PATH.get(node.type, ()):
            yield from _member(node, member, here)
    for shape in node.also:
        yield from _below(shape, replace(here, read_only=True))


def _member(parent: Object, member: Member, here: Place) -> Iterator[Place]:
    path = f"{here.path}.{step(parent.type, member.key)}".removeprefix(".")
    at = replace(here, path=path, node=member.node, needed=member.needed)
    if isinstance(member.node, Array) and not constant(member.node):
        for entry in member.node.entries:
            yield from _entry(member.node, entry, at)
    else:
        yield from _node(at)


def _entry(array: Array, entry: Entry, at: Place) -> Iterator[Place]:
    each = at.each if entry.each is None else entry.each
    yield from _node(replace(at, path=at.path + _where(array, entry), node=entry.node, each=each))


def _node(at: Place) -> Iterator[Place]:
    if isinstance(at.node, Object) and not constant(at.node):
        yield from _below(at.node, at)
    else:
        yield at


def _where(array: Array, entry: Entry) -> str:
    """Return what tells an entry apart from the others of its list, as FHIRPath: `('url')` of an extension."""
    if array.type == "Extension":
        url = _named(entry.node, "url")
        return "" if url is None else f"('{url}')"
    if len(array.entries) == 1 and array.type != ITEM:
        return ""
    for key in NAMING:
        if (value := _named(entry.node, key)) is not None:
            return f".where({key if key != 'code' else _code_path(entry.node)}='{value}')"
    return ""


def _code_path(node: Node) -> str:
    code = _member_of(node, "code")
    return "code.coding.code" if isinstance(code, Object) else "code"


def _named(node: Node, key: str) -> str | None:
    found = _member_of(node, key)
    if isinstance(found, Object):  # a CodeableConcept names by the code of its first coding
        codings = _member_of(found, "coding")
        first = codings.entries[0].node if isinstance(codings, Array) and codings.entries else None
        found = _member_of(first.options[0] if isinstance(first, Choice) else first, "code")
    return str(found.value) if isinstance(found, Const) else None


def _member_of(node: Node | None, key: str) -> Node | None:
    members = node.members if isinstance(node, Object) else ()
    return next((member.node for member in members if member.key == key), None)


def step(parent: str, key: str) -> str:
    """Return the FHIRPath step of a JSON key: `value.ofType(Quantity)` for valueQuantity."""
    name = key.removeprefix("_")
    field = definitions.fields(parent).get(name)
    if field is None or not field.element.endswith("[x]"):
        return name
    return f"{field.element[:-3]}.ofType({field.type})"


def written(node: Node) -> Any:
    """Return the JSON value of a constant as it is written: of alternatives the first."""
    if isinstance(node, Const):
        return node.value
    if isinstance(node, Choice):
        return written(node.options[0])
    if isinstance(node, Array):
        return [written(entry.node) for entry in node.entries]
    if isinstance(node, Object):
        return {member.key: written(member.node) for member in node.members}
    return None
