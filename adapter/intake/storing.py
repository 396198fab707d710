"""Drafts into the store: weighed against what stands, met, written, and noted whose word each item is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.intake.arrival import unversioned
from adapter.intake.meet import meet
from adapter.intake.precedence import Difference, Weighed, difference, told_of, weigh
from adapter.intake.receipt import Entry
from adapter.intake.sender import Sender, elsewhere
from adapter.intake.shapes import Draft, Fragment
from adapter.intake.voiding import void, void_draft
from adapter.outcome import Issue
from adapter.store.provenance import Word, Words, keep_told, keep_words, put_aside, words
from adapter.store.shapes import OPEN, RESTRICTED, Key, Stored, Write, Written
from adapter.store.sight import BLIND
from adapter.store.store import BATCH, Push

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

CHANGED = "changed at source"
"""Why a machine's value changed, unless it says better."""

OLDER = "This is older than what you sent before: it is kept, and does not replace it."
DISPUTED = "Another system has sent another value: both are kept, and a query is open."


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


def taken_back(desk: Desk, push: Push, coming: Coming) -> list[Draft]:
    """The drafts that take back the resources `coming.gone`; RefusedError when one of them is not there to be seen."""
    drafts, wrong = [], []
    for type_, id_ in coming.gone:
        held = push.read(BLIND, type_, id_)
        if held is None or held.deleted:
            wrong.append(Issue("error", "not-found", f"There is no {type_}/{id_} to be deleted.", key="gone"))
            continue
        draft, issues = void_draft(desk, unversioned(json.parse(held.body)))
        wrong += issues
        if draft is not None:
            found = elsewhere(desk.study, coming.sender, draft)
            wrong += [found] if found is not None else []
            drafts.append(replace(draft, fragments=(Fragment(f"{type_}/{id_}"),), conditional=True))
    if wrong:
        raise RefusedError(wrong)
    return drafts


def store_drafts(desk: Desk, push: Push, coming: Coming, drafts: Sequence[Draft]) -> Stood:
    """Write the drafts that pass, at most BATCH of them; those with an issue that refuses are left out."""
    stood = Stood()
    held = push.claim(draft.key for draft in drafts)
    found = {draft.key: difference(desk, draft, held[draft.key]) for draft in drafts}
    before = _words(push, [key for key, one in found.items() if one.any])
    passed: list[tuple[Weighed, Write]] = []
    for draft in drafts:
        weighed = weigh(desk, coming.sender, draft, before.get(draft.key, {}), held[draft.key], found[draft.key])
        issues: list[Issue] = []
        write = _met(desk, coming, weighed, held[draft.key], issues)
        stood.issues += issues
        if write is not None:
            passed.append((weighed, write))
        elif any(issue.refuses for issue in issues):
            stood.refused.append((draft, issues))
    answers = push.write([write for _, write in passed])
    for (weighed, write), answer in zip(passed, answers, strict=True):
        stood.entries.append(_entry(desk, weighed, write, answer))
        stood.issues += _set_aside(weighed)
        stood.weighed.append(weighed)
    _note(push, coming, stood.weighed, found, before)
    return stood


def _met(desk: Desk, coming: Coming, weighed: Weighed, held: Stored, issues: list[Issue]) -> Write | None:
    draft = weighed.draft
    if draft.voids is not None:
        write, wrong = void(desk, draft, held)
    else:
        write, wrong = meet(desk, draft, held, coming.now, weighed.withheld)
    issues += wrong
    if write is None:
        return None
    if _unexplained(desk, coming, draft, write, held):
        issues.append(_reason_wanted(draft))
        return None
    known = held.open is not None or held.restricted is not None
    reason = coming.reason if coming.reason is not None else CHANGED if known else None
    return replace(write, reason=reason, source_at=draft.newest)


def _unexplained(desk: Desk, coming: Coming, draft: Draft, write: Write, held: Stored) -> bool:
    """True when a person changes what stands and does not say why; restricted items count as changed when they come."""
    if not coming.sender.person or coming.reason is not None or held.open is None:
        return False
    return write.open != held.open or not desk.restricted[draft.key.form].isdisjoint(draft.content)


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
    hidden = desk.restricted[write.key.form]
    came = None
    if written.outcome == "unchanged" and weighed.superseded.get(OPEN):
        came = "superseded"
    if weighed.disputed.get(OPEN):
        came = "queried"
    restricted = not hidden.isdisjoint(weighed.draft.content)
    return Entry(written, restricted, came, sha256(write.open.encode()).hexdigest())


def _set_aside(weighed: Weighed) -> list[Issue]:
    """What the sender is told of open items that do not replace."""
    draft, found = weighed.draft, []
    for items, text, key in (
        (
            weighed.superseded,
            "This is older than what you sent before: it is kept, and does not replace it.",
            "superseded",
        ),
        (weighed.disputed, "Another system has sent another value: both are kept, and a query is open.", "disputed"),
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
    keep_told(push.connection, push.number, {_open(push, one.draft.key): told_of(one.draft) for one in weighed})
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
    keep_words(push.connection, mixed)


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


def hold(push: Push, drafts: Sequence[Draft]) -> None:
    """Hold the records of these drafts, so that what is found of them stays so until the push ends."""
    waiting = iter(drafts)
    while batch := list(islice(waiting, BATCH)):
        push.claim(draft.key for draft in batch)
