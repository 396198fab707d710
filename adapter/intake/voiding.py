"""What was entered in error, or is deleted: its items fall silent in a new version, and nothing is taken away.

A resource that tells a part of its record (a laboratory value of a visit) takes its own items with it. Where what is
left would be no record (something required is missing, or nothing but the key is left), the record is void as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapter.crf.facts import FORM
from adapter.intake.meet import Content, parts, text, written
from adapter.intake.shapes import Draft
from adapter.mapping.modifiers import VOID
from adapter.mapping.plan import holes
from adapter.outcome import Issue
from adapter.store.shapes import Stored, Write

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


def is_void(resource: Mapping[str, Any]) -> bool:
    """True for a resource that says that it should never have been."""
    return resource.get("status") == VOID


def void_draft(desk: Desk, resource: Mapping[str, Any]) -> tuple[Draft | None, list[Issue]]:
    """The draft that takes back what a resource tells of its record; the issues why there is none.

    The resource is known by its business identifier, or by what else tells the key; its status is not looked at.
    """
    reading = desk.read({name: value for name, value in resource.items() if name != "status"})
    if reading.form is None or reading.key is None:
        text_ = "Which record this takes back cannot be told: send it with the study's identifier."
        return None, [Issue("error", "not-found", text_, resource["resourceType"], key="void")]
    items = own_items(desk, resource, reading.form)
    if not items or desk.computed(reading.form) or reading.form == FORM:
        text_ = "What is computed here, or is the study's own, cannot be taken back: correct what it follows from."
        return None, [Issue("error", "business-rule", text_, resource["resourceType"], reading.form, key="void")]
    content = desk.parser(reading.form).to_json(reading.record)
    return Draft(desk.key(reading.form, reading.record), content, whole=False, voids=items), []


def own_items(desk: Desk, resource: Mapping[str, Any], form: str) -> frozenset[str]:
    """The items of a form whose home is this resource: no keys, nothing derived, nothing that it repeats."""
    plans = [plan for plan in desk.engine.plans_of(resource) if plan.form == form]
    homes = {hole.item.group or hole.item.id for plan in plans for hole in holes(plan.root) if hole.counts}
    return frozenset(homes) - desk.derived[form]


def void(desk: Desk, draft: Draft, held: Stored) -> tuple[Write | None, list[Issue]]:
    """The record without what the draft takes back; None where there is no such record."""
    form, gone = draft.key.form, draft.voids or frozenset()
    if held.open is None:
        text_ = "There is no such record here: nothing was taken back."
        return None, [Issue("information", "informational", text_, form=form, key="void")]
    open_, closed = parts(desk, form, held.open), parts(desk, form, held.restricted)
    keys = {item.id for item in desk.forms[form].keys}
    left = _without(desk, draft, open_, gone)
    record, issues = desk.parser(form).parse_json(left)
    voided = held.open_standing is not None and held.open_standing.voided
    if voided or left.keys() <= keys or any(issue.refuses for issue in issues):
        named = {item: value for item, value in open_.items() if item in keys}
        return Write(draft.key, text(named), text({}) if closed else None, (), voided=True), []
    kept = _without(desk, draft, closed, gone)
    whole = written(desk, draft.key, record, kept, touched=bool(kept))
    hidden = text(kept) if not gone.isdisjoint(desk.restricted[form]) and closed else None
    return Write(draft.key, whole.open, hidden, whole.resources), []


def _without(desk: Desk, draft: Draft, content: Content, gone: frozenset[str]) -> Content:
    """A content without the items that are taken back; of a group that many resources tell, without the entries."""
    told = desk.engine.told_apart(draft.key.form)
    left = {item: value for item, value in content.items() if item not in gone}
    for item in gone & content.keys() & told.keys():
        entries = [entry for entry in content[item] if not _same(entry, draft.content.get(item), told[item])]
        if entries and isinstance(draft.content.get(item), list):
            left[item] = entries
    return {item: left[item] for item in content if item in left}


def _same(entry: Any, named: Any, members: frozenset[str]) -> bool:
    if not isinstance(named, list):
        return True
    if not members or not isinstance(entry, dict):
        return entry in named
    marks = [{member: one.get(member) for member in members} for one in named]
    return {member: entry.get(member) for member in members} in marks
