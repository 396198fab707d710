"""A table as read from CSV or from an Excel sheet: a header, then rows of text cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapter.files.flaw import Flaw


@dataclass(slots=True)
class Table:
    """The columns, and the rows as (line or row number, cells in the order of the columns); a row that cannot
    be read is a Flaw.

    `sheet` is the sheet's name, None for CSV. `flaw` is why there are no rows at all. `line` is the line, or the
    row, of the header.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str] | Flaw]]
    sheet: str | None = None
    flaw: Flaw | None = None
    line: int = 1


class LocalTime(str):
    """The text of a cell that holds a time by the clock on the wall, 2025-06-01T08:30:00: its offset is not known."""

    __slots__ = ()

    @property
    def at_midnight(self) -> bool:
        """True where it may be a date alone."""
        return self.endswith("T00:00:00")


def unusable(flaw: Flaw, sheet: str | None = None, line: int = 1) -> Table:
    """Return a table without rows, because of `flaw`."""
    return Table((), iter(()), sheet, flaw, line)


def header_flaw(header: list[str]) -> Flaw | None:
    """Return why `header` names no columns, None when it does."""
    repeated = sorted({name for name in header if header.count(name) > 1 and name})
    if repeated:
        return Flaw(
            "structure",
            f"the column {', '.join(repeated)} stands more than once in the header: keep one, or is there no header?",
            fatal=True,
        )
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        mark = next(mark for mark in ";\t|" if mark in header[0])
        return Flaw("structure", f"the columns are separated by {mark!r}: save the file with commas", fatal=True)
    if "" in header:
        return Flaw(
            "structure",
            f"column {header.index('') + 1} has no name in the header: name it or delete it",
            fatal=True,
        )
    return None


def fitted(cells: list[str], width: int) -> list[str] | Flaw:
    """Return `cells` as exactly `width` of them, empty ones at the end dropped; a Flaw when they do not
    fit."""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) != width:
        why = f"this row has {len(cells)} cells and the header {width}: is it cut off, or a comma not quoted?"
        return Flaw("structure", why, raw=",".join(cells)[:10_000])
    return cells
