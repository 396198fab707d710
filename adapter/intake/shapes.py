"""What the steps of the pipeline hand on: drafts of records, and where what they say came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapter.crf.record import Record
from adapter.fhir import json
from adapter.outcome import Issue, Place
from adapter.store.shapes import Key


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece of what arrived: where it stood in the push (JSON pointer), how old it is by its sender, what it told.

    `source`: an instant in UTC, or `#` and a sequence of fixed width; None where the sender says neither. `items`
    None: all of its record.
    """

    pointer: str
    source: str | None = None
    items: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a push says of one record, in the JSON form of records.

    `whole`: open items that it leaves out are silent now; otherwise it is a fragment, and what did not
    arrive is untouched.
    Restricted items that it leaves out are untouched in either case: a blinded sender cannot send what it
    may not see.
    """

    key: Key
    content: Mapping[str, Any]
    whole: bool
    place: Place | None = None
    record: Record | None = None
    """The record itself, where it was parsed as a whole record already."""
    told: frozenset[str] = frozenset()
    """Of a fragment, the items that what came can tell: on these it is silent, on others it says nothing."""
    fragments: tuple[Fragment, ...] = ()
    voids: frozenset[str] | None = None
    """The items that it takes back, entered in error; None for a draft that states something."""
    then: tuple[Fragment, ...] = ()
    """Of a draft that takes back, the pieces of the same push that state something of its record after it."""
    unseen: frozenset[str] = frozenset()
    """Of what it takes back, the restricted items whose resource its sender may not see: that there was one is told
    to nobody."""
    conditional: bool = False
    """Its sender has named the version that it replaces: how old it is does not matter."""
    came: tuple[bytes, ...] = ()
    """Of a draft of files, the resources that tell it, as JSON without what identifies a person."""

    def source(self, item: str) -> str | None:
        """How old what this draft says of an item is, by its sender; the newest where several pieces tell it."""
        found = [one.source for one in self.fragments if one.items is None or item in one.items]
        if not found:
            found = [one.source for one in self.fragments]
        return max((source for source in found if source is not None), default=None)

    @property
    def unseen_alone(self) -> bool:
        """True if all that it takes back is what its sender may not see."""
        return bool(self.unseen) and self.voids is not None and self.voids <= self.unseen

    @property
    def newest(self) -> str | None:
        """How old the newest piece is, by its sender."""
        return max((one.source for one in self.fragments if one.source is not None), default=None)


CELLS = "cells"
"""Where the cells of a table's row stand, by their headers, in what is kept of it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """What of a file is no record: a form's row or JSON value, or (form None) a FHIR resource, or a tuple of several
    that tell one record; and why.

    `awaits`: the HMACs of the names of a patient who is not linked, one text.
    """

    form: str | None
    content: Any
    issues: tuple[Issue, ...]
    awaits: str | None = None


def rejected(draft: Draft, issues: Sequence[Issue]) -> Rejected:
    """What a draft of files was made of, refused: a fragment as its resources, for as a record it would be whole."""
    if draft.came:
        return Rejected(None, tuple(map(json.parse, draft.came)), tuple(issues))
    return Rejected(draft.key.form, dict(draft.content), tuple(issues))


@dataclass(frozen=True, slots=True)
class Apart:
    """Pieces of one record that contradict each other, so that there is no draft of it; and why."""

    fragments: tuple[Fragment, ...]
    issues: tuple[Issue, ...]


@dataclass(slots=True)
class Drafts:
    """What was read of a push: drafts, every issue, and of resources also what no map read and what was
    dropped."""

    drafts: list[Draft] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    residue: list[dict[str, Any]] = field(default_factory=list)
    redacted: list[Any] = field(default_factory=list)
    """What came, without what identifies a person: how the push is kept."""
    rejected: list[Rejected] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """True if an issue keeps the push from being stored."""
        return any(issue.refuses for issue in self.issues)
