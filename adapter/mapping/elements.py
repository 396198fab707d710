"""R4's elements as a map writes them: the field of a key, its order, constants by type, references that resolve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.fhir import definitions
from adapter.fhir.definitions import Field
from adapter.mapping import lens
from adapter.mapping.ids import fhir_id
from adapter.mapping.plan import Const, Hole, Member, Node, Object, Text
from adapter.mapping.scope import Scope, Where


def literal(kind: str, prefix: str, value: Node) -> Node:
    """Return the literal reference to a resource whose identifier has this value: its type and id, made of the same
    holes.
    """
    start = f"{kind}/{prefix}"
    if isinstance(value, Const):
        return Const(f"{kind}/{fhir_id(prefix + str(value.value))}")
    parts = value.parts if isinstance(value, Text) else (value,)
    repeated = [
        replace(part, repeat=True, type="string", lens="text") if isinstance(part, Hole) else part for part in parts
    ]
    if isinstance(repeated[0], str):
        return Text((start + repeated[0], *repeated[1:]))  # type: ignore[arg-type]
    return Text((start, *repeated))  # type: ignore[arg-type]


def referring(scope: Scope, node: Object) -> Object:
    """Return a Reference by identifier with its `reference`, where the study has the resource.

    A Bundle then resolves by itself.
    """
    members = {member.key: member.node for member in node.members}
    identifier = members.get("identifier")
    if "reference" in members or not isinstance(identifier, Object):
        return node
    parts = {member.key: member.node for member in identifier.members}
    kind, system, value = members.get("type"), parts.get("system"), parts.get("value")
    if not (isinstance(kind, Const) and isinstance(system, Const)) or value is None:
        return node
    target = scope.identity(str(kind.value), str(system.value))
    if target is None:
        return node
    by_id = Member("reference", "string", literal(target.type, target.prefix, value))
    return replace(node, members=(by_id, *node.members))


def field_of(kind: str, key: str) -> Field | None:
    """Return the field of a JSON key; for `_key` the id and extensions of a primitive, as a list where the primitive is
    one.
    """
    fields = definitions.fields(kind)
    if not key.startswith("_"):
        return fields.get(key)
    twin = fields.get(key[1:])
    if twin is None or not definitions.is_primitive(twin.type):
        return None
    return replace(twin, key=key, codes=None, targets=(), type="Element", min=0)


def order_of(fields: Mapping[str, Field], key: str) -> float:
    """Return where a key stands in R4's order; a `_key` comes behind its primitive."""
    return fields[key[1:]].order + 0.5 if key.startswith("_") else fields[key].order


def at(written: Any, key: Any, where: Where) -> Where:
    """Return file and line of a key or entry; of something a name stands for, where the name was used."""
    if hasattr(written, "line_of"):
        return written.file, written.line_of(key)
    return where


def as_primitive(value: Any, fhir_type: str) -> Any:
    """Return a YAML scalar as the JSON value of a primitive type: `78421000` is a text where R4 wants a code."""
    if fhir_type == "decimal" and not isinstance(value, bool):
        try:
            return value if isinstance(value, int) else Decimal(str(value))
        except InvalidOperation:
            return value
    if fhir_type in ("boolean", *lens.WHOLE) or isinstance(value, (bool, type(None))):
        return value
    return str(value)


def untwinned(members: list[Member]) -> list[Member]:
    """Return the members of one object with the second place of an item as a repeat: both are there or neither is."""
    seen: set[tuple[str, str | None]] = set()
    found = []
    for member in members:
        node = member.node
        if not isinstance(node, Hole) or node.repeat or node.item.key:
            found.append(member)
            continue
        place = node.item.id, node.column
        found.append(replace(member, node=replace(node, repeat=True)) if place in seen else member)
        seen.add(place)
    return found
