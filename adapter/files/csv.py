"""CSV (RFC 4180) in and out. Out: UTF-8 without a byte order mark, LF at the line's end; in, CRLF and a mark
are fine too."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol

from adapter.files.encoding import not_text
from adapter.files.flaw import Flaw, excerpt
from adapter.files.lines import numbered
from adapter.files.table import Table, fitted, header_flaw, unusable

QUOTE = '"'
_SPECIAL = re.compile('[",\r\n]')

SEPARATED = ["sep=", ""]
"""The line `sep=,`, which tells Excel how the columns are separated: it is passed over."""

CELL = 2 << 20
"""The longest cell, in characters: beyond it a quote was never closed."""


class Reader(Protocol):
    """What csv.reader returns, whose type has no public name."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class _Lines:
    """Lines as text for the CSV reader; those that are no text, or too long, are remembered until their row
    is done."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._lines, self._encoding = numbered(stream), encoding
        self.flaw: Flaw | None = None

    def __iter__(self) -> Iterator[str]:
        for _, line in self._lines:
            yield (line.decode(self._encoding) if isinstance(line, bytes) and line.isascii() else self._text(line))

    def _text(self, line: bytes | Flaw) -> str:
        if isinstance(line, Flaw):
            self.flaw = line
            return "\n"
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError as error:
            self.flaw = not_text(line, error, self._encoding)
            return line.decode("ascii", "backslashreplace")

    def take_flaw(self) -> Flaw | None:
        flaw, self.flaw = self.flaw, None
        return flaw


def read_csv(stream: BinaryIO, encoding: str = "utf-8") -> Table:
    """Return the table in `stream`: the first line that holds anything is its header; rows of empty cells alone, as
    spreadsheet programs leave them behind, are passed over."""
    csv.field_size_limit(CELL)
    lines = _Lines(stream, encoding)
    reader = csv.reader(iter(lines), strict=True)
    try:
        line, header = _header(reader, lines)
    except csv.Error as error:
        return unusable(_spoilt(error, 1, reader.line_num))
    while header and not header[-1]:
        header.pop()
    flaw = lines.take_flaw() or header_flaw(header)
    if flaw is not None:
        return unusable(Flaw(flaw.code, f"{flaw.why} (in the header)", fatal=True), line=line)
    if not header:
        return unusable(Flaw("structure", "the file is empty: nothing was read", fatal=True))
    return Table(tuple(header), _rows(reader, lines, len(header)), line=line)


def _header(reader: Reader, lines: _Lines) -> tuple[int, list[str]]:
    """Return the first row that holds anything, or cannot be read, with its line; an empty one at the end."""
    begin = 1
    for row in reader:
        if lines.flaw is not None or (any(row) and row != SEPARATED):
            return begin, [name.strip() for name in row]
        begin = reader.line_num + 1
    return begin, []


def _rows(reader: Reader, lines: _Lines, width: int) -> Iterator[tuple[int, list[str] | Flaw]]:
    begin = reader.line_num + 1
    while True:
        try:
            for cells in reader:
                if lines.flaw is not None:
                    flaw = lines.take_flaw()
                    yield (
                        begin,
                        Flaw(flaw.code, flaw.why, raw=excerpt(",".join(cells).encode())) if flaw else cells,
                    )
                elif not any(cells):
                    pass
                elif len(cells) == width:
                    yield begin, cells
                else:
                    yield begin, fitted(cells, width)
                begin = reader.line_num + 1
            return
        except csv.Error as error:
            yield begin, _spoilt(error, begin, reader.line_num)
            begin = reader.line_num + 1


def _spoilt(error: csv.Error, first: int, last: int) -> Flaw:
    lines = f"lines {first} to {last}" if last > first else f"line {first}"
    told = str(error)
    if "end of data" in told or "field larger" in told:
        why = f"the quote opened in line {first} is never closed: is the file cut off, or is it to be doubled?"
    elif "new-line" in told:
        why = "the lines end in CR alone: save the file with LF or CRLF"
    else:
        why = (
            f"{lines}: this is no CSV as of RFC 4180 ({told}): "
            "a cell with a comma, quote or line break stands in quotes, and a quote inside is doubled"
        )
    return Flaw("structure", why)


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8, quoted only where needed."""
    return "".join([_line(row) for row in rows]).encode()


def _line(row: Sequence[str]) -> str:
    # Python's writer leaves a bare CR unquoted when lines end in LF, and then cannot read it back.
    if _SPECIAL.search("".join(row)) is not None:
        row = [f'"{cell.replace(QUOTE, QUOTE * 2)}"' if _SPECIAL.search(cell) else cell for cell in row]
    return ",".join(row) + "\n" if any(row) or len(row) > 1 else '""\n'
