"""What a map must keep beyond its places and lenses: one home an item, nothing forgotten, every answer told apart.

Rules 4, 6, 9, 10, 12 and 14 of the mapping language, judged for each view of a form by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from adapter.crf.faults import word
from adapter.crf.study import Form, Item, Study
from adapter.errors import Fault
from adapter.fhir import definitions
from adapter.mapping import text
from adapter.mapping.element_rules import contained, fault_of, units
from adapter.mapping.ids import id_characters
from adapter.mapping.marks import Marks
from adapter.mapping.plan import (
    Hole,
    Node,
    ResourcePlan,
    Table,
    Text,
    children,
    holes,
    written_holes,
)
from adapter.mapping.scope import Where

Plans = tuple[ResourcePlan, ...]


def faults(
    study: Study,
    form: Form,
    clinical: Plans,
    viewed: Plans,
    home: str,
    omits: Mapping[str, str],
    written: Any,
    whole: bool,
) -> Iterator[Fault]:
    """Yield every fault of a form's plans. Of plans that are not `whole` only what the missing places cannot mend."""
    marks = Marks(written)
    for plans in (clinical, viewed):
        yield from _homes(plans, marks, whole)
        yield from _tables(plans, marks) if whole else ()
        for plan in plans:
            yield from _texts(plan, marks, dict(study.patterns))
            yield from _own_id(plan, marks, dict(study.patterns))
            yield from _restricted(plan, marks)
            yield from _identity(form, plan, marks) if whole else ()
            yield from _required(plan, marks) if whole else ()
            yield from _keyed(form, plan) if whole else ()
            yield from contained(plan, marks) if whole else ()
            yield from units(plan, marks)
    if written is not None and whole:
        yield from _complete(form, clinical, home, omits, written)
    yield from _alike(clinical, marks)


def _fault(plan: ResourcePlan, why: str, where: Where | None = None) -> Fault:
    return fault_of(plan, why, where or (plan.file, plan.line))


def _homes(plans: Plans, marks: Marks, whole: bool) -> Iterator[Fault]:
    """Rule 4: an item has one home in a view; several columns of a codelist are one home told in parts."""
    found: Counter[tuple[str, str | None]] = Counter()
    repeats: dict[str, tuple[ResourcePlan, Hole]] = {}
    for plan in plans:
        for hole in written_holes(plan.root):
            if hole.repeat:
                repeats.setdefault(hole.item.id, (plan, hole))
            elif not hole.item.key:
                found[hole.item.id, hole.column] += 1
                if found[hole.item.id, hole.column] == 2:
                    why = f"{hole.item.id} has two homes: write {{={hole.item.id}}} in all places but one"
                    yield _fault(plan, why, marks.hole(plan, hole))
    at_home = {item_id for item_id, _ in found}
    keys = {hole.item.id for plan in plans for hole in holes(plan.root) if hole.item.key}
    for item_id, (plan, hole) in repeats.items():
        if whole and item_id not in at_home | keys:
            why = f"{{={item_id}}} repeats an item that has no home here: write {{{item_id}}} in one place"
            yield _fault(plan, why, marks.hole(plan, hole))


def _tables(plans: Plans, marks: Marks) -> Iterator[Fault]:
    """Rule 6: the columns that a view uses tell all rows of a codelist apart, and leave none unsaid."""
    used: dict[str, list[tuple[ResourcePlan, Table]]] = {}
    first: dict[str, Where] = {}
    for plan in plans:
        for hole in holes(plan.root):
            if hole.table is not None:
                used.setdefault(hole.item.id, []).append((plan, hole.table))
                first.setdefault(hole.item.id, marks.hole(plan, hole))
    for item_id, places in used.items():
        yield from _told_apart(item_id, places, first[item_id])


def _told_apart(item_id: str, places: list[tuple[ResourcePlan, Table]], where: Where) -> Iterator[Fault]:
    plan, table = places[0]
    together = all(one is plan for one, _ in places)
    columns = {column: None for _, one in places for column, _ in one.columns}
    rows: dict[Any, Mapping[str, tuple[str, ...]]] = dict(table.rows)
    for answer, row in rows.items():
        if not any(row.get(column) for column in columns):
            why = f"row {word(answer)} of {item_id} has no cell in {', '.join(columns)}: the answer would be lost"
            yield _fault(plan, f"codelist {table.codelist}: {why}", where)
    if table.silence is not None:
        rows[None] = table.silence
    for (one, cells), (other, others) in combinations(rows.items(), 2):
        if together and _nested(cells, others, columns):
            continue
        if not any(_disjoint(cells.get(column, ()), others.get(column, ())) for column in columns):
            pair = f"rows {word(one)} and {word(other)} of {item_id}"
            why = f"codelist {table.codelist}: {pair} cannot be told apart by {', '.join(columns)}"
            yield _fault(plan, why, where)


def _nested(cells: Mapping[str, Any], others: Mapping[str, Any], columns: Iterable[str]) -> bool:
    """True if one row fills more cells than the other: within one resource, what did not come tells them apart."""
    one, other = ({column for column in columns if row.get(column)} for row in (cells, others))
    return bool(one) and bool(other) and (one < other or other < one)


def _disjoint(cells: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return bool(cells) and bool(others) and not set(cells) & set(others)


def _texts(plan: ResourcePlan, marks: Marks, patterns: dict[str, str]) -> Iterator[Fault]:
    """Rule 9: an interpolated string inverts."""
    for node in _every_text(plan.root):
        try:
            text.inverter(node, patterns)
        except ValueError as reason:
            yield _fault(plan, str(reason), marks.text(plan, node))


def _own_id(plan: ResourcePlan, marks: Marks, patterns: dict[str, str]) -> Iterator[Fault]:
    """An id that the map itself writes is read back, so no digest may stand for it."""
    own = next((member.node for member in plan.root.members if member.key == "id"), None)
    parts = own.parts if isinstance(own, Text) else (own,) if isinstance(own, Hole) else ()
    if parts and not id_characters(parts, patterns):
        why = "its id could be none in FHIR (A-Z a-z 0-9 - . alone): write an identifier instead"
        yield _fault(plan, why, marks.element(plan, "id"))


def _required(plan: ResourcePlan, marks: Marks) -> Iterator[Fault]:
    """What R4 requires of an element that is written has a place: what we write is to be valid."""
    for node, path, where in marks.objects(plan):
        keys = {member.key.removeprefix("_") for member in node.members}
        fields = definitions.fields(node.type)
        there = {fields[key].element for key in keys if key in fields}
        lacking = {field.element: None for field in fields.values() if field.min > 0 and field.element not in there}
        for element in lacking:
            yield _fault(plan, f"R4 requires {path}.{element}: give it a place, or a constant", where)


def _every_text(node: Node) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    for child in children(node):
        yield from _every_text(child)


def _restricted(plan: ResourcePlan, marks: Marks) -> Iterator[Fault]:
    """Rule 12: a resource with a restricted item is home to no open one."""
    if not plan.restricted:
        return
    found = list(written_holes(plan.root))
    hidden = ", ".join(dict.fromkeys(hole.item.id for hole in found if hole.item.restricted))
    open_ = {hole.item.id: hole for hole in reversed(found) if hole.counts and not hole.item.restricted}
    for item_id, hole in open_.items():
        why = f"holds a restricted item, {hidden}, so it cannot be home to {item_id}, an open one"
        yield _fault(plan, f"{why}: give that a resource of its own", marks.hole(plan, hole))


def _identity(form: Form, plan: ResourcePlan, marks: Marks) -> Iterator[Fault]:
    """Rule 10: the identifier is made of all keys; that of a repeated resource holds a member that tells it apart."""
    made_of = list(holes(plan.id))
    where = marks.element(plan, "identifier")
    for hole in made_of:
        if not hole.item.key and plan.each is None:
            yield _fault(plan, f"its identifier holds {hole.item.id}, which is no key of the form", where)
    if plan.each is not None and not any(_within(hole, plan.each) for hole in made_of):
        yield _fault(plan, f"is repeated over {plan.each.id}, so its identifier must hold what tells them apart", where)
    said, named = ({hole.item.id for hole in found} for found in (holes(plan.root), made_of))
    shared = [f"{{{item.id}}}" for item in form.keys if item.id in said and item.id not in named]
    if shared and plan.each is None:
        keys = ", ".join(shared)
        yield _fault(plan, f"its identifier leaves the key {keys} out, so two records would share one resource", where)


def _keyed(form: Form, plan: ResourcePlan) -> Iterator[Fault]:
    """Rule 11: a resource that arrives alone gives a fragment of its record, so it says whose it is."""
    said = {hole.item.id for hole in holes(plan.root)}
    lacking = [f"{{{item.id}}}" for item in form.keys if item.id not in said]
    if lacking:
        yield _fault(
            plan,
            f"does not hold the key {', '.join(lacking)}, so nobody could tell whose record it is: "
            "put it into an identifier",
        )


def _within(hole: Hole, each: Item) -> bool:
    return hole.item.id == each.id or hole.item.group == each.id


def _complete(form: Form, clinical: Plans, home: str, omits: Mapping[str, str], written: Any) -> Iterator[Fault]:
    """Rule 14: every item is mapped, or omitted with its reason, or the form view is its home."""
    mapped = {hole.item.id for plan in clinical for hole in holes(plan.root)}
    omitted = written.get("omits")
    for item_id in omits:
        if item_id in mapped:
            line = omitted.line_of(item_id) if hasattr(omitted, "line_of") else 1
            yield Fault(getattr(written, "file", ""), line, f"omits: {item_id} is mapped, so it is not omitted")
    if home == "form":
        return
    for item in form.items.values():
        if item.type != "group" and item.id not in mapped and item.id not in omits and item.group not in omits:
            why = f"{item.id} is not mapped: give it a place, or a reason under `omits:`, or say `home: form`"
            yield Fault(getattr(written, "file", ""), getattr(written, "line", 1), why)


def _alike(plans: Plans, marks: Marks) -> Iterator[Fault]:
    """Two resources of one type need two ids."""
    seen: dict[tuple[str, str], ResourcePlan] = {}
    for plan in plans:
        skeleton = (plan.type, skeleton_of(plan.id))
        if skeleton in seen:
            why = f"has the same id as another {plan.type} of this form: {skeleton[1]}"
            yield _fault(plan, why, marks.element(plan, "identifier"))
        seen.setdefault(skeleton, plan)


def skeleton_of(node: Node) -> str:
    """Return the id with its holes, as text: `{subject}-c{cycle}d{day}`."""
    parts = node.parts if isinstance(node, Text) else (node,)
    return "".join(part if isinstance(part, str) else _hole_or_const(part) for part in parts)


def _hole_or_const(node: Node) -> str:
    if isinstance(node, Hole):
        return f"{{{node.item.id}}}"
    return str(getattr(node, "value", ""))
