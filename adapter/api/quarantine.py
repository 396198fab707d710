"""Quarantine: list and show what waits, send it again, send it corrected, reject it with a reason.

What came is not shown: it may reveal the arm, and names no person any more. Its issues say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.failure import STORED, content, failure
from adapter.api.knowing import AwaitedError, awaited
from adapter.api.listing import asked, following
from adapter.api.media import body, wanted
from adapter.api.precondition import unconditional
from adapter.api.queries import event_shown, reason_in
from adapter.api.sender import sender
from adapter.api.service import Service, service
from adapter.intake.deciding import Decided, reject, replay
from adapter.intake.recognised import recognised
from adapter.outcome import Issue, operation_outcome
from adapter.store import quarantine
from adapter.store.quarantine import CORRECTED, REPLAYED, STATUSES, WAITING, Kept
from adapter.store.queries import Event

blueprint = Blueprint("quarantine", __name__, url_prefix="/crf/quarantine")

KNOWN = ("status", "site", "sender")
DIGITS = 18

blueprint.app_errorhandler(AwaitedError)(awaited)


@blueprint.get("")
def listed() -> Response:
    """Answer a page of what is in quarantine, of a status, site or sender."""
    here = service()
    wanted(request, xml=False)
    filters, size, after = asked("/crf/quarantine", KNOWN)
    if filters.get("status", STATUSES[0]) not in STATUSES:
        raise failure("invalid", f"status is one of {', '.join(STATUSES)}.")
    filters = _own(here, filters)
    with here.store.engines.reading() as connection:
        total, found, more = quarantine.list_kept(connection, filters, size, int(after) if after is not None else None)
    page: dict[str, Any] = {"total": total, "quarantine": [_shown(here, one) for one in found]}
    if more and found:
        page |= following(here, "/crf/quarantine", filters, size, str(found[-1].number))
    return answer.plain(page)


@blueprint.get("/<number>")
def show(number: str) -> Response:
    """Answer one entry with its issues and all that happened to it."""
    wanted(request, xml=False)
    return answer.plain(_whole(service(), number))


@blueprint.post("/<number>/replay")
def replayed(number: str) -> Response:
    """Send it again as it came: what it waited for may be there now."""
    here = service()
    wanted(request, xml=False)
    unconditional(request)
    kept = _waiting(_kept(here, number))
    return _decided(here, number, replay(here.pipeline, kept.number, sender(here).name))


@blueprint.post("/<number>/correct")
def corrected(number: str) -> Response:
    """Send it corrected: {"reason": "…", "resources": […]}, or {"reason": "…", "records": […]} of a form's records."""
    here = service()
    wanted(request, xml=False)
    unconditional(request)
    kept, value = _waiting(_kept(here, number)), body(request, here.config.largest_body, xml=False)
    reason = reason_in(value)
    given = _content(kept, value)
    return _decided(here, number, replay(here.pipeline, kept.number, sender(here).name, given, reason))


@blueprint.post("/<number>/reject")
def rejected(number: str) -> Response:
    """Reject it: {"reason": "…"}. It stays as it is, and is never stored."""
    here = service()
    wanted(request, xml=False)
    unconditional(request)
    kept = _waiting(_kept(here, number))
    reason = reason_in(body(request, here.config.largest_body, xml=False))
    if not reject(here.pipeline, kept.number, sender(here).name, reason):
        _waiting(_kept(here, number))
    request.environ[STORED] = True
    return answer.plain(_whole(here, number))


def _content(kept: Kept, value: Mapping[str, Any]) -> list[Any]:
    name = "resources" if kept.form is None else "records"
    given = value.get(name)
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise failure("required", f'Give the corrected content: {{"{name}": […]}}, objects all of them.', status=422)
    return given if kept.form is not None else [_resource(one) for one in given]


def _resource(given: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(given.get("resourceType"), str):
        raise failure("structure", "A FHIR resource has a resourceType.", status=422)
    return {"where": "", "resource": given}


def _decided(here: Service, number: str, decided: Decided) -> Response:
    if decided.receipt is None:
        _waiting(_kept(here, number))
        raise content(decided.issues)
    request.environ[STORED] = True
    told = {"receipt": f"/fhir/Task/{decided.receipt.id}", **_whole(here, number)}
    return answer.plain(told)


def _waiting(kept: Kept) -> Kept:
    """What waits; failure 409 with what became of it where it does not any more."""
    if kept.status != WAITING:
        last = kept.events[-1]
        pushed = f" as Task/{last.submission}" if kept.status in (REPLAYED, CORRECTED) else ""
        raise failure("conflict", f"It does not wait any more: it was {kept.status} on {last.at}{pushed}.")
    return kept


def _own(here: Service, filters: dict[str, str]) -> dict[str, str]:
    """The filters within what the sender may see: a site's own sees its site's alone."""
    site = sender(here).site
    if site is None:
        return filters
    if filters.get("site", site) != site:
        raise failure("not-found", "There is nothing of that site here for you.")
    return {**filters, "site": site}


def _kept(here: Service, number: str) -> Kept:
    found, site = None, sender(here).site
    if number.isascii() and number.isdigit() and len(number) <= DIGITS:
        with here.store.engines.reading() as connection:
            found = quarantine.read(connection, int(number))
    if found is None or (site is not None and found.site != site):
        raise failure("not-found", "There is nothing in quarantine under this number.")
    return found


def _whole(here: Service, number: str) -> dict[str, Any]:
    kept = _kept(here, number)
    return _shown(here, kept) | {
        "outcome": operation_outcome([Issue(**issue) for issue in kept.issues]),
        "events": [_event(event) for event in kept.events],
    }


def _event(event: Event) -> dict[str, Any]:
    pushed = event.submission is not None and event.action in (REPLAYED, CORRECTED)
    return event_shown(event) | ({"receipt": f"/fhir/Task/{event.submission}"} if pushed else {})


def _shown(here: Service, kept: Kept) -> dict[str, Any]:
    told = {
        "number": kept.number,
        "status": kept.status,
        "at": kept.at,
        "sender": kept.sender,
        "site": kept.site,
        "form": kept.form,
        "resources": _types(kept.content) if kept.form is None else None,
        **recognised(here.desk, kept),
        "issues": len(kept.issues),
        "url": f"/crf/quarantine/{kept.number}",
        "task": f"/fhir/Task/{kept.submission}",
    }
    return {name: value for name, value in told.items() if value is not None}


def _types(content: Any) -> list[str]:
    given: Sequence[Any] = content if isinstance(content, list) else []
    return [str(one["resource"].get("resourceType")) for one in given]
