"""FHIR resources to CRF records: each resource is read on its own, then the fragments of a record merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.convert.batch import Batch, Chunk, Converted, Loss, Number, Refusal
from adapter.convert.compiled import mapped_study
from adapter.convert.forward import syntax
from adapter.convert.fragment import Gathered, Met, unpacked
from adapter.convert.options import Options
from adapter.crf.check import checker, judged
from adapter.crf.record import Record, RecordParser, parser
from adapter.fhir.json import FhirSyntaxError, encode, parse, pretty
from adapter.files.csv import csv_lines
from adapter.files.flaw import Flaw
from adapter.mapping.reading import Reading
from adapter.mapping.study import MappedStudy
from adapter.mapping.told import items_told
from adapter.outcome import Issue, Place

Packed = tuple[str, str, list[bytes]]
"""A form, a key, and the packed fragments of that record."""


class Read:
    """Turns chunks of resources into fragments of records; made once in each process."""

    def __init__(self, options: Options, study: MappedStudy | None = None) -> None:
        self._options = options
        self._study = mapped_study(options) if study is None else study

    def __call__(self, chunk: Chunk) -> Batch:
        batch, gathered = Batch(), Gathered()
        for number, raw in chunk.items:
            if isinstance(raw, Flaw):
                batch.refusals.append(chunk.flawed(number, raw))
            else:
                self._one(chunk, number, raw, batch, gathered)
        batch.fragments = gathered.packed()
        return batch

    def _one(self, chunk: Chunk, number: Number, raw: bytes, batch: Batch, gathered: Gathered) -> None:
        place = chunk.place(number)
        try:
            value = self._parse(chunk.kind, raw)
        except FhirSyntaxError as error:
            batch.refusals.append(syntax(error, raw, place))
            return
        for resource in _resources(value, batch, place):
            batch.read += 1
            self._read(resource, place, batch, gathered)

    def _parse(self, kind: str, raw: bytes) -> Any:
        if kind == "json":
            return parse(raw)
        from adapter.fhir.xml import parse as parse_xml

        return parse_xml(raw)

    def _read(self, resource: dict[str, Any], place: Place, batch: Batch, gathered: Gathered) -> None:
        reading = self._study.read(resource, self._options.form)
        kept = resource if self._options.keep else None
        if reading.issues:
            reading.issues[:] = [issue.at(place) for issue in reading.issues]
        if reading.form is not None and reading.key is not None:
            gathered.add(reading, place, kept)
        elif reading.form is None and self._is_of_another_form(resource):
            batch.passed += 1
        else:
            batch.refusals.append(Refusal(place, kept, reading.issues))

    def _is_of_another_form(self, resource: dict[str, Any]) -> bool:
        asked = self._options.form
        forms = self._study.form_of(resource) if asked is not None else ()
        return bool(forms) and asked not in forms


class Merge:
    """Turns the fragments of records into records to write; made once in each process."""

    def __init__(self, options: Options, study: MappedStudy | None = None) -> None:
        self._options = options
        self._study = mapped_study(options) if study is None else study
        self._forms: dict[str, tuple[RecordParser, Callable[[Record, Any], list[Issue]]]] = {}

    def __call__(self, packed: list[Packed]) -> Batch:
        batch = Batch()
        for form, key, fragments in packed:
            self._one(form, key, list(unpacked(fragments)), batch)
        return batch

    def _one(self, form: str, key: str, met: list[Met], batch: Batch) -> None:
        merged = self._study.merge([each.reading for each in met])
        record_parser, check = self._form(form)
        record = self._with_claims(form, merged.record, merged.claims)
        issues = [*merged.issues, *self._unanswered(form, record)]
        if not any(issue.refuses for issue in issues):
            issues += self._broken(form, record, [each.reading for each in met], check)
        place = met[0].place
        placed = [issue.at(place) for issue in issues]
        if any(issue.refuses for issue in placed):
            kept = [each.resource for each in met] if self._options.keep else [None]
            batch.refusals.append(Refusal(place, kept if len(kept) > 1 else kept[0], placed, len(met)))
            return
        batch.notes += placed
        batch.converted.append(Converted(place, form, key, [(form, self._write(form, record_parser, record))]))
        batch.losses += [Loss(form, key, each.expression, each.value) for each in merged.residue]
        batch.losses += [Loss(form, key, path, dropped=True) for path in merged.dropped]

    def _broken(
        self, form: str, record: Record, readings: list[Reading], check: Callable[[Record, Any], list[Issue]]
    ) -> list[Issue]:
        """Return the broken edit checks that can be judged by what came."""
        broken = check(record, self._options.now)
        if not broken:
            return broken
        told = items_told(self._study.plan(form), readings)
        return [issue for issue in broken if judged(self._study.definition.forms[form], issue, record, told)]

    def _with_claims(self, form: str, record: Record, claims: Record) -> Record:
        """Return the record with the derived values that came along, where no rule of the form gives them."""
        items = self._study.definition.forms[form].items
        taken = {item: claim for item, claim in claims.items() if items[item].rule is None}
        if not taken:
            return record
        whole = {**record, **taken}
        return {item: whole[item] for item in items if item in whole}

    def _unanswered(self, form: str, record: Record) -> Iterator[Issue]:
        for item in self._study.definition.forms[form].items.values():
            if item.required and item.group is None and item.id not in record:
                why = "this is required and no resource gave it: the record is a fragment"
                yield Issue("warning", "required", why, form=form, item=item.id)

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
        if not isinstance(each, dict) or not isinstance(each.get("resourceType", each.get("resource")), (str, dict)):
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
