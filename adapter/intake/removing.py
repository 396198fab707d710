"""What a push takes back by address: the resources that it deletes, those too that its sender may not see.

What may reveal the arm is taken back without a word: the answer, the receipt and all that can be read after are the
same whether or not there was such a resource, and as those to a DELETE of what never was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.fhir import json
from adapter.intake.arrival import unversioned
from adapter.intake.sender import elsewhere
from adapter.intake.shapes import Draft, Fragment
from adapter.intake.storing import Coming, RefusedError
from adapter.intake.voiding import united, void_draft
from adapter.outcome import Issue
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Push

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

ALL = Sight(restricted=True)


def taken_back(
    desk: Desk, push: Push, coming: Coming, given: Sequence[Draft] = ()
) -> tuple[list[Draft], Sequence[Draft]]:
    """The drafts that take back, of the resources `coming.gone` and among those `given`, one for each record; and those
    that state something, to be written after them. Of `gone`, what is not there is passed over.

    RefusedError when one of them may be seen and cannot be taken back.
    """
    drafts, wrong = list[Draft](), []
    for type_, id_ in coming.gone:
        draft, issues = _of_address(desk, push, coming, type_, id_)
        wrong += issues
        if draft is not None:
            drafts.append(replace(draft, fragments=(Fragment(f"{type_}/{id_}", items=draft.voids),), conditional=True))
    if wrong:
        raise RefusedError(wrong)
    return united([*drafts, *given])


def _of_address(desk: Desk, push: Push, coming: Coming, type_: str, id_: str) -> tuple[Draft | None, list[Issue]]:
    held = push.read(ALL, type_, id_)
    if held is None or held.deleted:
        return None, []
    draft, issues = void_draft(desk, unversioned(json.parse(held.body)))
    if draft is not None and (found := elsewhere(desk.study, coming.sender, draft)) is not None:
        issues = [*issues, found]
    if push.read(BLIND, type_, id_) is not None:
        return draft, issues
    return (None if draft is None or issues else _unseen(desk, draft)), []


def _unseen(desk: Desk, draft: Draft) -> Draft | None:
    """The draft as far as it takes back what may reveal the arm; None where it takes back nothing such."""
    items = (draft.voids or frozenset()) & desk.restricted[draft.key.form]
    content = {item: value for item, value in draft.content.items() if item in items}
    return replace(draft, voids=items, unseen=items, content=content) if items else None
