"""What one element of a map must keep, whatever the form: references within the resource, units of quantities."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.errors import Fault
from adapter.mapping.marks import Marks
from adapter.mapping.plan import Array, Const, Hole, Node, Object, ResourcePlan, children
from adapter.mapping.scope import Where

QUANTITIES = ("Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration")
UCUM = "http://unitsofmeasure.org"


def fault_of(plan: ResourcePlan, why: str, where: Where) -> Fault:
    """Return a fault of a resource, named by its type."""
    return Fault(*where, f"{plan.type}: {why}")


def contained(plan: ResourcePlan, marks: Marks) -> Iterator[Fault]:
    """What `#id` refers to is contained under that id, and what is contained has one and is referred to."""
    inside = [node for node in children(plan.root) if isinstance(node, Array) and node.type == "Resource"]
    objects = [entry.node for array in inside for entry in array.entries if isinstance(entry.node, Object)]
    ids = [_constant(node, "id") for node in objects]
    where = marks.element(plan, "contained")
    for node, id_ in zip(objects, ids, strict=True):
        if id_ is None and not any(member.key == "id" for member in node.members):
            yield fault_of(plan, f"a contained {node.type} has an id, by which `#id` refers to it", where)
    used = {str(const.value) for const in _constants(plan.root) if str(const.value).startswith("#")}
    if None in ids:
        return
    for word in sorted(used - {f"#{id_}" for id_ in ids} - {"#"}):
        there = ", ".join(f"#{id_}" for id_ in ids) or "nothing"
        why = f"{word!r} refers to what is not contained here: {there} is; add it under `contained:`, with this id"
        yield fault_of(plan, why, marks.constant(plan, word))
    for id_ in ids:
        if f"#{id_}" not in used:
            yield fault_of(plan, f"nothing refers to what is contained as {id_}: write reference: '#{id_}'", where)


def units(plan: ResourcePlan, marks: Marks) -> Iterator[Fault]:
    """A Quantity whose value is an item with a unit says no other unit."""
    for node, _, where in marks.objects(plan):
        value = next((member.node for member in node.members if member.key == "value"), None)
        if node.type not in QUANTITIES or not isinstance(value, Hole) or value.item.unit is None:
            continue
        said = _said(node)
        if said is not None and value.item.unit not in said:
            why = (
                f"{value.item.id} is in {value.item.unit}, and its {node.type} says {said[0]}: nothing is converted;"
                f' write the whole element as "{{{value.item.id}}}", or correct the one or the other'
            )
            yield fault_of(plan, why, where)


def _said(node: Object) -> tuple[str, ...] | None:
    """The unit that a Quantity says: its UCUM code, else its text; None for one in units of another system."""
    members = {member.key: member.node for member in node.members}
    system, said = members.get("system"), members.get("code", members.get("unit"))
    other = isinstance(system, Const) and system.value != UCUM
    return None if other or not isinstance(said, Const) else (str(said.value), *map(str, said.others))


def _constant(node: Object, key: str) -> str | None:
    found = next((member.node for member in node.members if member.key == key), None)
    return str(found.value) if isinstance(found, Const) else None


def _objects(node: Node) -> Iterator[Object]:
    if isinstance(node, Object):
        yield node
    for child in children(node):
        yield from _objects(child)


def _constants(node: Node) -> Iterator[Const]:
    """The constants at or below a node where a reference may stand: those of References, and uris."""
    for one in _objects(node):
        for member in one.members:
            refers = member.type in ("uri", "canonical") or (one.type, member.key) == ("Reference", "reference")
            if refers and isinstance(member.node, Const):
                yield member.node
