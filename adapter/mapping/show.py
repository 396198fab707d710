"""A form's plan as text that a person reads: place, lens, place. The goldens hold it, `crfhir study plan` prints it.

<->  written and read        -->  read only (another shape of an element)        <--  written only (a derived item)
=    a constant: the first is written, all that `or` joins are read
"""

from __future__ import annotations

from collections.abc import Iterator

from adapter.mapping.coding import compact
from adapter.mapping.compiler import FormPlan
from adapter.mapping.places import Place, places, written
from adapter.mapping.plan import Array, Choice, Const, Hole, Node, Object, ResourcePlan, Table, Text
from adapter.mapping.presence import counting
from adapter.mapping.rules import skeleton_of

WIDEST = 64
"""The widest column of places that is padded; a longer place pushes its line."""


def plan_text(plan: FormPlan) -> str:
    """Return the plan of a form: its clinical resources, its form view, and what is omitted why."""
    keys = ", ".join(item.id for item in plan.form.keys)
    lines = [f"form {plan.form.id}    key {keys}    home {'form view' if plan.home == 'form' else 'clinical'}"]
    for title, plans in (("clinical", plan.clinical), ("form view", plan.form_view)):
        for resource in plans:
            lines += ["", f"{title}: {_title(resource)}", *_lines(resource)]
    if plan.omits:
        lines += ["", "omitted from the clinical view"]
        lines += [f"  {item}: {why}" for item, why in plan.omits.items()]
    return "\n".join(lines) + "\n"


def _title(plan: ResourcePlan) -> str:
    words = [f"{plan.type}/{plan.prefix}{skeleton_of(plan.id)}"]
    if plan.restricted:
        words.append("restricted")
    if plan.each is not None:
        words.append(f"one for each of {plan.each.id}")
    elif plan.stands:
        words.append("stands for the record")
    elif any(True for _ in counting(plan.root)):
        words.append("vanishes without answers")
    return "    ".join(words)


def _lines(plan: ResourcePlan) -> Iterator[str]:
    found = list(places(plan))
    width = max((len(place.path) for place in found if len(place.path) <= WIDEST), default=0)
    for place in found:
        yield f"  {place.path:<{width}}  {_arrow(place):<3}  {_what(place)}"


def _arrow(place: Place) -> str:
    if not place.holes:
        return "="
    if place.read_only:
        return "-->"
    return "<--" if _derived(place) else "<->"


def _derived(place: Place) -> bool:
    return any(hole.item.derived for hole in place.holes)


def _what(place: Place) -> str:
    node = place.node
    if isinstance(node, Hole):
        return f"{node.item.id}  ({', '.join([_lens(node), *_marks(place)])})"
    if isinstance(node, Text):
        return f'"{_template(node)}"  ({", ".join(["text", *_marks(place)])})'
    return constant_text(node)


def _lens(hole: Hole) -> str:
    if hole.table is not None:
        return f"codelist {hole.table.codelist}: {_columns(hole.table)} as {hole.type}"
    if hole.target is not None:
        return f"reference to {hole.target.type}/{hole.target.prefix}…"
    unit = f" in {hole.item.unit}" if hole.item.unit is not None and hole.lens == "quantity" else ""
    return f"{hole.lens}{unit}"


def _columns(table: Table) -> str:
    return ", ".join(f"{column} of {system}" if system is not None else column for column, system in table.columns)


def _marks(place: Place) -> Iterator[str]:
    holes = place.holes
    if isinstance(place.node, Hole) and place.node.item.key:
        yield "key"
    if any(hole.repeat and not hole.item.key for hole in holes):
        yield "repeated: its home is elsewhere"
    if any(hole.spoken for hole in holes) or (place.needed and any(hole.counts for hole in holes)):
        yield "silence is written"
    if any(hole.item.restricted for hole in holes):
        yield "restricted"
    if _derived(place):
        yield "derived"
    if place.each is not None and any(place.each.id in (hole.item.id, hole.item.group) for hole in holes):
        yield f"each of {place.each.id}"


def _template(node: Text) -> str:
    return "".join(part if isinstance(part, str) else f"{{{part.item.id}{_column(part)}}}" for part in node.parts)


def _column(hole: Hole) -> str:
    return "" if hole.column is None else f":{hole.column}"


def constant_text(node: Node) -> str:
    """Return a constant and, joined by `or`, what else is read for it; a Coding as system|code."""
    if isinstance(node, Const):
        return " or ".join(_scalar(value) for value in (node.value, *node.others))
    if isinstance(node, Choice):
        return " or ".join(constant_text(option) for option in node.options)
    if isinstance(node, Array):
        return ", ".join(constant_text(entry.node) for entry in node.entries)
    if isinstance(node, Object) and node.type == "Coding":
        return _coding(node)
    if isinstance(node, Object):
        parts = (f"{member.key} {constant_text(member.node)}" for member in node.members)
        return f"{{{'; '.join(parts)}}}"
    return compact(written(node))


def _coding(node: Object) -> str:
    members = {member.key: member.node for member in node.members}
    named = "|".join(constant_text(members[key]) for key in ("system", "code") if key in members)
    return f"{named} {constant_text(members['display'])}" if "display" in members else named


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value if value and " " not in value else f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)
