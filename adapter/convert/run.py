"""One conversion from beginning to end: read, convert, write, and let the files appear."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from adapter.convert.backward import Merge, Packed, Read
from adapter.convert.batch import Batch, Chunk, Converted, Refusal
from adapter.convert.compiled import mapped_study
from adapter.convert.formname import FormNames
from adapter.convert.forward import Forward
from adapter.convert.known import known
from adapter.convert.lists import Lists
from adapter.convert.options import Options
from adapter.convert.output import Output, crf_frame, fhir_frame
from adapter.convert.places import Places, distinct
from adapter.convert.reading import Reader
from adapter.convert.tally import Tally
from adapter.crf import package
from adapter.crf.answer import show
from adapter.crf.record import parser
from adapter.crf.study import Study
from adapter.errors import CrfhirError, UsageError
from adapter.files.atomic import Staged
from adapter.files.csv import csv_lines
from adapter.files.seen import Seen
from adapter.files.source import Source, reason, sources
from adapter.files.spill import Spill
from adapter.jobs import mapped
from adapter.mapping.study import MappedStudy
from adapter.outcome import Issue, Place

Work = TypeVar("Work")

TOGETHER = 200
"""Records that are merged as one piece of work."""

Progress = Callable[[int, int, int], None]
"""Told (bytes read, bytes in all or 0 where unknown, records so far) after each piece of work."""


def convert(inputs: Sequence[str], options: Options, places: Places, progress: Progress | None = None) -> Tally:
    """Convert `inputs` and write the outputs; they appear when all is done, the main one only if anything was
    converted.

    Records that are refused are counted and listed and keep no other from being converted. Raises UsageError,
    DefinitionError and CrfhirError for what is no record's fault; then no file was touched.
    """
    found = sources(inputs)
    distinct([source.path for source in found], places)
    definition = package.load(options.study)
    known(definition, "form", options.form)
    known(definition, "site", options.site)
    options = replace(options, only=_needed(found, definition, options))
    study = mapped_study(options, definition)
    try:
        with Staged() as main, Staged() as beside:
            run = _Run(study, options, places, main, Lists(beside, places), progress)
            run.forwards(found) if options.to == "fhir" else run.backwards(found)
            run.lists.end()
            beside.ready()
            if run.tally.converted or not run.tally.failed:
                main.commit()
            beside.commit()
            return run.tally
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CrfhirError(f"The conversion stopped, and no file was changed: {reason(error)}.") from error
    except sqlite3.Error as error:
        where = f"in the folder for temporary files, {tempfile.gettempdir()}"
        raise CrfhirError(f"The conversion stopped, and no file was changed: {error}, {where}.") from error


@dataclass(slots=True)
class _Run:
    """One conversion under way."""

    study: MappedStudy
    options: Options
    places: Places
    staged: Staged
    lists: Lists
    progress: Progress | None
    tally: Tally = field(default_factory=Tally)

    def forwards(self, found: list[Source]) -> None:
        """Convert CRF records where they stand; a business key that comes twice is refused."""
        frame = fhir_frame(self.options, self.study.definition.base)
        output = Output(self.options, self.places, self.staged, lambda _: frame)
        with Seen() as seen:
            for batch in self._batches(Forward, found):
                refused = _repeated(batch, seen)
                self._count(batch)
                for refusal in refused:
                    self.tally.refuse(refusal)
                    self.lists.refuse(refusal)
                self._write(batch, output)
        output.start("")
        output.end()

    def backwards(self, found: list[Source]) -> None:
        """Read all resources, then merge the fragments of each record and write it."""
        output = Output(self.options, self.places, self.staged, crf_frame(self.options, self._header))
        with Spill() as spill:
            for batch in self._batches(Read, found):
                self._count(batch)
                spill.add(batch.fragments)
            self._merge(spill, output)

    def _merge(self, spill: Spill, output: Output) -> None:
        forms = spill.forms()
        options = self._merging(forms)
        for batch in mapped(self._maker(Merge, options), options.jobs, _together(spill.records())):
            self._count(batch)
            self._write(batch, output)
        output.start(next(iter(forms), options.form or ""))
        output.end()

    def _merging(self, forms: tuple[str, ...]) -> Options:
        several = len(forms) > 1 and not self.options.apart
        if several and self.options.shape == "csv":
            raise UsageError(
                f"These resources are of several forms ({', '.join(forms)}), and a CSV file holds one: "
                "give a folder with -o (one file a form), one form with --form, or --as ndjson."
            )
        return replace(self.options, named=several)

    def _batches(self, worker: Callable[..., Callable[[Chunk], Batch]], found: list[Source]) -> Iterator[Batch]:
        reader = Reader(self.options, self.study.definition)
        total = sum(source.size for source in found) if all(source.path for source in found) else 0
        for batch in mapped(self._maker(worker, self.options), self.options.jobs, reader.chunks(found)):
            yield batch
            if self.progress is not None:
                self.progress(reader.bytes_read, total, self.tally.read)
        self.tally.skipped = reader.skipped
        if not (self.tally.read or self.tally.passed or self.tally.failed or reader.tables):
            self._count(Batch(refusals=[_nothing(found, self.options.to)]))

    def _maker(self, worker: Callable[..., Work], options: Options) -> Callable[[], Work]:
        return partial(worker, options) if options.jobs > 1 else partial(worker, options, self.study)

    def _count(self, batch: Batch) -> None:
        self.tally.count(batch)
        for refusal in batch.refusals:
            self.lists.refuse(refusal)
        for loss in batch.losses:
            self.lists.lose(loss)

    def _write(self, batch: Batch, output: Output) -> None:
        self.tally.converted += len(batch.converted)
        for record in batch.converted:
            self.tally.written += len(record.pieces)
            for piece in record.pieces:
                output.write(piece)

    def _header(self, form: str) -> bytes:
        if form not in self.study.definition.forms:
            return b""
        return csv_lines([parser(self.study.definition, self.study.definition.forms[form]).columns()])


def _needed(found: list[Source], study: Study, options: Options) -> tuple[str, ...] | None:
    """Return the forms that the names of all sources tell, None when another may come."""
    if options.to == "crf":
        return None
    names = FormNames(study.forms)
    forms = [options.form or (names.find(source.stem) if source.suffix == ".csv" else None) for source in found]
    return None if None in forms else tuple(dict.fromkeys(form for form in forms if form is not None))


def _nothing(found: list[Source], to: str) -> Refusal:
    """Return the refusal of inputs of which none holds anything of the right side."""
    what = "FHIR resource" if to == "crf" else "CRF record"
    named = ", ".join(source.name for source in found[:3]) + (", …" if len(found) > 3 else "")
    why = f"no {what} was found in {named}: there is nothing to convert"
    return Refusal(Place(), None, [Issue("error", "not-found", why)], records=0)


def _repeated(batch: Batch, seen: Seen) -> list[Refusal]:
    """Take out of `batch` the records whose key was met before; return their refusals, which name both
    places."""
    again = seen.add([(f"{each.form} {each.key}", _where(each.place)) for each in batch.converted])
    refusals = [_second(batch.converted[position], first) for position, first in again.items()]
    if again:
        batch.converted = [each for position, each in enumerate(batch.converted) if position not in again]
    return refusals


def _second(record: Converted, first: str) -> Refusal:
    why = f"the key {show(record.key)} was met before, in {first}: keep one of the two, or give one its own key"
    return Refusal(record.place, record.input, [Issue("error", "duplicate", why, form=record.form, place=record.place)])


def _where(place: Place) -> str:
    return f"{place.file}, line {place.line}" if place.sheet is None and place.row is None else str(place)


def _together(records: Iterable[Packed]) -> Iterator[list[Packed]]:
    group: list[Packed] = []
    for record in records:
        group.append(record)
        if len(group) == TOGETHER:
            yield group
            group = []
    if group:
        yield group
