"""Drafts into the store: weighed against what stands, met, written, and noted whose word each item is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.intake.arrival import timely
from adapter.intake.completing import taken
from adapter.intake.meet import meet
from adapter.intake.precedence import Difference, Weighed, difference, told_of, weigh
from adapter.intake.receipt import Entry
from adapter.intake.sender import Sender
from adapter.intake.shapes import Draft, Drafts
from adapter.intake.since import later
from adapter.intake.voiding import void
from adapter.outcome import Issue
from adapter.store.begin import BATCH
from adapter.store.provenance import Word, Words, keep_told, keep_words, put_aside, words
from adapter.store.shapes import OPEN, RESTRICTED, Key, Stored, Write, Written
from adapter.store.store import Push, Store

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

Met = tuple[Write | None, list[Issue]]
"""What is to be written of a draft; None with the issues that refuse it."""

Prepared = dict[Key, Met]
"""What becomes of drafts whose records are not there."""

CHANGED = "changed at source"
"""Why a machine's value changed, unless it says better."""

OLDER = "This is older than what was sent before: it is kept, and does not replace it."
DISPUTED = "Another system has sent another value: both are kept, and a query is open."
KEPT = "Another system has told this: it is not taken back, and a query is open."


@dataclass(frozen=True, slots=True)
class Coming:
    """Whose push it is, the aware time of it, and why values change, if that was said."""

    sender: Sender
    now: datetime
    reason: str | None = None
    gone: tuple[tuple[str, str], ...] = ()
    """The addresses (type, id) of resources that are taken back."""
    aliases: tuple[tuple[str, str, str], ...] = ()
    """How its sender calls resources: type, HMAC of its name, the id here."""
    lenient: tuple[tuple[str, dict[str, Any]], ...] | None = None
    """The resources of a push that is stored as far as it can be; the rest goes to quarantine."""
    completed: frozenset[Key] = frozenset()
    """The records whose keys were completed by what was stored before this push held anything."""
    waited: int | None = None
    """The number of the push with which came what is sent again from quarantine: what was told since is newer."""
    loaded: bool = False
    """It comes from files: when it arrives says nothing of when it was reported."""


@dataclass(slots=True)
class Stood:
    """What became of drafts: an entry each, what was found wrong, and what was disputed, for queries to be opened."""

    entries: list[Entry] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)
    refused: list[tuple[Draft, list[Issue]]] = field(default_factory=list)

    def add(self, other: Stood) -> None:
        """Take in what became of further drafts."""
        self.entries += other.entries
        self.issues += other.issues
        self.weighed += other.weighed
        self.refused += other.refused


class RefusedError(Exception):
    """A push with an issue that refuses: leaving the transaction by it takes everything back."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(f"{len(issues)} issues")
        self.issues = tuple(issues)


def prepare(desk: Desk, store: Store, coming: Coming, drafts: Sequence[Draft]) -> Prepared:
    """What becomes of the drafts of records that are not there, worked out before others have to wait for it.

    Whether they are still not there is looked at when the push holds them.
    """
    held = store.held([draft.key for draft in drafts[:BATCH]])
    return {
        draft.key: meet(desk, draft, Stored(), coming.now)
        for draft in drafts[:BATCH]
        if draft.voids is None and held[draft.key] == Stored()
    }


def store_drafts(
    desk: Desk, push: Push, coming: Coming, drafts: Sequence[Draft], prepared: Prepared | None = None
) -> Stood:
    """Write the drafts that pass, at most BATCH of them; those with an issue that refuses are left out. `prepared` are
    what `prepare` gave for them."""
    stood = Stood()
    drafts, stood.issues = timely(drafts, coming.now)
    held = push.claim(draft.key for draft in drafts)
    found = {draft.key: difference(desk, draft, held[draft.key]) for draft in drafts}
    before = _words(push, [key for key, one in found.items() if one.any])
    passed: list[tuple[Weighed, Write]] = []
    for draft in drafts:
        words_, differs = before.get(draft.key, {}), found[draft.key]
        since = later(desk, push, coming.sender, draft.key, coming.waited) if coming.waited is not None else None
        weighed = weigh(desk, coming.sender, draft, words_, held[draft.key], differs, since)
        issues = taken(desk, draft, held[draft.key]) if draft.key in coming.completed else []
        ready = prepared.get(draft.key) if prepared and held[draft.key] == Stored() else None
        write = None if issues else _met(desk, coming, weighed, held[draft.key], issues, ready)
        stood.issues += issues
        if write is not None:
            passed.append((weighed, write))
        elif any(issue.refuses for issue in issues):
            stood.refused.append((draft, issues))
    answers = push.write([write for _, write in passed])
    for (weighed, write), answer in zip(passed, answers, strict=True):
        if not weighed.draft.unseen_alone:
            stood.entries.append(_entry(desk, weighed, write, answer))
        stood.issues += _set_aside(weighed)
        stood.weighed.append(weighed)
    _note(push, coming, stood.weighed, found, before)
    return stood


def _met(
    desk: Desk, coming: Coming, weighed: Weighed, held: Stored, issues: list[Issue], ready: Met | None
) -> Write | None:
    draft = weighed.draft
    if ready is not None:
        write, wrong = ready
    elif draft.voids is not None:
        write, wrong = void(desk, draft, held, weighed.withheld)
    else:
        write, wrong = meet(desk, draft, held, coming.now, weighed.withheld)
    issues += wrong
    if write is None:
        return None
    if draft.voids and not (weighed.disputed or draft.unseen_alone) and _stands_on(draft, write):
        issues.append(_part_of_record(draft))
        return None
    if _unexplained(desk, coming, draft, write, held):
        issues.append(_reason_wanted(draft))
        return None
    known = held.open is not None or held.restricted is not None
    reason = coming.reason if coming.reason is not None else CHANGED if known else None
    return replace(write, reason=reason, source_at=draft.newest)


def _stands_on(draft: Draft, write: Write) -> bool:
    """True if a resource that is to be deleted would be there again, for its record has more to say."""
    return not {f"{one.type}/{one.id}" for one in write.resources}.isdisjoint(one.pointer for one in draft.fragments)


def _part_of_record(draft: Draft) -> Issue:
    text = "This resource stands as long as its record does, of which others tell too: delete those that tell the rest."
    return Issue("error", "business-rule", text, form=draft.key.form, key="void")


def _unexplained(desk: Desk, coming: Coming, draft: Draft, write: Write, held: Stored) -> bool:
    """True when a person changes what stands and does not say why; restricted items count as changed when they come."""
    if not coming.sender.person or coming.reason is not None or held.open is None:
        return False
    return write.open != held.open or _brings_hidden(desk, draft)


def _brings_hidden(desk: Desk, draft: Draft) -> bool:
    """True if its sender says something of restricted items."""
    return not desk.restricted[draft.key.form].isdisjoint(draft.content.keys() - draft.unseen)


def _reason_wanted(draft: Draft) -> Issue:
    text = "A person who changes what is recorded says why: give a reason (X-Provenance: Provenance.reason)."
    return Issue("error", "required", text, form=draft.key.form, place=draft.place, key="reason")


def _words(push: Push, keys: Sequence[Key]) -> dict[Key, Mapping[str, Words]]:
    """Whose words the parts of these records are."""
    rows = {(key, part): push.row(key, part) for key in keys for part in (OPEN, RESTRICTED)}
    numbers = {row.number: _open(push, key) for (key, _), row in rows.items() if row is not None and row.version > 0}
    if not numbers:
        return {}
    found = words(push.connection, numbers)
    given: dict[Key, dict[str, Words]] = {}
    for (key, part), row in rows.items():
        if row is not None and row.number in found:
            given.setdefault(key, {})[part] = found[row.number]
    return dict(given)


def _open(push: Push, key: Key) -> int:
    row = push.row(key, OPEN)
    assert row is not None  # claimed: every claimed record has its open row
    return row.number


def _entry(desk: Desk, weighed: Weighed, write: Write, written: Written) -> Entry:
    came = None
    if written.outcome == "unchanged" and weighed.superseded.get(OPEN):
        came = "superseded"
    if weighed.disputed.get(OPEN):
        came = "queried"
    return Entry(written, _brings_hidden(desk, weighed.draft), came, sha256(write.open.encode()).hexdigest())


def _set_aside(weighed: Weighed) -> list[Issue]:
    """What the sender is told of open items that do not replace."""
    draft, found = weighed.draft, []
    for items, text, key in (
        (weighed.superseded, OLDER, "superseded"),
        (weighed.disputed, DISPUTED if draft.voids is None else KEPT, "disputed"),
    ):
        for item in items.get(OPEN, ()):
            found.append(Issue("information", "informational", text, None, draft.key.form, item, draft.place, key))
    return found


def _note(
    push: Push,
    coming: Coming,
    weighed: Sequence[Weighed],
    found: Mapping[Key, Difference],
    before: Mapping[Key, Mapping[str, Words]],
) -> None:
    """Keep what was told of each record, what did not replace, and whose words mixed versions are."""
    seen = [one for one in weighed if not one.draft.unseen_alone]
    keep_told(push.connection, push.number, {_open(push, one.draft.key): told_of(one.draft) for one in seen})
    kept = [
        (row.number, kind, content)
        for one in weighed
        for kind, parts in (("superseded", one.superseded), ("disputed", one.disputed))
        for part, content in parts.items()
        if (row := push.row(one.draft.key, part)) is not None
    ]
    put_aside(push.connection, push.number, kept)
    mixed = [
        whose
        for one in weighed
        for part, words_ in before.get(one.draft.key, {}).items()
        if (whose := _whose(push, coming, one, part, words_, found[one.draft.key])) is not None
    ]
    keep_words(push, mixed)


def _whose(
    push: Push, coming: Coming, weighed: Weighed, part: str, words_: Words, found: Difference
) -> tuple[int, int, dict[str, Word]] | None:
    """Whose words the items of a part's new version are; None for no new version."""
    row = push.row(weighed.draft.key, part)
    if row is None or row.standing is None or row.standing.submission != push.number or row.content is None:
        return None
    mine = found.items(part) - weighed.left_out(part)
    content: Mapping[str, Any] = json.parse(row.content)
    name = coming.sender.name
    return (
        row.number,
        row.version,
        {i: Word(push.number, name, weighed.draft.source(i)) if i in mine else words_.of(i) for i in content},
    )


def leave(push: Push, drafts: Drafts) -> None:
    """Keep what no map read with the submission."""
    if drafts.residue:
        push.leave(json.encode(drafts.residue).decode())
