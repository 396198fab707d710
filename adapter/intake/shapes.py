"""What the steps of the pipeline hand on: drafts of records, and where what they say came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.crf.record import Record
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
    conditional: bool = False
    """Its sender has named the version that it replaces: how old it is does not matter."""

    def source(self, item: str) -> str | None:
        """How old what this draft says of an item is, by its sender; the newest where several pieces tell it."""
        found = [one.source for one in self.fragments if one.items is None or item in one.items]
        if not found:
            found = [one.source for one in self.fragments]
        return max((source for source in found if source is not None), default=None)

    @property
    def newest(self) -> str | None:
        """How old the newest piece is, by its sender."""
        return max((one.source for one in self.fragments if one.source is not None), default=None)


@dataclass(frozen=True, slots=True)
class Rejected:
    """What of a file is no record: a form's row or JSON value, or (form None) a FHIR resource; and why."""

    form: str | None
    content: Any
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

    @property
    def refused(self) -> bool:
        """True if an issue keeps the push from being stored."""
        return any(issue.refuses for issue in self.issues)
