"""$convert: records to FHIR and back, nothing stored; what may reveal the arm is left out of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.conformity import refusal
from adapter.api.failure import FailureError, content, failure
from adapter.api.media import body, wanted
from adapter.api.service import Service, service
from adapter.api.several import bounded, records_of
from adapter.fhir import json
from adapter.intake.discretion import discreet
from adapter.intake.draft import of_resources, of_values
from adapter.intake.judging import broken
from adapter.intake.meet import split
from adapter.intake.shapes import Drafts
from adapter.outcome import Issue, operation_outcome

blueprint = Blueprint("convert", __name__)

VIEWS = ("clinical", "form", "both")


@blueprint.post("/fhir/$convert")
def convert() -> Response:
    """Convert by content: a resource or Bundle to records, {"form": …, "record": …} to a Bundle."""
    value = body(request, service().config.largest_body)
    if isinstance(value, dict) and "resourceType" not in value and "form" in value:
        form, records = value["form"], value.get("records", [value.get("record")])
        if not isinstance(form, str) or not isinstance(records, list):
            raise failure("structure", 'Send {"form": its id, "record": {…}} or {"form": its id, "records": [{…}]}.')
        return _to_fhir(service(), service().known_form(form), records_of(records))
    return _to_crf(service(), value, None)


@blueprint.post("/crf/<form>/$convert")
def convert_form(form: str) -> Response:
    """Convert records of a form to a Bundle, or resources to records of this form."""
    here = service()
    here.known_form(form)
    value = body(request, here.config.largest_body)
    if isinstance(value, dict) and "resourceType" in value:
        return _to_crf(here, value, form)
    return _to_fhir(here, form, records_of(value))


def _to_fhir(here: Service, form: str, values: list[Any]) -> Response:
    view = request.args.get("view", "clinical")
    if view not in VIEWS:
        raise failure("invalid", f"view is one of {', '.join(VIEWS)}.")
    drafts = of_values(here.desk, form, values)
    records = [draft.record for draft in drafts.drafts if draft.record is not None]
    now = here.config.clock()
    issues = [*drafts.issues, *(i for record in records for i in broken(here.desk, form, record, now))]
    if any(issue.refuses for issue in issues):
        raise content(discreet(here.desk, issues))
    emitted = [entry for record in records for entry in here.desk.engine.emit(form, record, view)]
    entries = [
        {
            "fullUrl": f"{here.config.base_url}/fhir/{entry.type}/{entry.id}",
            "resource": json.parse(entry.body),
        }
        for entry in emitted
        if not entry.restricted
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection"}
    return answer.answer(bundle | ({"entry": entries} if entries else {}))


def _to_crf(here: Service, value: Any, form: str | None) -> Response:
    wanted(request, xml=False)
    drafts = of_resources(here.desk, list(_resources(value)))
    found = [record for draft in drafts.drafts for record in _record(here, drafts, draft)]
    others = sorted({entry["form"] for entry in found} - {form}) if form is not None else []
    if others:
        text = f"These are records of {', '.join(others)}, not of {form}: send them there, or to /fhir/$convert."
        drafts.issues.append(Issue("error", "business-rule", text))
    issues = discreet(here.desk, drafts.issues)
    if drafts.refused:
        raise refusal(issues)
    return answer.plain({"records": found, "outcome": operation_outcome(issues)})


def _record(here: Service, drafts: Drafts, draft: Any) -> Iterator[dict[str, Any]]:
    # A fragment is converted as far as it goes: what only a whole record must answer is not asked of it.
    form = draft.key.form
    given = {item: v for item, v in draft.content.items() if item not in here.desk.derived[form]}
    record, issues = here.desk.parser(form).parse_json(given)
    drafts.issues += [issue for issue in issues if issue.code != "required"]
    told = None if draft.whole else draft.told
    drafts.issues += broken(here.desk, form, record, here.config.clock(), told)
    open_, _ = split(here.desk, form, here.desk.parser(form).to_json(record))
    yield {"form": form, "key": draft.key.text, "record": open_}


def _resources(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise failure("structure", "Send a FHIR resource or Bundle: an object with a resourceType.")
    if value["resourceType"] != "Bundle":
        yield "", value
        return
    entries = value.get("entry", [])
    if not isinstance(entries, list):
        raise FailureError(400, [Issue("error", "structure", "entry is a list.", "Bundle.entry")])
    bounded(entries, "entries")
    for position, entry in enumerate(entries):
        where = f"Bundle.entry[{position}].resource"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            raise FailureError(400, [Issue("error", "structure", "An entry has a resource.", where)])
        yield where, resource
