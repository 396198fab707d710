"""What the laws expect to come back: a record without what its view omits, sets in their order."""

from __future__ import annotations

from typing import Any

from adapter.crf.record import Absent, Record
from adapter.crf.study import Form, Item
from adapter.mapping import presence
from adapter.mapping.reading import FormReading
from adapter.mapping.study import MappedStudy

VIEWS = ("clinical", "form", "both")


def read_back(study: MappedStudy, form: str, view: str, record: Record) -> Record:
    """Return what of a record comes back from a view of it."""
    items = study.plan(form).form.items
    lost, reasonless = _lost(study, form, view), unreasoned(study, form, view)
    kept = {}
    for item_id, answer in record.items():
        found = _kept(study, items[item_id], lost, reasonless, answer)
        if found is not None:
            kept[item_id] = found
    return kept


def unreasoned(study: MappedStudy, form: str, view: str) -> frozenset[str]:
    """Return the items of which a reason why they are missing has no place in a view."""
    plan = study.plan(form)
    if view != "clinical" or plan.home == "form":
        return frozenset()
    return frozenset(item for one in plan.clinical for item in presence.unreasoned(one.root))


def _lost(study: MappedStudy, form: str, view: str) -> frozenset[str]:
    plan = study.plan(form)
    return frozenset(plan.omits) if view == "clinical" and plan.home != "form" else frozenset()


def _kept(study: MappedStudy, item: Item, lost: frozenset[str], reasonless: frozenset[str], answer: Any) -> Any:
    if item.id in lost or (isinstance(answer, Absent) and item.id in reasonless):
        return None
    if not item.many or isinstance(answer, Absent):
        return answer
    if item.type == "group":
        left = (
            {
                name: one
                for name, one in entry.items()
                if (member := f"{item.id}.{name}") not in lost
                and not (isinstance(one, Absent) and member in reasonless)
            }
            for entry in answer
        )
        answer = [entry for entry in left if entry]
    form = _form_of(study, item)
    return in_order(study, form, item.id, answer) if answer else None


def _form_of(study: MappedStudy, item: Item) -> Form:
    return next(form for form in study.definition.forms.values() if form.items.get(item.id) is item)


def in_order(study: MappedStudy, form: Form, item_id: str, answers: list[Any]) -> Any:
    """Return many answers in the order in which they come back: they are a set."""
    reading = FormReading(form, study.definition.codelists, None, {})
    return reading.order[item_id](answers)
