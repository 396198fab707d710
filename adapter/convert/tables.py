"""Tables to chunks: CSV files and the sheets of workbooks, their form told, their header judged, their rows cut."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator

from adapter.convert.batch import Chunk, Header
from adapter.convert.cutting import cut
from adapter.convert.formname import FormNames
from adapter.convert.headers import judged
from adapter.convert.local_time import Rows, settled
from adapter.convert.vocabulary import Vocabulary
from adapter.files.flaw import Flaw
from adapter.files.opening import Opened
from adapter.files.source import Source
from adapter.files.table import Table
from adapter.outcome import Place

UNNAMED = re.compile(r"(sheet|工作表|tabelle|feuil|hoja|foglio|blatt) ?[0-9]*", re.IGNORECASE)
"""The names that spreadsheet programs give to sheets."""


class Tables:
    """Reads tables; `asked` is the form that they all are, where that was said. `met` counts those whose form is
    known, though they have no row; `skipped` names the sheets of no form."""

    def __init__(self, known: Vocabulary, names: FormNames, asked: str | None) -> None:
        self._known, self._names, self._asked = known, names, asked
        self.met = 0
        self.skipped: list[str] = []

    def of_csv(self, source: Source, file: Opened) -> Iterator[Chunk]:
        """Yield the chunks of a CSV file."""
        from adapter.files.csv import read_csv

        table = read_csv(file.stream, file.encoding)
        named = self._asked or self._names.find(source.stem)
        fitting = [named] if named is not None else self._known.fitting(table.header)
        if table.flaw is None and len(fitting) != 1:
            yield Chunk("cells", source.name, [(table.line, _no_form(source.name, fitting))])
        else:
            form = fitting[0] if fitting else None
            yield from self._table(table, source.name, form, table.rows)

    def of_excel(self, source: Source, file: Opened) -> Iterator[Chunk]:
        """Yield the chunks of the sheets of a workbook; of a workbook without a sheet of any form, its flaw."""
        from adapter.files.excel import read_excel

        passed: list[str] = []
        before = self.met
        with tempfile.TemporaryFile() as stream:
            while part := file.stream.read(1 << 20):
                stream.write(part)
            stream.seek(0)
            for table in read_excel(stream):
                form = self._sheet_form(source, table)
                if form is None and table.sheet is not None:
                    passed.append(table.sheet)
                else:
                    yield from self._sheet(table, source.name, form)
        if self.met > before or source.found or not passed:
            self.skipped += [f"{source.name} (sheet {sheet})" for sheet in passed]
        else:
            yield Chunk("cells", source.name, [(1, self._no_sheet(passed))])

    def _sheet(self, table: Table, file: str, form: str | None) -> Iterator[Chunk]:
        items = {} if form is None else self._known.study.forms[form].items
        site = self._known.site
        zone = self._known.study.zone if site is None or site.zone is None else None
        columns = [items.get(self._known.item(form or "", name)) for name in table.header]
        yield from self._table(table, file, form, settled(table, columns, zone))

    def _table(self, table: Table, file: str, form: str | None, rows: Rows) -> Iterator[Chunk]:
        self.met += 1
        if table.flaw is not None or form is None:
            flaw = table.flaw or _no_form(file, [])
            yield Chunk("cells", file, [(table.line, flaw)], form, table.sheet)
            return
        header = self._header(table, file, form)
        if header.faults:
            yield Chunk("header", file, [], form, table.sheet, header)
        for items in cut(rows):
            yield Chunk("cells", file, items, form, table.sheet, header)

    def _header(self, table: Table, file: str, form: str) -> Header:
        of_sheet = Place(file, sheet=table.sheet, row=table.line)
        place = Place(file, line=table.line) if table.sheet is None else of_sheet
        return judged(self._known, form, table.header, place)

    def _sheet_form(self, source: Source, table: Table) -> str | None:
        """Return the form of a sheet; `--form` chooses the sheets of that form, and those whose name says
        nothing. A sheet that has the name a spreadsheet program gave it is told by its file's, one whose name
        tells no form by its columns."""
        unnamed = table.sheet is None or UNNAMED.fullmatch(table.sheet) is not None
        found = self._names.find(source.stem if unnamed or table.sheet is None else table.sheet)
        fitting = [found] if found is not None else self._known.fitting(table.header)
        if self._asked is None:
            return fitting[0] if len(fitting) == 1 else None
        return self._asked if self._asked in fitting or not fitting else None

    def _no_sheet(self, passed: list[str]) -> Flaw:
        forms = ", ".join(self._known.study.forms) if self._asked is None else self._asked
        why = (
            f"no sheet is of a known form: found are {', '.join(passed)}; expected is a sheet named after its form, "
            f"one of {forms}: rename it, or give --form"
        )
        return Flaw("not-found", why, fatal=True)


def _no_form(name: str, fitting: list[str]) -> Flaw:
    if fitting:
        todo = f"its columns fit {' and '.join(fitting)} alike: give --form"
        return Flaw("multiple-matches", f"which form {name} holds cannot be told: {todo}", fatal=True)
    why = f"which form {name} holds cannot be told from its name, nor from its columns: give --form"
    return Flaw("not-found", f"{why}, or name the file after its form", fatal=True)
