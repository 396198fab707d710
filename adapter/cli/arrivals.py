"""From files to drafts: CRF records in any format and FHIR resources in any, as `crfhir convert` reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from adapter.convert.batch import Chunk, Number
from adapter.convert.formname import FormNames
from adapter.convert.forward import syntax
from adapter.convert.options import Options
from adapter.convert.reading import Reader
from adapter.convert.vocabulary import Vocabulary
from adapter.fhir.json import FhirSyntaxError, parse
from adapter.files.flaw import Flaw
from adapter.files.source import Source
from adapter.intake.conformity import is_fhir, judge
from adapter.intake.desk import Desk
from adapter.intake.draft import of_cells, of_value
from adapter.intake.gathering import gather
from adapter.intake.knowing import Known
from adapter.intake.shapes import Drafts, Rejected
from adapter.outcome import Issue, Place

Found = tuple[Place, Mapping[str, Any]]
Naming = Callable[[Mapping[str, Any]], Known]


class Arrivals:
    """Reads files for a study; `computed` names those of forms that are computed here and therefore left out,
    `passed` the sheets of no form."""

    def __init__(self, desk: Desk, options: Options, named: Naming | None = None) -> None:
        """`named`: what a hospital's resource is in the study's names, where it is one that sends."""
        self._desk = desk
        self._options = options
        self._named = named
        self._known = Vocabulary(desk.study, options.site)
        self._flawed: list[Drafts] = []
        self._numbers: dict[str, int] = {}
        self.computed: list[str] = []
        self.passed: list[str] = []

    def drafts(self, files: Iterable[Source]) -> Iterator[Drafts]:
        """Yield what the files hold: records as they stand, in the order of the study's forms, then resources.

        A file is taken for what it holds, whatever the others hold: `found` lets the reader pass over it.
        """
        records = Reader(replace(self._options, to="fhir", shape="ndjson"), self._desk.study)
        order = partial(self._order, records.names)
        given = [replace(file, found=True) for file in files]
        self._numbers = {file.name: number for number, file in enumerate(given, start=1)}
        files = sorted(given, key=order)
        for chunk in records.chunks(files):
            yield from self._records(chunk)
        self.passed = [name for name in records.skipped if name not in {file.name for file in files}]
        resources = Reader(self._options, self._desk.study)
        yield from gather(self._desk, self._resources(resources.chunks(self._whole(files, records.skipped))))
        yield from self._flawed

    def _order(self, names: FormNames, file: Source) -> int:
        forms = list(self._desk.forms)
        form = names.find(file.stem)
        return forms.index(form) if form is not None else len(forms)

    def _whole(self, files: list[Source], skipped: list[str]) -> list[Source]:
        return [file for file in files if file.name in skipped]

    def _records(self, chunk: Chunk) -> Iterator[Drafts]:
        if chunk.form is not None and self._desk.computed(chunk.form):
            self.computed += [chunk.file] if chunk.file not in self.computed else []
            return
        if chunk.kind == "header":
            yield Drafts(issues=chunk.misnamed().issues)
        for number, found in chunk.items:
            if isinstance(found, Flaw):
                yield Drafts(issues=chunk.flawed(number, found).issues)
            elif chunk.kind == "cells":
                yield self._row(chunk, number, found)
            else:
                yield self._value(chunk, number, found)

    def _place(self, chunk: Chunk, number: Number) -> Place:
        return replace(chunk.place(number), number=self._numbers.get(chunk.file))

    def _row(self, chunk: Chunk, number: Number, found: list[str]) -> Drafts:
        form, place = chunk.form or "", self._place(chunk, number)
        cells = dict(zip(chunk.header.names, found, strict=True))
        if chunk.header.faults:
            return Drafts(issues=chunk.header.judged(self._desk.cell_parser(form), cells, place))
        return of_cells(self._desk, form, cells, place)

    def _value(self, chunk: Chunk, number: Number, raw: bytes) -> Drafts:
        place = self._place(chunk, number)
        try:
            value = parse(raw)
        except FhirSyntaxError as reason:
            return Drafts(issues=syntax(reason, raw, place).issues)
        form = chunk.form
        if isinstance(value, dict) and value.keys() == {"form", "record"}:
            form, value = value["form"], value["record"]
        if form is None and isinstance(value, dict) and len(fitting := self._known.fitting(value)) == 1:
            (form,) = fitting
        if not isinstance(form, str) or form not in self._desk.forms:
            why = 'which form this is of cannot be told: name the file by it, or write {"form": …, "record": {…}}'
            return Drafts(issues=[Issue("error", "not-found", why, place=place)])
        return of_value(self._desk, form, value, place)

    def _resources(self, chunks: Iterable[Chunk]) -> Iterator[Found]:
        for chunk in chunks:
            for number, raw in chunk.items:
                if isinstance(raw, Flaw):
                    self._flawed.append(Drafts(issues=chunk.flawed(number, raw).issues))
                else:
                    yield from self._parsed(chunk, number, raw)

    def _parsed(self, chunk: Chunk, number: Number, raw: bytes) -> Iterator[Found]:
        place = self._place(chunk, number)
        try:
            value = _xml(raw) if chunk.kind == "xml" else parse(raw)
        except FhirSyntaxError as reason:
            self._flawed.append(Drafts(issues=syntax(reason, raw, place).issues))
            return
        for resource in _flattened(value):
            yield from self._in_our_names(place, resource)

    def _in_our_names(self, place: Place, resource: Any) -> Iterator[Found]:
        """The resource with its patient as the study's subject; what is not settled waits in quarantine."""
        if self._named is None or not isinstance(resource, dict) or not is_fhir(judge(self._desk, resource)):
            yield place, resource
            return
        known = self._named(resource)
        if not any(issue.refuses for issue in known.issues):
            yield place, known.resources[0][1]
            return
        issues = [issue.at(place) for issue in known.issues]
        waiting = Rejected(None, resource, tuple(issues), known.awaits)
        self._flawed.append(Drafts(issues=issues, rejected=[waiting]))


def _flattened(value: Any) -> Iterator[Any]:
    """The resource; of an entry its resource; of a Bundle those of its entries, in order, however deep."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict) and "resourceType" not in each and "resource" in each:
            waiting.append(each["resource"])
        elif isinstance(each, dict) and each.get("resourceType") == "Bundle":
            entries = each.get("entry", [])
            waiting += reversed(entries) if isinstance(entries, list) else [entries]
        else:
            yield each


def _xml(raw: bytes) -> Any:
    from adapter.fhir import xml  # lxml is needed by few files

    return xml.parse(raw)
