"""Times of a workbook's cells, which know no offset: they get that of the study, unless a site has its own."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.crf.study import Item
from adapter.files.flaw import Flaw
from adapter.files.table import LocalTime, Table

Rows = Iterator[tuple[int, list[str] | Flaw]]


def settled(table: Table, items: list[Item | None], zone: str | None) -> Rows:
    """Yield the rows of a table, a time in a column of times with the offset `zone` (None: the site's reader adds
    its own), a midnight in any other column as the date that it is; `items` are those of the columns."""
    timed = [item is not None and item.type == "datetime" for item in items]
    for number, cells in table.rows:
        if isinstance(cells, Flaw) or not any(isinstance(cell, LocalTime) for cell in cells):
            yield number, cells
        else:
            yield number, [_cell(cell, time, zone) for cell, time in zip(cells, timed, strict=True)]


def _cell(cell: str, time: bool, zone: str | None) -> str:
    if not isinstance(cell, LocalTime):
        return cell
    if time:
        return str(cell) if zone is None else f"{cell}{zone}"
    return cell[:10] if cell.at_midnight else str(cell)
