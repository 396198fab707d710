"""Where a draft meets what is stored: merged, parsed again as one record, checked, and turned into its
resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapter.crf.record import Record
from adapter.fhir import json
from adapter.intake.beginning import first_comes
from adapter.intake.conformity import judge_stored
from adapter.intake.desk import Desk
from adapter.intake.entries import joined
from adapter.intake.judging import broken
from adapter.intake.shapes import Draft
from adapter.outcome import Issue
from adapter.store.shapes import Key, Stored, Write

Content = dict[str, Any]
"""A record in its JSON form: item id -> JSON value."""


def meet(
    desk: Desk, draft: Draft, held: Stored, now: datetime, withheld: Collection[str] = ()
) -> tuple[Write | None, list[Issue]]:
    """Merge a draft into what is held; return what to write, or None with the issues that refuse it.

    What the sender may not see never decides: the checks look at the open items and at what this draft
    itself brings,
    not at restricted items that are held. Their presence or value can therefore not be asked out of the
    answers. What came as FHIR is held to the study's profiles once more, as it would be served. `withheld` are
    restricted items that came and do not replace: they are judged as they came, and left as they are.
    """
    record, issues = _visible(desk, draft, held)
    if not any(issue.refuses for issue in issues):
        issues += broken(desk, draft.key.form, record, now, None if draft.whole else draft.told)
    placed = [_placed(issue, draft) for issue in issues]
    if any(issue.refuses for issue in issues):
        return None, first_comes(desk, draft, placed)
    hidden = desk.restricted[draft.key.form]
    brought = {item: value for item, value in draft.content.items() if item in hidden and item not in withheld}
    kept = parts(desk, draft.key.form, held.restricted)
    told = {} if draft.whole else desk.engine.told_apart(draft.key.form)
    stays = {item: value for item, value in record.items() if item not in withheld} if withheld else record
    write = written(desk, draft.key, stays, joined(kept, brought, told), bool(brought))
    if not (kept or brought or withheld):
        desk.note(draft.key.form, write.open, record)
    if draft.record is None:
        seen = write.resources if not kept else desk.engine.emit(draft.key.form, record, "both")
        wrong = [_placed(issue, draft) for issue in judge_stored(desk, seen)]
        if wrong:
            return None, [*placed, *wrong]
    return write, placed


def _visible(desk: Desk, draft: Draft, held: Stored) -> tuple[Record, list[Issue]]:
    """The record as its sender may see it: what is held in the open, and all that the draft brings."""
    if draft.whole and draft.record is not None:
        return draft.record, []
    form = draft.key.form
    base = {} if draft.whole else parts(desk, form, held.open)
    given = {item: value for item, value in draft.content.items() if item not in desk.derived[form]}
    told = {} if draft.whole else desk.engine.told_apart(form)
    record, issues = desk.parser(form).parse_json(joined(base, given, told), draft.place)
    hidden = desk.restricted[form]
    return record, [issue for issue in issues if not (issue.code == "required" and issue.item in hidden)]


def written(desk: Desk, key: Key, record: Record, hidden: Content, touched: bool) -> Write:
    """What to write of a record: its open part, its hidden part if the push touched it, the resources of the
    whole."""
    whole = record
    content = desk.parser(key.form).to_json(record)
    if hidden:
        open_items = {item: v for item, v in content.items() if item not in desk.derived[key.form]}
        whole, _ = desk.parser(key.form).parse_json(open_items | hidden)
        content = desk.parser(key.form).to_json(whole)
    open_, closed = split(desk, key.form, content)
    return Write(key, text(open_), text(closed) if touched else None, tuple(desk.engine.emit(key.form, whole, "both")))


def split(desk: Desk, form: str, content: Mapping[str, Any]) -> tuple[Content, Content]:
    """A record's content in its two parts: what every role may see, and what may reveal the arm."""
    hidden = desk.restricted[form]
    return (
        {item: value for item, value in content.items() if item not in hidden},
        {item: value for item, value in content.items() if item in hidden},
    )


def parts(desk: Desk, form: str, content: str | None) -> Content:
    """A stored part as it was given: derived items are left out, to be derived again."""
    if content is None:
        return {}
    return {item: value for item, value in json.parse(content).items() if item not in desk.derived[form]}


def text(content: Mapping[str, Any]) -> str:
    """A content as its JSON text, digits kept, in the form's item order."""
    return json.encode(content).decode()


def _placed(issue: Issue, draft: Draft) -> Issue:
    named = issue if issue.form is not None else replace(issue, form=draft.key.form)
    return named.at(draft.place) if draft.place is not None else named
