"""What goes to a worker and what comes back: chunks of input, batches of results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapter.files.flaw import Flaw
from adapter.outcome import Issue, Place, Severity

Number = int | tuple[int, int]
"""A line, or a row of a sheet; or a line with the count of elements so far, of a document that may be one
line."""

Numbered = tuple[Number, Any]
"""Where something stands, and what: a list of cells, bytes, or a Flaw."""

Piece = tuple[str, bytes]
"""A name (`Patient/01-001` for a resource, the form for a record) and the bytes to write."""


@dataclass(slots=True)
class Chunk:
    """Some records of one file or sheet, as they came: `kind` is cells, json or xml."""

    kind: str
    file: str
    items: list[Numbered]
    form: str | None = None
    sheet: str | None = None
    header: tuple[str, ...] = ()

    def place(self, number: Number, column: int | None = None) -> Place:
        """Return the place of a line, of a row of a sheet, or of an element of a document."""
        if isinstance(number, tuple):
            return Place(self.file, line=number[0], row=number[1], column=column)
        if self.sheet is not None:
            return Place(self.file, sheet=self.sheet, row=number)
        return Place(self.file, line=number, column=column)

    def flawed(self, number: Number, flaw: Flaw) -> Refusal:
        """Return the refusal of a part that could not be read."""
        severity: Severity = "fatal" if flaw.fatal else "error"
        issue = Issue(severity, flaw.code, flaw.why, form=self.form, place=self.place(number, flaw.column))
        return Refusal(self.place(number), flaw.raw, [issue], records=0 if flaw.fatal else 1)


@dataclass(slots=True)
class Refusal:
    """Input that was not converted, as it came (None where it is not kept or cannot be shown), and why."""

    place: Place
    input: Any
    issues: list[Issue]
    records: int = 1


@dataclass(slots=True)
class Loss:
    """One value that was not carried: of which form and record, where it stood; `value` is None for what
    identifies a person."""

    form: str | None
    key: str | None
    expression: str
    value: Any = None
    dropped: bool = False


@dataclass(slots=True)
class Converted:
    """One record that was converted: its key as one text, what to write, and what came, where that is
    kept."""

    place: Place
    form: str
    key: str
    pieces: Sequence[Piece]
    input: Any = None


@dataclass(slots=True)
class Fragments:
    """What resources tell of one record: its form and key, and their packed readings."""

    form: str
    key: str
    packed: bytes


@dataclass(slots=True)
class Batch:
    """The results of one chunk, in its order."""

    converted: list[Converted] = field(default_factory=list)
    fragments: list[Fragments] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    read: int = 0
    passed: int = 0
