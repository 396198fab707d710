"""What arrives against what stands: the newer word of one sender wins, and no sender writes over another's word.

Decided item by item. What is older by its sender's own time is superseded, and what waited in quarantine by what was
told since; what differs from another hospital system's word is disputed. Both are kept, neither replaces. A sender of
no site (the open demo, the command line) is the house's own: it writes over anyone, and anyone over it. Of restricted
items nothing of this shows in an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from adapter.intake.entries import joined
from adapter.intake.meet import parts
from adapter.intake.sender import Sender, site_of_name
from adapter.intake.shapes import Draft
from adapter.intake.voiding import key_items, takes_all
from adapter.store.provenance import Word, Words
from adapter.store.shapes import OPEN, RESTRICTED, Stored

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A draft with what may replace, and what of it does not: part -> item -> the value sent (None: silence)."""

    draft: Draft
    superseded: Mapping[str, Content] = field(default_factory=dict)
    disputed: Mapping[str, Content] = field(default_factory=dict)

    @property
    def withheld(self) -> frozenset[str]:
        """The restricted items that came and do not replace."""
        return frozenset(item for found in (self.superseded, self.disputed) for item in found.get(RESTRICTED, ()))

    def left_out(self, part: str) -> frozenset[str]:
        """The items of a part that came and do not replace."""
        return frozenset(item for found in (self.superseded, self.disputed) for item in found.get(part, ()))


@dataclass(frozen=True, slots=True)
class Later:
    """After which push something waited in quarantine, and what its sender has told since: item -> how old that is."""

    waited: int
    told: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a draft says otherwise than what is held: part -> item -> what it says (None: silence), and what it adds."""

    changed: Mapping[str, Content] = field(default_factory=dict)
    added: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """True if the draft would make a new version of a record that is there."""
        return bool(self.changed) or bool(self.added)

    def items(self, part: str) -> frozenset[str]:
        """The items of a part on which the draft is other than what is held."""
        return frozenset(self.changed.get(part, {})) | self.added.get(part, frozenset())


def difference(desk: Desk, draft: Draft, held: Stored) -> Difference:
    """What a draft says otherwise than what is held; nothing where nothing is held yet."""
    if held.open is None and held.restricted is None:
        return Difference()
    changed: dict[str, Content] = {}
    added: dict[str, frozenset[str]] = {}
    for part, content in ((OPEN, held.open), (RESTRICTED, held.restricted)):
        found, fresh = _of_part(desk, draft, part, parts(desk, draft.key.form, content))
        if found:
            changed[part] = found
        if fresh:
            added[part] = fresh
    return Difference(changed, added)


def _of_part(desk: Desk, draft: Draft, part: str, stands: Content) -> tuple[dict[str, Any], frozenset[str]]:
    hidden, derived = desk.restricted[draft.key.form], desk.derived[draft.key.form]
    if draft.voids is not None:
        return dict.fromkeys(item for item in stands if item in draft.voids), frozenset()
    told = {} if draft.whole else desk.engine.told_apart(draft.key.form)
    own = {
        item: value
        for item, value in draft.content.items()
        if item not in derived and (item in hidden) == (part == RESTRICTED)
    }
    new = joined(dict(stands), own, told)
    changed = {item: value for item, value in own.items() if item in stands and new[item] != stands[item]}
    if draft.whole and part == OPEN:
        changed |= dict.fromkeys(item for item in stands if item not in own)
    return changed, frozenset(own.keys() - stands.keys())


def weigh(
    desk: Desk,
    sender: Sender,
    draft: Draft,
    words: Mapping[str, Words],
    held: Stored,
    found: Difference,
    later: Later | None = None,
) -> Weighed:
    """The draft with what may replace what is held; `words` is part -> whose word its items are, `later` what was told
    after the draft came into quarantine."""
    if later is not None and _taken_back_since(held, later.waited):
        return _too_late(desk, draft)
    superseded, disputed = _left(desk, sender, draft, words, found, later)
    if superseded or disputed:
        weighed = Weighed(draft, superseded, disputed)
        weighed = replace(weighed, draft=_without(desk, draft, weighed, held))
    else:
        weighed = Weighed(draft)
    return weighed if draft.voids is None or not found.any else _spared(desk, sender, weighed, words, held)


def _left(
    desk: Desk, sender: Sender, draft: Draft, words: Mapping[str, Words], found: Difference, later: Later | None
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """What a draft says that does not replace, by part and item: superseded, and disputed."""
    superseded: dict[str, dict[str, Any]] = {}
    disputed: dict[str, dict[str, Any]] = {}
    for part, items in found.changed.items():
        for item, value in items.items():
            word = words[part].of(item)
            if _older(draft, sender, item, word) or _told_since(desk, draft, sender, item, word, later):
                superseded.setdefault(part, {})[item] = value
            elif _anothers(desk, sender, word):
                disputed.setdefault(part, {})[item] = value
    for part, added in found.added.items() if later is not None else ():
        for item in added:
            if _is_late(draft, item, later):
                superseded.setdefault(part, {})[item] = draft.content[item]
    return superseded, disputed


def _spared(desk: Desk, sender: Sender, weighed: Weighed, words: Mapping[str, Words], held: Stored) -> Weighed:
    """A draft that takes back, if it would take a record away as a whole with what other hospital systems told of it:
    then nothing is taken back, and what they told is disputed. What may reveal the arm stays, unseen, where all else
    goes."""
    draft = weighed.draft
    if not takes_all(desk, draft, held):
        return weighed
    theirs = {
        part: dict.fromkeys(_told_by_others(desk, sender, draft.key.form, words[part], content))
        for part, content in ((OPEN, held.open), (RESTRICTED, held.restricted))
        if part in words
    }
    part = OPEN if theirs.get(OPEN) else RESTRICTED
    if not theirs.get(part):
        return weighed
    disputed = {**weighed.disputed, part: {**weighed.disputed.get(part, {}), **theirs[part]}}
    return replace(weighed, disputed=disputed, draft=replace(draft, voids=frozenset()) if part == OPEN else draft)


def _told_by_others(desk: Desk, sender: Sender, form: str, words: Words, content: str | None) -> list[str]:
    keys = key_items(desk, form)
    return [item for item in parts(desk, form, content) if item not in keys and _anothers(desk, sender, words.of(item))]


def _older(draft: Draft, sender: Sender, item: str, word: Word) -> bool:
    source = draft.source(item)
    if word.sender != sender.name or source is None or word.source is None or draft.conditional:
        return False
    return source[:1].isdigit() == word.source[:1].isdigit() and source < word.source


def _told_since(desk: Desk, draft: Draft, sender: Sender, item: str, word: Word, later: Later | None) -> bool:
    """True if an item of what waited in quarantine was told after that came, by its sender or by the house; where its
    sender says of both how old they are, that decides."""
    if later is None:
        return False
    if word.submission > later.waited and not _anothers(desk, sender, word):
        return word.sender != sender.name or not _newer(draft.source(item), word.source)
    return _is_late(draft, item, later)


def _is_late(draft: Draft, item: str, later: Later | None) -> bool:
    return later is not None and item in later.told and not _newer(draft.source(item), later.told[item])


def _newer(source: str | None, other: str | None) -> bool:
    if source is None or other is None:
        return False
    return source[:1].isdigit() == other[:1].isdigit() and source > other


def _taken_back_since(held: Stored, waited: int) -> bool:
    """True if the record was taken back as a whole after this came."""
    standing = held.open_standing
    return standing is not None and standing.voided and standing.submission > waited


def _too_late(desk: Desk, draft: Draft) -> Weighed:
    """A draft of which nothing replaces, for its record was taken back since."""
    keys, hidden = key_items(desk, draft.key.form), desk.restricted[draft.key.form]
    own = {item: value for item, value in draft.content.items() if item not in keys}
    superseded: dict[str, Content] = {}
    for part in (OPEN, RESTRICTED):
        items = {item: value for item, value in own.items() if (item in hidden) == (part == RESTRICTED)}
        if items:
            superseded[part] = items
    return Weighed(replace(draft, voids=frozenset()), superseded)


def _anothers(desk: Desk, sender: Sender, word: Word) -> bool:
    holder = site_of_name(word.sender, desk.study.sites)
    return word.sender != sender.name and sender.site is not None and holder is not None


def _without(desk: Desk, draft: Draft, weighed: Weighed, held: Stored) -> Draft:
    """The draft as if it had sent, of its open items that do not replace, what is held."""
    left_out = weighed.left_out(OPEN)
    if draft.voids is not None:
        return replace(draft, voids=draft.voids - left_out - weighed.left_out(RESTRICTED))
    if not left_out:
        return draft
    stands = {item: v for item, v in parts(desk, draft.key.form, held.open).items() if item in left_out}
    content = {item: value for item, value in draft.content.items() if item not in left_out}
    if not draft.whole:
        return replace(draft, content=content)
    record = draft.record
    if record is not None:
        typed, _ = desk.parser(draft.key.form).parse_json(parts(desk, draft.key.form, held.open))
        kept = {item: typed[item] for item in left_out if item in typed}
        record = {item: value for item, value in record.items() if item not in left_out} | kept
    return replace(draft, content=content | stands, record=record)


def told_of(draft: Draft) -> list[dict[str, Any]]:
    """The fragments of a draft as they are kept: where each stood, how old it is by its sender, what it told."""
    found, pieces = [], (*draft.fragments, *draft.then)
    for fragment in pieces:
        kept: dict[str, Any] = {"pointer": fragment.pointer}
        if fragment.source is not None:
            kept["source"] = fragment.source
        if len(pieces) > 1 and fragment.items is not None:
            kept["items"] = sorted(fragment.items)
        found.append(kept)
    return found
