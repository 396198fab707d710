"""From sources to chunks: each file opened, its format told, its records cut into pieces of work."""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from adapter.convert.batch import Chunk, Numbered
from adapter.convert.formname import FormNames
from adapter.convert.options import Options
from adapter.errors import CrfhirError
from adapter.files.flaw import Flaw
from adapter.files.opening import Opened, opened
from adapter.files.source import Source

MOST = 500
"""Records in one chunk at the most."""

WEIGHT = 1 << 20
"""Bytes in one chunk at the most, but for a single record that is larger."""

_RESOURCE = re.compile(rb'"resourceType"\s*:')
_BUNDLE = re.compile(rb'^\s*"Bundle"\s*$')

UNNAMED = re.compile(r"(sheet|工作表|tabelle|feuil|hoja|foglio|blatt) ?[0-9]*", re.IGNORECASE)
"""The names that spreadsheet programs give to sheets."""


@dataclass(slots=True)
class Reader:
    """Reads sources one after the other; `skipped` names files of folders that are not of this direction."""

    options: Options
    names: FormNames
    skipped: list[str] = field(default_factory=list)
    consumed: Callable[[], int] = lambda: 0
    before: int = 0

    @property
    def bytes_read(self) -> int:
        """Stored bytes read so far, of all sources."""
        return self.before + self.consumed()

    def chunks(self, sources: Iterable[Source]) -> Iterator[Chunk]:
        """Yield the chunks of every source in order; what cannot be opened or read on is a Flaw in a chunk of
        its own."""
        for source in sources:
            try:
                yield from self._of(source)
            except (CrfhirError, OSError, EOFError, zlib.error, UnicodeError) as error:
                yield Chunk("json", source.name, [(1, _unreadable(error))])
            self.before, self.consumed = self.before + source.size, lambda: 0

    def _of(self, source: Source) -> Iterator[Chunk]:
        file = opened(source, self.options.encoding)
        self.consumed = file.consumed
        with file.stream:
            if file.flaw is not None:
                yield Chunk("json", source.name, [(1, file.flaw)])
                return
            against = self._against(file)
            if against is not None and source.found:
                self.skipped.append(source.name)
            elif against is not None:
                yield Chunk("json", source.name, [(1, against)])
            else:
                yield from self._read(source, file)

    def _against(self, file: Opened) -> Flaw | None:
        """Return a flaw when the file is already what it should become, told from its format or first
        bytes."""
        fhir = file.kind == "xml" or (file.kind in ("json", "ndjson") and _RESOURCE.search(file.head) is not None)
        if fhir == (self.options.to == "crf"):
            return None
        what, other = ("holds FHIR resources", "crf") if fhir else ("holds CRF records", "fhir")
        return Flaw("not-supported", f"this file {what} already: convert it with --to {other}", fatal=True)

    def _read(self, source: Source, file: Opened) -> Iterator[Chunk]:
        form = self.options.form or (self.names.find(source.stem) if self.options.to == "fhir" else None)
        if file.kind == "csv":
            yield from self._csv(source, file, form)
        elif file.kind == "xlsx":
            yield from self._excel(source, file)
        else:
            kind = "xml" if file.kind == "xml" else "json"
            for items in _cut(_documents(file)):
                yield Chunk(kind, source.name, items, form)

    def _csv(self, source: Source, file: Opened, form: str | None) -> Iterator[Chunk]:
        from adapter.files.csv import read_csv

        table = read_csv(file.stream, file.encoding)
        flaw = table.flaw or (_no_form(source.name) if form is None else None)
        if flaw is not None:
            yield Chunk("cells", source.name, [(1, flaw)], form)
            return
        for items in _cut(table.rows):
            yield Chunk("cells", source.name, items, form, header=table.header)

    def _excel(self, source: Source, file: Opened) -> Iterator[Chunk]:
        from adapter.files.excel import read_excel

        with tempfile.TemporaryFile() as stream:
            while part := file.stream.read(1 << 20):
                stream.write(part)
            stream.seek(0)
            for table in read_excel(stream):
                form = self._sheet_form(source, table.sheet)
                if form is None and table.sheet is not None:
                    self.skipped.append(f"{source.name}, sheet {table.sheet}")
                elif table.flaw is not None:
                    yield Chunk("cells", source.name, [(1, table.flaw)], form, table.sheet)
                else:
                    for items in _cut(table.rows):
                        yield Chunk("cells", source.name, items, form, table.sheet, table.header)

    def _sheet_form(self, source: Source, sheet: str | None) -> str | None:
        """Return the form of a sheet; `--form` chooses the sheets of that form, and those whose name says
        nothing. A sheet that has the name a spreadsheet program gave it is told by its file's."""
        unnamed = sheet is None or UNNAMED.fullmatch(sheet) is not None
        found = self.names.find(source.stem if unnamed or sheet is None else sheet)
        asked = self.options.form
        if asked is None or found == asked:
            return found
        return asked if found is None else None


def _documents(file: Opened) -> Iterator[Numbered]:
    if file.kind == "xml":
        from adapter.files.xml import read_xml

        return (((line, count), raw) for count, (line, raw) in enumerate(read_xml(file.stream), 1))
    if file.kind == "ndjson":
        from adapter.files.ndjson import read_ndjson

        return read_ndjson(file.stream, file.encoding)
    return _json(file)


def _json(file: Opened) -> Iterator[Numbered]:
    from adapter.files.ndjson import recoded
    from adapter.files.split import read_json, top_member

    kind = top_member(file.head, "resourceType")
    bundle = _BUNDLE.match(kind) if kind is not None else b'"resourceType"' in file.head
    elements = read_json(file.stream, "entry" if bundle else None)
    for count, (line, raw) in enumerate(elements, 1):
        yield (
            (line, count),
            raw if isinstance(raw, Flaw) or file.encoding == "utf-8" else recoded(raw, file.encoding),
        )


def _cut(items: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    """Group items; an error of reading comes after the items before it, so that these are not lost."""
    group: list[Numbered] = []
    weight = 0
    try:
        for item in items:
            group.append(item)
            weight += len(item[1]) if isinstance(item[1], bytes) else 0
            if len(group) >= MOST or weight >= WEIGHT:
                yield group
                group, weight = [], 0
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        group.append((group[-1][0] if group else 1, _unreadable(error)))
    if group:
        yield group


def _no_form(name: str) -> Flaw:
    why = f"which form {name} holds cannot be told from its name: give --form, or name the file after its form"
    return Flaw("not-found", why, fatal=True)


def _unreadable(error: Any) -> Flaw:
    if isinstance(error, UnicodeError):
        named = getattr(error, "encoding", "as --encoding says").upper()
        why = f"the text is not {named}: give another --encoding, or none ({error})"
    elif isinstance(error, (EOFError, zlib.error)):
        why = "the compressed file was cut off or is damaged: nothing after this was read"
    else:
        why = str(error)
    return Flaw("structure", why, fatal=True)
