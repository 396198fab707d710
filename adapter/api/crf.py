"""CRF records as JSON: push them, list a form's, read one. Restricted items are kept and not shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request
from werkzeug.http import parse_etags

from adapter.api import answer
from adapter.api.again import arrives, once
from adapter.api.failure import failure, unsupported
from adapter.api.media import body, wanted
from adapter.api.paging import PAGE, page_place, page_token
from adapter.api.parameters import COUNT, count
from adapter.api.policy import sight
from adapter.api.precondition import unconditional
from adapter.api.pushing import provenance
from adapter.api.receipts import accepted
from adapter.api.sender import sender
from adapter.api.service import Service, service
from adapter.api.several import records_of
from adapter.fhir import json
from adapter.intake.provenance import reason_of
from adapter.intake.receipt import Receipt
from adapter.outcome import operation_outcome
from adapter.store.records import position
from adapter.store.search_records import RecordQuery, read_record
from adapter.store.shapes import RecordVersion
from adapter.store.store import Push

blueprint = Blueprint("crf", __name__, url_prefix="/crf")

KNOWN = ("subject", "voided", "_count", PAGE, "_format", "_pretty")


@blueprint.get("")
def forms() -> Response:
    """Answer the study's forms: their labels, how many records each has, where they are."""
    wanted(request, xml=False)
    here = service()
    counts = here.store.counts(sight())[0]
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
    values = records_of(body(request, here.config.largest_body, xml=False))
    if not values:
        raise failure("structure", "The list is empty: send one record or more.")
    return _pushed(here, form, values, None)


@blueprint.put("/<form>/<key>")
def put(form: str, key: str) -> Response:
    """Store the whole of one record at its key; with If-Match only over the version that it names."""
    here = service()
    here.known_form(form)
    wanted(request, xml=False)
    value = body(request, here.config.largest_body, xml=False)
    record, issues = here.desk.parser(form).parse_json(value)
    keys = [item.id for item in here.desk.forms[form].keys]
    named = all(item in record for item in keys) and not any(i.item in keys and i.refuses for i in issues)
    if named and here.desk.key(form, record).text != key:
        raise failure("invalid", f"This record's key is {here.desk.key(form, record).text}: PUT it there.")
    return _pushed(here, form, [value], _unchanged(form, key))


def _pushed(here: Service, form: str, values: list[Any], require: Callable[[Push], None] | None) -> Response:
    receipt, said = arrives(here, form, values), reason_of(provenance(here))
    if receipt is None:
        receipt = here.pipeline.push_records(sender(here), form, values, require=require, once=once(), reason=said)
    accepted(receipt)
    created = not receipt.replayed and any(entry.outcome == "created" for entry in receipt.entries)
    response = answer.plain(told(receipt), 201 if created else 200)
    return _placed(here, receipt, response) if len(values) == 1 and len(receipt.entries) == 1 else response


def _placed(here: Service, receipt: Receipt, response: Response) -> Response:
    """The answer to a push of one record, with its address, and its version as far as it is the one of this push."""
    key = receipt.entries[0].written.key
    place = f"{here.config.base_url}/crf/{key.form}/{key.text}"
    response.headers["Location" if response.status_code == 201 else "Content-Location"] = place
    found = here.store.read_record(sight(), key.form, key.text)
    if found is None or found.voided or found.at > receipt.at:
        return response
    return answer.versioned(response, found.version, found.at)


def _unchanged(form: str, key: str) -> Callable[[Push], None] | None:
    """What If-Match and If-None-Match ask of the record, inside the push; failure 412 where it is otherwise."""
    match, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if match is None and none is None:
        return None
    expected, seen = parse_etags(match), sight()

    def require(push: Push) -> None:
        found = read_record(push.connection, seen, form, key)
        version = str(found.version) if found is not None and not found.voided else None
        if none is not None and version is not None:
            raise failure("precondition", "The record is there already, and If-None-Match says it must not be.")
        if match is not None and (version is None or not (expected.star_tag or expected.contains_weak(version))):
            raise failure("precondition", "The record is at another version than If-Match says: read it again.")

    return require


@blueprint.get("/<form>")
def records(form: str) -> Response:
    """Answer a page of a form's records in the order of their keys, of one subject or of all; or of those that were
    voided, of which their keys are left."""
    here = service()
    here.known_form(form)
    wanted(request, xml=False)
    unknown = [name for name in request.args if name not in KNOWN]
    if unknown:
        raise unsupported(f"Records are not searched by {', '.join(unknown)[:200]}: use subject, voided and _count.")
    if len(request.args) != len(list(request.args.items(multi=True))):
        raise failure("invalid", "A parameter stands twice: give each once.")
    query, used = _query(form)
    size, page = query.count, here.store.list_records(sight(), query)
    listed: dict[str, Any] = {
        "form": form,
        "total": page.total,
        "records": [msgspec.Raw(found.content.encode()) for found in page.records],
    }
    if page.more and page.records:
        pairs = [*used[1:], ("_count", str(size)), (PAGE, page_token(page.records[-1].key.text, used))]
        listed["next"] = f"{here.config.base_url}/crf/{form}?{urlencode(pairs)}"
    return answer.plain(json.parse(msgspec.json.encode(listed)))


def _query(form: str) -> tuple[RecordQuery, list[tuple[str, str]]]:
    """What a list of records is asked for, and the parameters that take part; failure 400 for a value that is none."""
    given = [(name, request.args[name]) for name in ("subject", "voided") if name in request.args]
    voided = dict(given).get("voided", "false")
    if voided not in ("true", "false"):
        raise failure("invalid", "voided is true, for the records that were voided, or false.")
    used = [("form", form), *given]
    token = request.args.get(PAGE)
    after = page_place(token, used) if token is not None else None
    size = count(request.args.get("_count", str(COUNT)))
    place = (position(after), after) if after is not None else None
    return RecordQuery(form, dict(given).get("subject"), voided == "true", size, place), used


@blueprint.get("/<form>/<key>")
def record(form: str, key: str) -> Response:
    """Answer the open part of one record, with its version."""
    here = service()
    wanted(request, xml=False)
    found = known_record(here, form, key)
    if found.voided:
        raise failure("deleted", f"The record was voided: /crf/{form}/{key}/_history has what it was.")
    if answer.known(found.version, found.at):
        return answer.versioned(Response(status=304), found.version, found.at)
    return answer.versioned(answer.plain(json.parse(found.content)), found.version, found.at)


def known_record(here: Service, form: str, key: str) -> RecordVersion:
    """A record that may be seen, voided or not; failure 404 where there is none."""
    here.known_form(form)
    found = here.store.read_record(sight(), form, key)
    if found is None:
        raise failure("not-found", f"There is no record of {form} with this key.")
    return found


def told(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the CRF side answers it."""
    said: dict[str, Any] = {
        "submission": receipt.submission,
        "at": receipt.at,
        "receipt": f"/fhir/Task/{receipt.id}",
        "records": [entry.json() for entry in receipt.entries],
    }
    if receipt.issues:
        said["outcome"] = operation_outcome(receipt.issues)
    return said
