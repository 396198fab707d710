"""Items whose answer R4 must be told, by codes of which none says `unknown`: no fault, for a record with the answer is
well, but one without it, or with a reason in its place, becomes a resource that validators refuse.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapter.crf.study import Form, Item
from adapter.errors import Fault
from adapter.mapping.marks import Marks
from adapter.mapping.plan import Hole, ResourcePlan, written_holes
from adapter.mapping.study import MappedStudy


def unknowable(mapped: MappedStudy) -> list[Fault]:
    """Return a note for each item that is not declared to be known where it must be."""
    return [note for form in mapped.definition.forms.values() for note in _of_form(mapped, form)]


def _of_form(mapped: MappedStudy, form: Form) -> Iterator[Fault]:
    marks = Marks(mapped.definition.maps.get(form.id))
    noted: set[str] = set()
    for plan in mapped.plan(form.id).clinical:
        for hole in written_holes(plan.root):
            lacking = _lacking(form, hole.item) if hole.needed and hole.item.id not in noted else ""
            if lacking:
                noted.add(hole.item.id)
                yield Fault(*marks.hole(plan, hole), _why(plan, hole, lacking))


def _lacking(form: Form, item: Item) -> str:
    """Return in words what the form does not say of an item that must be known."""
    known = {name for check in form.checks if check.rule == "known" for name in check.items}
    flag = [] if item.required or item.key else ["flag it `required`"]
    check = [] if item.key or item.id in known else [f"name it in a check, `known: [{item.id}]`"]
    return " and ".join([*flag, *check])


def _why(plan: ResourcePlan, hole: Hole, lacking: str) -> str:
    wanted = f"warning: {plan.type}: R4 requires a code where {hole.item.id} is, and none for `unknown` is among them"
    return f"{wanted}; a record without the answer would not be valid: {lacking}"
