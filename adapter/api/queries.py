"""Queries: list them, read one with all that happened to it, answer one with a reason. Nothing is ever removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.failure import STORED, failure
from adapter.api.listing import asked, following
from adapter.api.media import body, wanted
from adapter.api.policy import sight
from adapter.api.precondition import unconditional
from adapter.api.sender import sender
from adapter.api.service import Service, service
from adapter.fhir import json
from adapter.intake.once import digest
from adapter.intake.sender import may_write, subjects_of
from adapter.store import queries
from adapter.store.moment import now_text
from adapter.store.queries import Asked, Event

PATH = "/crf/queries"
blueprint = Blueprint("queries", __name__, url_prefix=PATH)

KNOWN = ("form", "key", "subject", "site", "status")
LONGEST = 2000
"""Characters of an answer."""


@blueprint.get("")
def listed() -> Response:
    """Answer a page of the queries, of a form, record, subject, site or status."""
    here = service()
    wanted(request, xml=False)
    filters, size, after = asked(PATH, KNOWN)
    return page_of(here, PATH, filters, _filters(here, filters), size, after)


@blueprint.get("/<id_>")
def read(id_: str) -> Response:
    """Answer one query with its events."""
    wanted(request, xml=False)
    return answer.plain(_whole(service(), id_))


@blueprint.post("/<id_>/answer")
def answered(id_: str) -> Response:
    """Answer a query: {"reason": "…"}. It stays until a new version passes; its record is not touched."""
    here, who = service(), sender(service())
    wanted(request, xml=False)
    unconditional(request)
    reason = reason_in(body(request, here.config.largest_body, xml=False))
    mark = digest(json.encode(["answer", id_, reason]))
    with here.store.push(who.name, mark, now_text(here.config.clock())) as act:
        found = queries.read(act.connection, sight(), id_)
        if found is None or not may_write(here.desk.study, who, found[0].about.key.subject):
            raise failure("not-found", "There is no query with this id.")
        queries.answer(act.connection, id_, Event(act.at, who.name, "answered", reason, act.number))
    request.environ[STORED] = True
    return answer.plain(_whole(here, id_))


def page_of(
    here: Service, path: str, filters: Mapping[str, str], of_them: Mapping[str, str], size: int, after: str | None
) -> Response:
    """A page of the queries that `of_them` chooses; its next link has the `filters` that the reader gave."""
    with here.store.engines.reading() as connection:
        total, found, more = queries.list_queries(connection, sight(), of_them, size, after)
    page: dict[str, Any] = {"total": total, "queries": [shown(one) for one in found]}
    if more and found:
        page |= following(here, path, filters, size, found[-1].id)
    return answer.plain(page)


def reason_in(value: Any) -> str:
    """The reason that a person gives; failure 422 where there is none."""
    reason = value.get("reason") if isinstance(value, dict) else None
    if not isinstance(reason, str) or not reason.strip():
        raise failure("required", 'Say why: {"reason": "…"}.', status=422)
    if len(reason) > LONGEST:
        raise failure("too-long", f"A reason has at most {LONGEST} characters.", status=422)
    return reason.strip()


def _filters(here: Service, filters: Mapping[str, str]) -> dict[str, str]:
    if filters.get("status", "open") not in queries.STATUSES:
        raise failure("invalid", f"status is one of {', '.join(queries.STATUSES)}.")
    if "form" in filters:
        here.known_form(filters["form"])
    if "site" not in filters:
        return dict(filters)
    begins = subjects_of(here.desk.study, filters["site"])
    if begins is None:
        raise failure("invalid", f"This study has no site {filters['site'][:20]}.")
    return {**filters, "site": begins}


def _whole(here: Service, id_: str) -> dict[str, Any]:
    with here.store.engines.reading() as connection:
        found = queries.read(connection, sight(), id_)
    if found is None:
        raise failure("not-found", "There is no query with this id.")
    one, events = found
    return shown(one) | {"events": [event_shown(event) for event in events]}


def shown(one: Asked) -> dict[str, Any]:
    """A query as it is answered."""
    about = one.about
    named = {"form": about.key.form, "key": about.key.text, "subject": about.key.subject, "item": about.item}
    where = {"url": f"/crf/queries/{one.id}", "record": f"/crf/{about.key.form}/{about.key.text}"}
    told = {"id": one.id, "status": one.status, **named, "rule": about.rule, "text": one.text, "at": one.at, **where}
    return {name: value for name, value in told.items() if value is not None}


def event_shown(event: Event) -> dict[str, Any]:
    """What happened, as it is answered."""
    told = {"at": event.at, "actor": event.actor, "action": event.action, "reason": event.reason}
    return {name: value for name, value in told.items() if value is not None}
