"""CRF records to FHIR resources: what a worker does with a chunk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapter.convert.batch import Batch, Chunk, Converted, Loss, Number, Piece, Refusal
from adapter.convert.compiled import mapped_study
from adapter.convert.options import Options
from adapter.convert.vocabulary import Vocabulary
from adapter.crf.check import checker
from adapter.crf.nearest import hint
from adapter.crf.record import Record, RecordParser, parser
from adapter.fhir.json import FhirSyntaxError, parse
from adapter.fhir.syntax import TextFault
from adapter.files.flaw import Flaw
from adapter.mapping.study import MappedStudy
from adapter.outcome import Issue, Place


@dataclass(frozen=True, slots=True)
class Carrier:
    """What one form needs on its way: its parser, its edit checks, its key, and the items that the view
    leaves out."""

    parser: RecordParser
    check: Callable[[Record, Any], list[Issue]]
    keys: tuple[str, ...]
    omitted: tuple[str, ...]

    def key(self, record: Record) -> str:
        """Return the business key of a record as one text."""
        return " ".join([str(record.get(item, "")) for item in self.keys])


class Forward:
    """Turns chunks of CRF records into batches of resources; made once in each process."""

    def __init__(self, options: Options, study: MappedStudy | None = None) -> None:
        self._options = options
        self._study = mapped_study(options) if study is None else study
        self._known = Vocabulary(self._study.definition, options.site)
        self._carriers: dict[str, Carrier] = {}
        self._pieces = self._writer()

    def __call__(self, chunk: Chunk) -> Batch:
        batch = Batch()
        if chunk.kind == "header":
            batch.refusals.append(chunk.misnamed())
        one = self._cells if chunk.kind == "cells" else self._json
        for number, found in chunk.items:
            if isinstance(found, Flaw):
                batch.refusals.append(chunk.flawed(number, found))
            else:
                one(chunk, number, found, batch)
        batch.read = len(batch.converted) + sum(refusal.records for refusal in batch.refusals)
        return batch

    def _cells(self, chunk: Chunk, number: Number, found: list[str], batch: Batch) -> None:
        form = chunk.form or ""
        cells = dict(zip(chunk.header.names, found, strict=True))
        if chunk.header.faults:
            self._misnamed(chunk, number, cells, batch)
            return
        parse_cells = self._carrier(form).parser.parse_cells
        record, issues = parse_cells(cells)
        if issues:  # places are made only where they are needed
            record, issues = parse_cells(cells, chunk.place(number))
        self._convert(form, record, issues, batch, chunk.place(number), cells)

    def _misnamed(self, chunk: Chunk, number: Number, cells: dict[str, str], batch: Batch) -> None:
        """Judge a row by the columns that are known; it is refused for those that are not, or are not there."""
        place = chunk.place(number)
        issues = chunk.header.judged(self._carrier(chunk.form or "").parser, cells, place)
        kept = cells if self._options.keep else None
        batch.refusals.append(Refusal(place, kept, issues, told=chunk.header.faults))

    def _json(self, chunk: Chunk, number: Number, raw: bytes, batch: Batch) -> None:
        place = chunk.place(number)
        try:
            value = parse(raw)
        except FhirSyntaxError as error:
            batch.refusals.append(syntax(error, raw, place))
            return
        form, value = self._form_of(chunk, value)
        if form is None:
            self._refuse(batch, place, value, _unknown_form(value, self._known))
        elif self._options.form not in (None, form):
            batch.passed += 1
        else:
            record, issues = self._carrier(form).parser.parse_json(value, place)
            self._convert(form, record, issues, batch, place, value)

    def _form_of(self, chunk: Chunk, value: Any) -> tuple[str | None, Any]:
        if isinstance(value, dict) and value.keys() == {"form", "record"}:
            form = value["form"]
            known = isinstance(form, str) and form in self._study.definition.forms
            return (form, value["record"]) if known else (None, value)
        if chunk.form is None and isinstance(value, dict):
            fitting = self._known.fitting(value)
            return (fitting[0] if len(fitting) == 1 else None), value
        return chunk.form, value

    def _convert(self, form: str, record: Record, issues: list[Issue], batch: Batch, place: Place, found: Any) -> None:
        carrier = self._carrier(form)
        if not any(issue.refuses for issue in issues):
            issues = [*issues, *carrier.check(record, self._options.now)]
        placed = [issue.at(place) for issue in issues]
        if any(issue.refuses for issue in issues):
            batch.refusals.append(Refusal(place, found if self._options.keep else None, placed))
            return
        batch.notes += placed
        key = carrier.key(record)
        kept = found if self._options.keep else None
        batch.converted.append(Converted(place, form, key, self._pieces(form, record), kept))
        lost = {item: record[item] for item in carrier.omitted if item in record}
        if lost:
            told = carrier.parser.to_json(lost)
            batch.losses += [Loss(form, key, item, told.get(item)) for item in lost]

    def _refuse(self, batch: Batch, place: Place, found: Any, issue: Issue) -> None:
        batch.refusals.append(Refusal(place, found if self._options.keep else None, [issue.at(place)]))

    def _carrier(self, form: str) -> Carrier:
        if form not in self._carriers:
            definition = self._study.definition
            known = definition.forms[form]
            site = definition.sites.get(self._options.site or "")
            self._carriers[form] = Carrier(
                parser(definition, known, site),
                checker(known, definition.zone),
                tuple(item.id for item in known.keys),
                self._omitted(form),
            )
        return self._carriers[form]

    def _omitted(self, form: str) -> tuple[str, ...]:
        plan = self._study.plan(form)
        return tuple(plan.omits) if self._options.view == "clinical" and plan.home != "form" else ()

    def _writer(self) -> Callable[[str, Record], Sequence[Piece]]:
        study, view, shape = self._study, self._options.view, self._options.shape
        if shape not in ("json", "xml"):
            return lambda form, record: [(f"{e.type}/{e.id}", e.body) for e in study.emit(form, record, view)]
        encode = encoder(shape)
        return lambda form, record: [
            (f"{resource['resourceType']}/{resource['id']}", encode(resource))
            for resource in study.to_fhir(form, record, view)
        ]


def encoder(shape: str) -> Callable[[dict[str, Any]], bytes]:
    """Return the function that writes a resource for people (`json`) or as XML."""
    if shape == "xml":
        from adapter.fhir.xml import encode as encode_xml

        return encode_xml
    from adapter.fhir.json import pretty

    return lambda resource: pretty(resource).encode()


def syntax(error: FhirSyntaxError, raw: bytes, place: Place) -> Refusal:
    """Return the refusal of text that cannot be parsed, with all its faults; their lines count within `raw`."""
    from adapter.files.encoding import advice
    from adapter.files.flaw import excerpt

    if error.faults:
        return Refusal(place, excerpt(raw), [_fault(each, place) for each in error.faults])
    where = _within(place, error.line, error.column)
    why = str(error)
    try:
        raw.decode()
    except UnicodeDecodeError:
        why += f" Try --encoding {advice(raw)}." if advice(raw) else ""
    return Refusal(place, excerpt(raw), [Issue("error", error.issue_code, why, place=where)])


def _fault(fault: TextFault, place: Place) -> Issue:
    """Return one of several faults of a text, at its place in the file."""
    where = _within(place, fault.line, fault.column)
    return Issue(
        "error",
        fault.issue_code,
        fault.message,
        fault.expression,
        place=where,
        key=fault.key,
        name=fault.name,
    )


def _within(place: Place, line: int | None, column: int | None) -> Place:
    return Place(place.file, line=(place.line or 1) + (line or 1) - 1, row=place.row, column=column)


def _unknown_form(value: Any, known: Vocabulary) -> Issue:
    """Return why the form of a record cannot be told."""
    if not isinstance(value, dict):
        return Issue("error", "structure", "this is no record: expected is an object, {item: value}")
    if value.keys() == {"form", "record"}:
        near = hint(str(value["form"]), known.study.forms)
        return Issue("error", "not-found", f"there is no form {value['form']!r}{near}")
    fitting = known.fitting(value)
    if fitting:
        why = f"this record fits {' and '.join(fitting)} alike: give --form"
        return Issue("error", "multiple-matches", why)
    why = 'which form this record is of cannot be told from its items: give --form, or write {"form": …, "record": {…}}'
    return Issue("error", "not-found", why)
