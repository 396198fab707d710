"""Issues as they may be told: one about an item that may reveal the arm does not repeat its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adapter.crf.check import looked_at
from adapter.intake.desk import Desk
from adapter.intake.shapes import Drafts
from adapter.outcome import Issue

WITHHELD = "This answer cannot be accepted as it stands; what was found is not repeated, for it may reveal the arm."


def discreet(desk: Desk, issues: Iterable[Issue]) -> list[Issue]:
    """The issues, those about restricted items (by themselves, or by a check that looks at one) without any value.

    A sender knows what it sent; those who read its answers, its terminal and its logs may not.
    """
    return [replace(issue, diagnostics=WITHHELD) if _reveals(desk, issue) else issue for issue in issues]


def may_reveal(desk: Desk, drafts: Drafts) -> bool:
    """True for a push that brings what may reveal the arm: whether it came before alike is not to be told."""
    hidden = desk.restricted
    return bool(drafts.residue) or any(not hidden[one.key.form].isdisjoint(one.content) for one in drafts.drafts)


def _reveals(desk: Desk, issue: Issue) -> bool:
    form = desk.forms.get(issue.form or "")
    if form is None:
        return False
    decisive = (item for check in form.checks if check.id == issue.key for item in looked_at(check))
    items = {item.partition(".")[0] for item in (issue.item or "", *decisive)}
    return not items.isdisjoint(desk.restricted[form.id])
