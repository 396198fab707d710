"""Keys that an EHR does not send are completed from the date and the schedule, and said so; given ones never are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from adapter.crf.completing import Completion, complete, completes
from adapter.crf.record import Record
from adapter.fhir import json
from adapter.intake.sender import Sender, may_write, no_such_subject
from adapter.intake.shapes import Draft
from adapter.outcome import Issue
from adapter.store.shapes import Key, Stored

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

UNCERTAIN = "uncertain"
"""The key of the issue that a record's keys do not follow from its date."""

RecordsOf = Callable[[str, str], list[Record]]
"""(form, subject) -> the open parts of its records."""


class Completing:
    """Completes the keys of one push: what it has completed counts for what follows in the same push."""

    def __init__(self, desk: Desk, sender: Sender, records_of: RecordsOf) -> None:
        self._desk = desk
        self._sender = sender
        self._records_of = records_of
        self._held: dict[tuple[str, str], list[Record]] = {}
        self.completed: set[Key] = set()

    def resource(self, resource: dict[str, Any], where: str) -> tuple[dict[str, Any], list[Issue]]:
        """The resource with the study's identifier, if its keys follow; else as it is, with the issue why not."""
        reading = self._desk.read(resource)
        if reading.form is None or reading.key is not None or completes(self._desk.study, reading.form) is None:
            return resource, []
        record, issue = self._completed(reading.form, reading.record, where or resource["resourceType"])
        if record is None:
            return resource, [issue] if issue is not None else []
        emitted = self._desk.engine.emit(reading.form, record, "both")
        none: dict[str, Any] = {}
        own = next((json.parse(one.body) for one in emitted if one.type == resource["resourceType"]), none)
        given = resource.get("identifier")
        identifiers = [*own.get("identifier", []), *(given if isinstance(given, list) else [])]
        return {**resource, "identifier": identifiers}, [issue] if issue is not None else []

    def value(self, form: str, value: Any, row: str) -> tuple[Any, list[Issue]]:
        """The JSON record with its keys, if they follow; else as it is, with the issue why not."""
        if completes(self._desk.study, form) is None or not isinstance(value, dict):
            return value, []
        keys = [key.id for key in self._desk.forms[form].keys]
        if all(key in value for key in keys):
            return value, []
        record, _ = self._desk.parser(form).parse_json(value)
        whole, issue = self._completed(form, record, row)
        found = [issue] if issue is not None else []
        return ({**value, **{key: whole[key] for key in keys}} if whole is not None else value), found

    def _completed(self, form: str, record: Record, where: str) -> tuple[Record | None, Issue | None]:
        definition, subject_item = self._desk.forms[form], self._desk.subject_items.get(form)
        item = completes(self._desk.study, form)
        if subject_item is None or subject_item not in record or item not in record:
            return None, None
        if not may_write(self._desk.study, self._sender, record[subject_item]):
            return None, no_such_subject(self._sender, Issue("error", "not-found", "", where, form))
        records = {name: self._records(name, record[subject_item]) for name in self._forms(form)}
        found = complete(self._desk.study, definition, record, records)
        if not found.certain:
            return None, _uncertain(form, found, where)
        (keys,) = found.candidates
        whole = {**record, **keys}
        self._records(form, record[subject_item]).append(whole)
        self.completed.add(self._desk.key(form, whole))
        said = ", ".join(f"{key} {value}" for key, value in keys.items())
        text = f"The keys follow from its date and Day 0, {found.zero}: {said}."
        return whole, Issue("information", "informational", text, where, form, str(item), None, "completed")

    def _records(self, form: str, subject: str) -> list[Record]:
        if (form, subject) not in self._held:
            self._held[form, subject] = self._records_of(form, subject)
        return self._held[form, subject]

    def _forms(self, form: str) -> set[str]:
        sources = self._desk.study.facts.get("day_0") or ()
        named = sources.values() if isinstance(sources, Mapping) else sources
        return {form, *(str(source["form"]) for source in named)}


def taken(desk: Desk, draft: Draft, held: Stored) -> list[Issue]:
    """The issue of a record whose key was completed, when another is stored there now: one of another time, made after
    its key was looked up."""
    form, item = draft.key.form, completes(desk.study, draft.key.form)
    voided = held.open_standing is not None and held.open_standing.voided
    if item is None or held.open is None or voided or json.parse(held.open).get(item) == draft.content.get(item):
        return []
    text = "Its keys are missing, and another record was stored under those that follow from its date: send them."
    return [Issue("error", "multiple-matches", text, form=form, place=draft.place, key=UNCERTAIN)]


def _uncertain(form: str, found: Completion, where: str) -> Issue:
    if found.zero is None:
        text = "Its keys are missing, and Day 0 of the subject is not known, from which they would follow: send them."
        return Issue("error", "required", text, where, form, key=UNCERTAIN)
    listed = "; ".join(", ".join(f"{key} {value}" for key, value in one.items()) for one in found.candidates)
    text = f"Its keys are missing, and its date does not settle them (Day 0 is {found.zero}): it may be {listed}."
    return Issue("error", "multiple-matches", text, where, form, key=UNCERTAIN)
