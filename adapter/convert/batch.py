"""What goes to a worker and what comes back: chunks of input, batches of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.crf.record import RecordParser
from adapter.files.flaw import Flaw
from adapter.files.spill import Fragments
from adapter.outcome import Issue, Place, Severity

Number = int | tuple[int, int]
"""A line, or a row of a sheet; or a line with the count of elements so far, of a document that may be one
line."""

Numbered = tuple[Number, Any]
"""Where something stands, and what: a list of cells, bytes, or a Flaw."""

Piece = tuple[str, bytes]
"""A name (`Patient/01-001` for a resource, the form for a record) and the bytes to write."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table, and what is wrong with them, which is told once and refuses every row.

    `unread` are the columns that the form does not know, `missing` the items that every record needs and that have
    no column.
    """

    names: tuple[str, ...] = ()
    faults: tuple[Issue, ...] = ()
    unread: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()

    def judged(self, parser: RecordParser, cells: Mapping[str, str], place: Place) -> list[Issue]:
        """Return what is wrong with the cells of a row, but for what the header is at fault for."""
        _, issues = parser.parse_cells({name: cells[name] for name in cells if name not in self.unread}, place)
        return [issue for issue in issues if issue.code != "required" or issue.item not in self.missing]


@dataclass(slots=True)
class Chunk:
    """Some records of one file or sheet, as they came: `kind` is cells, json or xml; or header, which has no
    records and comes once before the rows of a table whose header is faulty."""

    kind: str
    file: str
    items: list[Numbered]
    form: str | None = None
    sheet: str | None = None
    header: Header = Header()

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
        number = number if flaw.line is None else flaw.line
        issue = Issue(severity, flaw.code, flaw.why, form=self.form, place=self.place(number, flaw.column))
        return Refusal(self.place(number), flaw.raw, [issue], records=0 if flaw.fatal else 1)

    def misnamed(self) -> Refusal:
        """Return the refusal of the header."""
        faults = list(self.header.faults)
        place = faults[0].place or Place(self.file)
        return Refusal(replace(place, column=None), list(self.header.names), faults, records=0)


@dataclass(slots=True)
class Refusal:
    """Input that was not converted, as it came (None where it is not kept or cannot be shown), and why.

    `told` are issues that refuse it and were counted and told elsewhere: those of its table's header.
    """

    place: Place
    input: Any
    issues: list[Issue]
    records: int = 1
    told: tuple[Issue, ...] = ()


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
class Batch:
    """The results of one chunk, in its order."""

    converted: list[Converted] = field(default_factory=list)
    fragments: list[Fragments] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    read: int = 0
    passed: int = 0
