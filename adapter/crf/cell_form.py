"""A form as CSV columns: compiled once, then row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapter.crf.answer import Absent, AnswerError, Record
from adapter.crf.cells import absent, escape, join, split
from adapter.crf.many import ordered
from adapter.crf.nearest import hint
from adapter.crf.reading import Reading
from adapter.crf.study import Form, Item, Site, Study
from adapter.crf.value import Reader, reader, text_of


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: its item, and how a cell is read; of a member, how one of the cell's values is."""

    item: Item
    read: Reader


class CellForm:
    """Reads the cells of a row into a Reading, and writes the cells of a record."""

    def __init__(self, study: Study, form: Form, site: Site | None) -> None:
        items = [item for item in form.items.values() if item.type != "group"]
        self.columns = tuple(item.id for item in items)
        self._study = study
        self._known = frozenset(self.columns)
        self._all = {item.id: Column(item, _cell_reader(item, study, site)) for item in items}
        own = [column for column in self._all.values() if column.item.group is None]
        self._derived = {column.item.id: column.read for column in own if column.item.rule is not None}
        self._plan = tuple((c.item.id, c.read) for c in own if c.item.id not in self._derived)
        groups = [item for item in form.items.values() if item.type == "group"]
        self._groups = {item.id: tuple(self._all[m.id] for m in form.members(item.id)) for item in groups}
        self._alias = {} if site is None else dict(site.columns.get(form.id, {}))
        self._site = site

    def read(self, cells: Mapping[str, str], reading: Reading) -> None:
        """Read every cell; what is wrong goes to the reading."""
        if self._alias:
            cells = self._renamed(cells, reading)
        record = reading.record
        for item, read in self._plan:
            cell = cells.get(item)
            if cell:
                try:
                    record[item] = read(cell)
                except AnswerError as reason:
                    self._look_again(item, cell, reason, reading)
        for item in self._derived:
            self._claim(item, cells.get(item), reading)
        for group, columns in self._groups.items():
            self._read_group(group, columns, cells, reading)
        if not cells.keys() <= self._known:
            self._unknown(cells, reading)

    def _look_again(self, item: str, cell: str, reason: AnswerError, reading: Reading) -> None:
        """Read a cell that was refused at first sight: blanks around it, a reason instead of an answer."""
        bare = cell.strip()
        if not bare:
            return
        try:
            if bare != cell:
                reading.record[item] = self._bare(item, bare)
            elif type(reason) is EscapedError:
                reading.record[item] = absent(bare[1:])
            else:
                reading.refused(item, reason, item)
        except AnswerError as final:
            reading.refused(item, final, item)

    def _bare(self, item: str, cell: str) -> Any:
        try:
            return self._all[item].read(cell)
        except EscapedError:
            return absent(cell[1:])

    def _claim(self, item: str, cell: str | None, reading: Reading) -> None:
        """Keep what a cell claims of a derived item, to compare it with what the rule gives."""
        if cell is None or not cell.strip():
            return
        try:
            reading.claimed[item] = (self._derived[item](cell.strip()), item)
        except EscapedError:
            return
        except AnswerError as reason:
            reading.refused(item, reason, item)

    def _read_group(self, group: str, columns: tuple[Column, ...], cells: Mapping[str, str], reading: Reading) -> None:
        lists = {column: split(cell) for column in columns if (cell := cells.get(column.item.id, "")).strip()}
        if not lists:
            return
        lengths = {len(values) for values in lists.values()}
        if len(lengths) > 1:
            counts = ", ".join(f"{column.item.id} {len(values)}" for column, values in lists.items())
            reading.issue(group, "structure", f"the lists of one group run together, but have {counts} values")
            return
        indices = range(lengths.pop())
        reading.add_entries(group, [self._entry(lists, index, columns, reading) for index in indices])

    def _entry(
        self, lists: Mapping[Column, list[str]], index: int, columns: tuple[Column, ...], reading: Reading
    ) -> Record:
        entry: Record = {}
        for column, values in lists.items():
            try:
                value = _member(column, values[index])
            except AnswerError as reason:
                column_id = column.item.id
                reading.issue(column_id, reason.code, f"entry {index + 1}: {reason}", column_id)
                continue
            if value is not None:
                entry[column.item.member] = value
        for column in columns:
            check_entry_item(column.item, entry, index, reading)
        if not any(values[index].strip() for values in lists.values()):
            reading.issue(columns[0].item.group, "structure", f"entry {index + 1} has no answer; leave it out")
        return entry

    def _renamed(self, cells: Mapping[str, str], reading: Reading) -> dict[str, str]:
        """Return the cells by item id where the row has the site's own headers."""
        renamed: dict[str, str] = {}
        for column, cell in cells.items():
            item = self._alias.get(column, column)
            if cell and renamed.get(item):
                reading.issue(item, "duplicate", f"two columns hold {item}; {column} is the second", column)
            elif cell or item not in renamed:
                renamed[item] = cell
        return renamed

    def _unknown(self, cells: Mapping[str, str], reading: Reading) -> None:
        for column in cells:
            if column not in self._known:
                names = [*self.columns, *self._alias]
                why = f"unknown column {column!r}{hint(str(column), names)}; what it holds is not read"
                reading.issue(None, "structure", why, str(column))

    def write(self, record: Record) -> dict[str, str]:
        """Return a cell for every column, empty where the record is silent."""
        cells = dict.fromkeys(self.columns, "")
        for item, value in record.items():
            columns = self._groups.get(item)
            if columns is None:
                cells[item] = _cell(value)
            else:
                _write_group(columns, value, cells)
        return cells


class EscapedError(AnswerError):
    """Raised by a cell's reader for a cell that begins with one `~`: a reason, no answer."""


def _cell_reader(item: Item, study: Study, site: Site | None) -> Reader:
    """Return the reader of a whole cell, of one value for a member of a group."""
    read = reader(item, study, site)

    def read_cell(cell: str) -> Any:
        if cell[0] == "~":
            if cell[1:2] != "~":
                raise EscapedError(cell)
            cell = cell[1:]
        return read(cell)

    def read_many(cell: str) -> Any:
        if cell[0] == "~" and cell[1:2] != "~":
            raise EscapedError(cell)
        return ordered(item, study, [_one(part, read_cell, item) for part in split(cell)])

    return read_many if item.many else read_cell


def _one(part: str, read: Reader, item: Item) -> Any:
    value = part if item.type == "text" else part.strip()
    if not value.strip():
        raise AnswerError("found an empty value between two `;`; leave it out")
    try:
        return read(value)
    except EscapedError:
        raise AnswerError(f"found {value}; one of several answers cannot be missing for a reason") from None


def _member(column: Column, part: str) -> Any:
    """Return the value of a member in one entry, None where it is silent."""
    value = part if column.item.type == "text" else part.strip()
    if not value.strip():
        return None
    try:
        return column.read(value)
    except EscapedError:
        return absent(value[1:])


def check_entry_item(item: Item, entry: Record, index: int, reading: Reading) -> None:
    """Note a required member that an entry of a group lacks, unless its value was there and refused."""
    if item.required and item.member not in entry and not any(issue.item == item.id for issue in reading.issues):
        reading.issue(item.id, "required", f"entry {index + 1}: the required item {item.member} is missing")


def _cell(value: Any) -> str:
    if type(value) is list:
        return join(escape(text_of(one)) for one in value)
    return f"~{value.reason}" if type(value) is Absent else escape(text_of(value))


def _write_group(columns: tuple[Column, ...], entries: list[Record], cells: dict[str, str]) -> None:
    for column in columns:
        member = column.item.member
        if any(member in entry for entry in entries):
            values = [_cell(entry[member]) if member in entry else "" for entry in entries]
            cells[column.item.id] = join(values)
