"""What to try: commands that work when pasted, made from records that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from adapter.api.policy import sight
from adapter.api.service import Service
from adapter.crf.record import Record
from adapter.crf.schedule import Occasion, occasions
from adapter.crf.study import Form
from adapter.fhir import json
from adapter.store.index import index
from adapter.store.search_records import RecordQuery
from adapter.store.shapes import Emission

FORM_VIEW = "QuestionnaireResponse"
DATES = ("date", "fulldate", "datetime")


@dataclass(frozen=True, slots=True)
class Example:
    """What a few commands show, and the commands."""

    title: str
    lines: tuple[str, ...]


def examples(here: Service) -> list[Example]:
    """A subject's records as FHIR; a record pushed as CRF and read as FHIR; the same pushed as FHIR and read
    as CRF.

    The first is shown of the form with the most records, the others of the one with the most that has a
    resource
    of its own beside the form view. Without records: none.
    """
    counts = here.store.counts(sight())[0]
    forms = sorted(
        (form for form in here.desk.forms.values() if form.rule is None and form.id in here.desk.subject_items),
        key=lambda form: -counts.get(form.id, 0),
    )
    filled = [form for form in forms if counts.get(form.id, 0)]
    clinical = [form for form in filled[1:] + filled[:1] if _clinical(here, form, _first(here, form)) is not None]
    found = [_reading(here, filled[0])] if filled else []
    return found + (list(_pushing(here, clinical[0])) if clinical else [])


def _reading(here: Service, form: Form) -> Example:
    record = _first(here, form)
    subject = record[here.desk.subject_items[form.id]]
    shown = next(iter(here.desk.engine.emit(form.id, record, "both")))
    systems = [system for system, _ in index(shown.body, here.zone)[0]]
    narrowed = f"&identifier={quote(systems[0], safe=':/')}|" if systems else ""
    title = f"{_label(form)} of {subject} as FHIR"
    return Example(title, (_get(here, f"/fhir/{shown.type}?subject={subject}{narrowed}&_count=2&_pretty=true"),))


def _pushing(here: Service, form: Form) -> Iterator[Example]:
    record = _next_record(here, form)
    clinical = _clinical(here, form, record)
    if clinical is None:
        return
    content = json.encode(here.desk.parser(form.id).to_json(record)).decode()
    key = here.desk.key(form.id, record).text
    address = f"/fhir/{clinical.type}/{clinical.id}"
    yield Example(
        f"{_label(form)} {key} pushed as CRF JSON and read back as {clinical.type}",
        (
            _send(here, "POST", f"/crf/{form.id}", "application/json", content),
            _get(here, f"{address}?_pretty=true"),
        ),
    )
    body = clinical.body.decode()
    yield Example(
        "The same pushed as FHIR and read back as CRF",
        (
            _send(here, "PUT", address, "application/fhir+json", body),
            _get(here, f"/crf/{form.id}/{key}?_pretty=true"),
        ),
    )


def _next_record(here: Service, form: Form) -> Record:
    """A planned record that a subject has not yet, made from its last one; failing that, a stored one."""
    planned = occasions(here.desk.study, form.id)
    listed = here.store.list_records(sight(), RecordQuery(form.id, count=200)).records
    for subject in dict.fromkeys(found.key.subject for found in listed):
        own = [_parsed(here, form, found.content) for found in listed if found.key.subject == subject]
        done = [[record.get(key) for key in occasion.keys] for occasion in planned[:1] for record in own]
        if len(own) > 1 and len(own) < len(planned):
            made = _made(here, form, own[-1], planned, done)
            if made is not None:
                return made
    return _first(here, form)


def _made(
    here: Service, form: Form, last: Record, planned: tuple[Occasion, ...], done: list[list[Any]]
) -> Record | None:
    named = {tuple(occasion.keys.values()): occasion for occasion in planned}
    before = named.get(tuple(last.get(key) for key in planned[0].keys))
    free = [occasion for values, occasion in named.items() if list(values) not in done]
    for occasion in free if before is not None else ():
        days = occasion.day - before.day if before is not None else 0
        record = {item: _moved(form, item, value, days) for item, value in last.items()} | dict(occasion.keys)
        issues = here.desk.parser(form.id).parse_json(here.desk.parser(form.id).to_json(record))[1]
        if not issues and not here.desk.checker(form.id)(record, here.config.clock()):
            return record
    return None


def _moved(form: Form, item: str, value: Any, days: int) -> Any:
    if form.items[item].type not in DATES or not isinstance(value, str):
        return value
    if "T" in value:
        return (datetime.fromisoformat(value) + timedelta(days=days)).isoformat()
    return (date.fromisoformat(value) + timedelta(days=days)).isoformat() if len(value) == 10 else value


def _first(here: Service, form: Form) -> Record:
    return _parsed(here, form, here.store.list_records(sight(), RecordQuery(form.id, count=1)).records[0].content)


def _parsed(here: Service, form: Form, content: str) -> Record:
    return here.desk.parser(form.id).parse_json(json.parse(content))[0]


def _clinical(here: Service, form: Form, record: Record) -> Emission | None:
    emitted = here.desk.engine.emit(form.id, record, "clinical")
    return next((entry for entry in emitted if not entry.restricted and entry.type != FORM_VIEW), None)


def _label(form: Form) -> str:
    labels: Mapping[str, str] = form.labels
    return labels.get("en", form.id)


def _get(here: Service, path: str) -> str:
    return f"curl -s '{here.config.base_url}{path}'"


def _send(here: Service, method: str, path: str, type_: str, content: str) -> str:
    quoted = content.replace("'", "'\\''")
    url = f"{here.config.base_url}{path}?_pretty=true"
    return f"curl -s -X {method} '{url}' -H 'Content-Type: {type_}' -d '{quoted}'"
