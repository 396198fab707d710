"""From sources to chunks: each file opened, its format told, its records cut into pieces of work."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator

from adapter.convert.batch import Chunk, Numbered
from adapter.convert.cutting import cut, unreadable
from adapter.convert.formname import FormNames
from adapter.convert.options import Options
from adapter.convert.sides import against, side_of
from adapter.convert.tables import Tables
from adapter.convert.vocabulary import Vocabulary
from adapter.crf.study import Study
from adapter.errors import CrfhirError
from adapter.files.flaw import Flaw
from adapter.files.opening import Opened, opened
from adapter.files.source import Source

_BUNDLE = re.compile(rb'^\s*"Bundle"\s*$')


class Reader:
    """Reads sources one after the other; `names` tells forms by the names of files."""

    def __init__(self, options: Options, study: Study) -> None:
        self.names = FormNames(study.forms)
        self._options = options
        known = Vocabulary(study, options.site)
        self._tables = Tables(known, self.names, options.form)
        self._members = known.everything()
        self._passed: list[str] = []
        self._before = 0
        self._consumed: Callable[[], int] = lambda: 0

    @property
    def bytes_read(self) -> int:
        """Stored bytes read so far, of all sources."""
        return self._before + self._consumed()

    @property
    def skipped(self) -> list[str]:
        """The files of folders that are not of this direction, and the sheets of no form."""
        return [*self._passed, *self._tables.skipped]

    @property
    def tables(self) -> int:
        """How many tables of a form were met: one without a row says that there is no record."""
        return self._tables.met

    def chunks(self, sources: Iterable[Source]) -> Iterator[Chunk]:
        """Yield the chunks of every source in order; what cannot be opened or read on is a Flaw in a chunk of
        its own."""
        for source in sources:
            try:
                yield from self._of(source)
            except (CrfhirError, OSError, EOFError, zlib.error, UnicodeError) as error:
                yield Chunk("json", source.name, [(1, unreadable(error))])
            self._before, self._consumed = self._before + source.size, lambda: 0

    def _of(self, source: Source) -> Iterator[Chunk]:
        file = opened(source, self._options.encoding)
        self._consumed = file.consumed
        with file.stream:
            flaw = against(file, self._options.to, self._members) if file.flaw is None else None
            if file.flaw is not None or (flaw is not None and not source.found):
                yield Chunk("json", source.name, [(1, file.flaw or flaw)])
            elif flaw is not None or (source.found and self._is_neither(file)):
                self._passed.append(source.name)
            else:
                yield from self._read(source, file)

    def _is_neither(self, file: Opened) -> bool:
        return self._options.to == "crf" and side_of(file, self._members) is None

    def _read(self, source: Source, file: Opened) -> Iterator[Chunk]:
        if file.kind == "csv":
            yield from self._tables.of_csv(source, file)
        elif file.kind == "xlsx":
            yield from self._tables.of_excel(source, file)
        else:
            form = self._options.form or (self.names.find(source.stem) if self._options.to == "fhir" else None)
            kind = "xml" if file.kind == "xml" else "json"
            for items in cut(_documents(file)):
                yield Chunk(kind, source.name, items, form)


def _documents(file: Opened) -> Iterator[Numbered]:
    if file.kind == "xml":
        from adapter.files.xml import read_xml

        counted = (((line, count), raw) for count, (line, raw) in enumerate(read_xml(file.stream), 1))
        return _not_none(counted, 0, "the Bundle has no entries")
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
    counted = (
        ((line, count), raw if isinstance(raw, Flaw) or file.encoding == "utf-8" else recoded(raw, file.encoding))
        for count, (line, raw) in enumerate(elements, 1)
    )
    if kind is not None and bundle:
        return _not_none(counted, 1, "the Bundle has no entries")
    return _not_none(counted, 0, "the list is empty")


def _not_none(documents: Iterable[Numbered], around: int, why: str) -> Iterator[Numbered]:
    """Yield documents, and a flaw when there are no more than `around`, which hold nothing themselves."""
    count, flawed = 0, False
    for count, (number, found) in enumerate(documents, 1):  # noqa: B007 - counted
        flawed = flawed or isinstance(found, Flaw)
        yield number, found
    if count <= around and not flawed:
        yield 1, Flaw("not-found", f"{why}: there is nothing to convert", fatal=True)
