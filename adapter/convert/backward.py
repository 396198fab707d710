"""FHIR resources to CRF records: reading each resource on its own, then merging the fragments of each
record."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

from adapter.convert.batch import Batch, Chunk, Converted, Fragment, Loss, Number, Refusal
from adapter.convert.compiled import mapped_study
from adapter.convert.forward import syntax
from adapter.convert.options import Options
from adapter.crf.check import checker
from adapter.crf.record import Record, RecordParser, parser
from adapter.fhir.json import FhirSyntaxError, encode, parse, pretty
from adapter.files.csv import csv_lines
from adapter.files.flaw import Flaw
from adapter.mapping.study import MappedStudy
from adapter.outcome import Issue, Place

Packed = tuple[str, str, list[bytes]]
"""A form, a key, and the packed fragments of that record."""


class Read:
    """Turns chunks of resources into fragments of records; made once in each process."""

    def __init__(self, options: Options, study: MappedStudy | None = None) -> None:
        self._options = options
        self._study = mapped_study(options) if study is None else study

    def __call__(self, chunk: Chunk) -> Batch:
        batch = Batch()
        for number, raw in chunk.items:
            if isinstance(raw, Flaw):
                batch.refusals.append(chunk.flawed(number, raw))
            else:
                self._one(chunk, number, raw, batch)
        return batch

    def _one(self, chunk: Chunk, number: Number, raw: bytes, batch: Batch) -> None:
        place = chunk.place(number)
        try:
            value = self._parse(chunk.kind, raw)
        except FhirSyntaxError as error:
            batch.refusals.append(syntax(error, raw, place))
            return
        for resource in _resources(value, batch, place):
            batch.read += 1
            self._read(resource, place, batch)

    def _parse(self, kind: str, raw: bytes) -> Any:
        if kind == "json":
            return parse(raw)
        from adapter.fhir.xml import parse as parse_xml

        return parse_xml(raw)

    def _read(self, resource: dict[str, Any], place: Place, batch: Batch) -> None:
        reading = self._study.read(resource, self._options.form)
        kept = resource if self._options.keep else None
        issues = [issue.at(place) for issue in reading.issues]
        if reading.form is None and self._options.form is not None and not issues:
            batch.passed += 1
        elif reading.form is None or reading.key is None:
            batch.refusals.append(Refusal(place, kept, issues))
        elif self._options.form not in (None, reading.form):
            batch.passed += 1
        else:
            key = " ".join(map(str, reading.key))
            reading.issues[:] = issues
            batch.fragments.append(Fragment(reading.form, key, pickle.dumps((reading, place, kept), 5)))


class Merge:
    """Turns the fragments of records into records to write; made once in each process."""

    def __init__(self, options: Options, study: MappedStudy | None = None) -> None:
        self._options = options
        self._study = mapped_study(options) if study is None else study
        self._forms: dict[str, tuple[RecordParser, Callable[[Record, Any], list[Issue]]]] = {}

    def __call__(self, packed: list[Packed]) -> Batch:
        batch = Batch()
        for form, key, fragments in packed:
            self._one(form, key, [pickle.loads(each) for each in fragments], batch)
        return batch

    def _one(self, form: str, key: str, fragments: list[Any], batch: Batch) -> None:
        readings, places, kept = zip(*fragments, strict=True)
        merged = self._study.merge(readings)
        record_parser, check = self._form(form)
        issues = list(merged.issues)
        if not any(issue.refuses for issue in issues):
            issues += check(merged.record, self._options.now)
        placed = [issue.at(places[0]) for issue in issues]
        if any(issue.refuses for issue in issues):
            found = None if not self._options.keep else list(kept) if len(kept) > 1 else kept[0]
            batch.refusals.append(Refusal(places[0], found, placed, len(fragments)))
            return
        batch.notes += placed
        batch.converted.append(
            Converted(places[0], form, key, [(form, self._write(form, record_parser, merged.record))])
        )
        batch.losses += [Loss(form, key, each.expression, each.value) for each in merged.residue]
        batch.losses += [Loss(form, key, path, dropped=True) for path in merged.dropped]

    def _write(self, form: str, record_parser: RecordParser, record: Record) -> bytes:
        if self._options.shape == "csv":
            cells = record_parser.to_cells(record)
            return csv_lines([[cells.get(column, "") for column in record_parser.columns()]])
        value = record_parser.to_json(record)
        if self._options.named:
            value = {"form": form, "record": value}
        return encode(value) if self._options.shape == "ndjson" else pretty(value).encode()

    def _form(self, form: str) -> tuple[RecordParser, Callable[[Record, Any], list[Issue]]]:
        if form not in self._forms:
            definition = self._study.definition
            self._forms[form] = (
                parser(definition, definition.forms[form]),
                checker(definition.forms[form], definition.zone),
            )
        return self._forms[form]


def _resources(value: Any, batch: Batch, place: Place) -> Iterator[dict[str, Any]]:
    """Yield the resources of a parsed value: itself, that of a Bundle's entry, or those of a Bundle, however
    deep."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict) or not isinstance(
            each.get("resourceType", each.get("resource")), (str, dict)
        ):
            batch.refusals.append(_no_resource(each, place))
        elif "resourceType" not in each:
            waiting.append(each["resource"])
        elif each["resourceType"] == "Bundle":
            entries = each.get("entry", [])
            waiting += reversed(entries) if isinstance(entries, list) else [entries]
        else:
            yield each


def _no_resource(found: Any, place: Place) -> Refusal:
    why = "this is no FHIR resource: expected is an object with a resourceType, or an entry with a resource"
    return Refusal(place, found, [Issue("error", "structure", why, place=place)])
