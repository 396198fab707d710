"""Excel workbooks (.xlsx): a sheet is a table; dates, formulas and merged cells are read or named, never
guessed."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from adapter.files.flaw import Flaw
from adapter.files.table import LocalTime, Table, header_flaw, unusable

_MARKS = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"|<(f)[ >/]')
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass(slots=True)
class _Marks:
    """What openpyxl does not tell when it streams: whether a sheet holds formulas, and (row, column) -> the
    merge it lies in."""

    formulas: bool = False
    merged: dict[tuple[int, int], str] = field(default_factory=dict)


def read_excel(stream: BinaryIO) -> Iterator[Table]:
    """Yield each sheet that holds anything as a table; a workbook that cannot be read is one table with a
    flaw."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values: Any = load_workbook(stream, read_only=True, data_only=True)
            stream.seek(0)
            formulas = load_workbook(stream, read_only=True)
    except broken as error:
        yield unusable(
            Flaw(
                "structure",
                f"this is no readable .xlsx workbook ({error}): open it in Excel and save it again",
                fatal=True,
            )
        )
        return
    for sheet in values.worksheets:
        marks = _marked(stream, sheet._worksheet_path)
        yield _table(sheet, formulas[sheet.title] if marks.formulas else None, marks)


def _marked(stream: BinaryIO, path: str) -> _Marks:
    marks = _Marks()
    with zipfile.ZipFile(stream) as archive, archive.open(path.lstrip("/")) as sheet:
        tail = b""
        while part := sheet.read(1 << 16):
            text = tail + part
            end = 0
            for found in _MARKS.finditer(text):
                end = found.end()
                _mark(marks, found)
            tail = text[max(end, len(text) - 200) :]
    return marks


def _mark(marks: _Marks, found: re.Match[bytes]) -> None:
    from openpyxl.utils import column_index_from_string

    if found[5]:
        marks.formulas = True
        return
    left, top, right, bottom = (each.decode() for each in found.groups()[:4])
    first, last = column_index_from_string(left), column_index_from_string(right)
    if (int(bottom) - int(top) + 1) * (last - first + 1) > 1_000_000:
        return
    for row in range(int(top), int(bottom) + 1):
        for column in range(first, last + 1):
            if (row, column) != (int(top), first):
                marks.merged[row, column] = f"{left}{top}:{right}{bottom}"


def _table(sheet: Any, formulas: Any | None, marks: _Marks) -> Table:
    rows = _cells(sheet, formulas)
    number, first = next(((number, cells) for number, cells in rows if any(_filled(cell) for cell in cells)), (0, ()))
    if not first:
        return unusable(Flaw("structure", "the sheet is empty: nothing was read", fatal=True), sheet.title)
    header = [str(_text(cell, None) or "").strip() for cell in first]
    while header and not header[-1]:
        header.pop()
    merged = next((merge for (row, _), merge in marks.merged.items() if row == number), None)
    flaw = header_flaw(header)
    if merged is not None:
        flaw = Flaw(
            "structure",
            f"row {number}, the header, has merged cells ({merged}): give each column its own name",
            fatal=True,
        )
    if flaw is not None:
        return unusable(flaw, sheet.title, number)
    return Table(tuple(header), _rows(rows, tuple(header), marks), sheet.title, line=number)


def _cells(sheet: Any, formulas: Any | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    if formulas is None:
        yield from enumerate(sheet.iter_rows(), 1)
        return
    for number, (row, written) in enumerate(zip(sheet.iter_rows(), formulas.iter_rows(), strict=False), 1):
        yield (
            number,
            tuple(
                _Formula(cell) if w.data_type == "f" and cell.value is None else cell
                for cell, w in zip(row, written, strict=False)
            ),
        )


class _Formula:
    """A formula whose value the workbook does not hold."""

    data_type, value, number_format = "f", "=", ""

    def __init__(self, cell: Any) -> None:
        self.cell = cell


def _rows(
    rows: Iterator[tuple[int, tuple[Any, ...]]], header: tuple[str, ...], marks: _Marks
) -> Iterator[tuple[int, list[str] | Flaw]]:
    for number, cells in rows:
        if any(_filled(cell) for cell in cells):
            yield number, _row(number, cells, header, marks)


def _row(number: int, cells: tuple[Any, ...], header: tuple[str, ...], marks: _Marks) -> list[str] | Flaw:
    texts: list[str] = []
    for index, cell in enumerate(cells):
        name = header[index] if index < len(header) else f"column {index + 1}, which has no name"
        text = _text(cell, marks.merged.get((number, index + 1)) if marks.merged else None)
        if isinstance(text, Flaw):
            return Flaw(
                text.code,
                f"{name}: {text.why}",
                raw=" | ".join(str(each.value) for each in cells if _filled(each)),
            )
        if index >= len(header) and text:
            return Flaw("structure", f"{name}, holds {text!r}: name the column in the header or empty it")
        texts.append(text)
    return (texts + [""] * len(header))[: len(header)]


def _text(cell: Any, merge: str | None) -> str | Flaw:
    if merge is not None:
        return Flaw("structure", f"this cell is merged into {merge}: unmerge it and write the value in each row")
    value = cell.value
    if value is None or isinstance(value, str):
        return _of_text(cell, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    return _moment(value, cell.number_format or "")


def _of_text(cell: Any, value: str | None) -> str | Flaw:
    if value is None:
        return ""
    if cell.data_type == "f":
        return Flaw(
            "incomplete",
            "this is a formula without a result: open the workbook in Excel and save it, or write the value",
        )
    if cell.data_type == "e":
        return Flaw("value", f"this cell shows the error {value}: write the value")
    return value


def _number(value: float) -> str:
    """Return a number as Excel shows it: 15 digits, no exponent."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    text = f"{value:.15g}"
    return f"{value:.20f}".rstrip("0") if "e" in text else text


def _moment(value: Any, shown: str) -> str | Flaw:
    """Return a date or time as ISO text, as far as the cell's format shows it: a format without a day gives a
    month, one without an hour a date, if it is midnight."""
    shown = _QUOTED.sub("", shown).lower()
    if isinstance(value, dt.datetime) and value.time() == dt.time() and "h" not in shown:
        return _date(value.date(), shown)
    if isinstance(value, dt.datetime):
        return _local_time(value, shown)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat()
    return Flaw("value", f"this cell holds {value}, a length of time: write a date, a time or a number")


def _local_time(value: dt.datetime, shown: str) -> LocalTime:
    """Return a time in whole seconds, in milliseconds where the format shows parts of a second: Excel keeps
    a time as part of a day, which is hardly ever exact."""
    unit = 1_000 if ".0" in shown else 1_000_000
    exact = value + dt.timedelta(microseconds=unit // 2)
    exact -= dt.timedelta(microseconds=exact.microsecond % unit)
    return LocalTime(exact.isoformat(timespec="milliseconds" if exact.microsecond else "seconds"))


def _date(day: dt.date, shown: str) -> str:
    if "d" in shown or not shown or not ("y" in shown or "m" in shown):
        return day.isoformat()
    return f"{day:%Y-%m}" if "m" in shown else f"{day:%Y}"


def _filled(cell: Any) -> bool:
    return cell.value is not None and cell.value != ""
