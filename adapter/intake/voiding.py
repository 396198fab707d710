"""What was entered in error, or is deleted: its items fall silent in a new version, and nothing is taken away.

A resource that tells a part of its record (a laboratory value of a visit) takes its own items with it. Where what is
left would be no record (something required is missing, or nothing but the key is left), the record is void as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.crf.facts import FORM
from adapter.crf.record import Record
from adapter.intake.meet import Content, parts, text, written
from adapter.intake.shapes import Draft
from adapter.mapping.modifiers import VOID
from adapter.mapping.plan import holes
from adapter.outcome import Issue
from adapter.store.shapes import Key, Stored, Write

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


def united(drafts: Sequence[Draft]) -> tuple[list[Draft], Sequence[Draft]]:
    """The drafts of a push that take back, as one for each record, and those that state something.

    What is taken back goes before what is stated: what two drafts would make of one record is seen by the second.
    """
    stated = [draft for draft in drafts if draft.voids is None]
    taking: dict[Key, list[Draft]] = {}
    for draft in drafts:
        if draft.voids is not None:
            taking.setdefault(draft.key, []).append(draft)
    then = {draft.key: draft.fragments for draft in stated} if taking else {}
    return [replace(_one(each), then=then.get(key, ())) for key, each in taking.items()], stated


def _one(drafts: Sequence[Draft]) -> Draft:
    if len(drafts) == 1:
        return drafts[0]
    gone = frozenset(item for draft in drafts for item in draft.voids or ())
    content = {item: value for draft in drafts for item, value in draft.content.items()}
    content |= {item: _entries(drafts, item) for item in gone & content.keys()}
    pieces = tuple(piece for draft in drafts for piece in draft.fragments)
    seen = frozenset(item for draft in drafts for item in (draft.voids or frozenset()) - draft.unseen)
    return replace(drafts[0], content=content, voids=gone, fragments=pieces, unseen=gone - seen)


def _entries(drafts: Sequence[Draft], item: str) -> Any:
    """Which entries of an item are taken back: those that any draft names; None, for all, where one names none."""
    named = [draft.content.get(item) for draft in drafts if item in (draft.voids or ())]
    lists = [each for each in named if isinstance(each, list)]
    return [entry for each in lists for entry in each] if len(lists) == len(named) else None


def key_items(desk: Desk, form: str) -> frozenset[str]:
    """The items that are a form's key."""
    return frozenset(item.id for item in desk.forms[form].keys)


def takes_all(desk: Desk, draft: Draft, held: Stored) -> bool:
    """True if what is left of the record that is held, without what the draft takes back, is none."""
    return _left(desk, draft, held) is None


def _left(desk: Desk, draft: Draft, held: Stored) -> Record | None:
    form = draft.key.form
    left = _without(desk, draft, parts(desk, form, held.open), draft.voids or frozenset())
    record, issues = desk.parser(form).parse_json(left)
    if held.open_standing is not None and held.open_standing.voided:
        return None
    none = left.keys() <= key_items(desk, form) or any(issue.refuses for issue in issues)
    return None if none and not draft.unseen_alone else record


def void(desk: Desk, draft: Draft, held: Stored, withheld: Collection[str] = ()) -> tuple[Write | None, list[Issue]]:
    """The record without what the draft takes back; None where there is no such record. `withheld` are restricted items
    that stay where all else goes: another system's word."""
    form, gone = draft.key.form, draft.voids or frozenset()
    if held.open is None:
        text_ = "There is no such record here: nothing was taken back."
        return None, [Issue("information", "informational", text_, form=form, key="void")]
    closed, record = parts(desk, form, held.restricted), _left(desk, draft, held)
    if record is None:
        named = {item: value for item, value in parts(desk, form, held.open).items() if item in key_items(desk, form)}
        stays = {item: value for item, value in closed.items() if item in withheld}
        return Write(draft.key, text(named), text(stays) if stays != closed else None, (), voided=True), []
    kept = _without(desk, draft, closed, gone)
    whole = written(desk, draft.key, record, kept, touched=bool(kept))
    hidden = text(kept) if not gone.isdisjoint(desk.restricted[form]) and closed else None
    return Write(draft.key, held.open if draft.unseen_alone else whole.open, hidden, whole.resources), []


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
