"""A resource that tells a part of a record which has not begun: what must come first, by the study's maps.

A laboratory's value of a visit is no visit: whether the patient came is told by the Encounter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.intake.shapes import Draft
from adapter.mapping.plan import holes
from adapter.outcome import Issue

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


def first_comes(desk: Desk, draft: Draft, issues: Sequence[Issue]) -> list[Issue]:
    """The issues of a draft; of an item that its record needs, and that none of its resources can tell, those say which
    resource must come first."""
    if draft.whole:
        return list(issues)
    return [_of(desk, draft, issue) if _is_told_elsewhere(draft, issue) else issue for issue in issues]


def _is_told_elsewhere(draft: Draft, issue: Issue) -> bool:
    return issue.code == "required" and issue.item is not None and issue.item not in draft.told


def _of(desk: Desk, draft: Draft, issue: Issue) -> Issue:
    types = tellers(desk, draft.key.form, issue.item or "")
    if not types:
        return issue
    named = " or ".join(types)
    text = (
        f"There is no {draft.key.form} {draft.key.text} here yet that this could belong to: its {issue.item} is told "
        f"by its {named}. Send the {named} first, or both in one transaction."
    )
    return replace(issue, diagnostics=text, key="begins")


def tellers(desk: Desk, form: str, item: str) -> list[str]:
    """The types of the resources that tell an item, by the form's map; of its form view where no other does."""
    plan = desk.engine.plan(form)
    for view in (plan.clinical, plan.form_view):
        found = {
            one.type
            for one in view
            if any(hole.counts and item in (hole.item.id, hole.item.group) for hole in holes(one.root))
        }
        if found:
            return sorted(found)
    return []
