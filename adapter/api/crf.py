"""CRF records as JSON: push them, list a form's, read one. Restricted items are kept and not shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.failure import content, failure, unsupported
from adapter.api.media import body, wanted
from adapter.api.parameters import COUNT, PAGE, count, page_place, page_token
from adapter.api.precondition import unconditional
from adapter.api.service import SENDER, service
from adapter.api.several import records_of
from adapter.fhir import json
from adapter.intake.receipt import Receipt
from adapter.outcome import operation_outcome
from adapter.store.records import position

blueprint = Blueprint("crf", __name__, url_prefix="/crf")

KNOWN = ("subject", "_count", PAGE, "_format", "_pretty")


@blueprint.get("")
def forms() -> Response:
    """Answer the study's forms: their labels, how many records each has, where they are."""
    wanted(request, xml=False)
    here = service()
    counts = here.store.counts()[0]
    listed = [
        {
            "form": form.id,
            "label": dict(form.labels),
            "records": counts.get(form.id, 0),
            "url": f"/crf/{form.id}",
        }
        for form in here.desk.forms.values()
    ]
    return answer.plain({"study": here.desk.study.id, "forms": listed})


@blueprint.post("/<form>")
def push(form: str) -> Response:
    """Store one record of a form, or a list of them, all or none; answer what became of each."""
    here = service()
    here.known_form(form)
    wanted(request, xml=False)
    unconditional(request)
    value = body(request, here.config.largest_body, xml=False)
    values = records_of(value)
    if not values:
        raise failure("structure", "The list is empty: send one record or more.")
    receipt = here.pipeline.push_records(SENDER, form, values)
    if receipt.refused:
        raise content(receipt.issues)
    created = any(entry.written.outcome == "created" for entry in receipt.entries)
    return answer.plain(_told(receipt), 201 if created else 200)


@blueprint.get("/<form>")
def records(form: str) -> Response:
    """Answer a page of a form's records in the order of their keys, of one subject or of all."""
    here = service()
    here.known_form(form)
    wanted(request, xml=False)
    unknown = [name for name in request.args if name not in KNOWN]
    if unknown:
        raise unsupported(f"Records are not searched by {', '.join(unknown)[:200]}: use subject and _count.")
    if len(request.args) != len(list(request.args.items(multi=True))):
        raise failure("invalid", "A parameter stands twice: give each once.")
    subject = request.args.get("subject")
    used = [("form", form), *([("subject", subject)] if subject is not None else [])]
    size = count(request.args.get("_count", str(COUNT)))
    token = request.args.get(PAGE)
    after = page_place(token, used) if token is not None else None
    page = here.store.list_records(form, subject, size, (position(after), after) if after is not None else None)
    listed: dict[str, Any] = {
        "form": form,
        "total": page.total,
        "records": [msgspec.Raw(found.content.encode()) for found in page.records],
    }
    if page.more and page.records:
        pairs = [*used[1:], ("_count", str(size)), (PAGE, page_token(page.records[-1].key.text, used))]
        listed["next"] = f"{here.config.base_url}/crf/{form}?{urlencode(pairs)}"
    return answer.plain(json.parse(msgspec.json.encode(listed)))


@blueprint.get("/<form>/<key>")
def record(form: str, key: str) -> Response:
    """Answer the open part of one record, with its version."""
    here = service()
    here.known_form(form)
    wanted(request, xml=False)
    found = here.store.read_record(form, key)
    if found is None:
        raise failure("not-found", f"There is no record of {form} with this key.")
    if answer.known(found.version, found.at):
        return answer.versioned(Response(status=304), found.version, found.at)
    return answer.versioned(answer.plain(json.parse(found.content)), found.version, found.at)


def _told(receipt: Receipt) -> dict[str, Any]:
    told: dict[str, Any] = {
        "submission": receipt.submission,
        "at": receipt.at,
        "records": [entry.json() for entry in receipt.entries],
    }
    if receipt.issues:
        told["outcome"] = operation_outcome(receipt.issues)
    return told
