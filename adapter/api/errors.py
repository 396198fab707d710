"""Every failure becomes an OperationOutcome in the format asked for; no value of a request reaches a log."""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from adapter.api import answer
from adapter.api.again import answered_before
from adapter.api.failure import OF_STATUS, STORED, FailureError
from adapter.api.media import JSON, wanted
from adapter.errors import StoreError, UnknownOutcomeError
from adapter.outcome import Issue
from adapter.store.shapes import ClashError

log = logging.getLogger("crfhir")


def register(app: Flask) -> None:
    """Hand every exception of the application to one of the functions below."""
    app.register_error_handler(FailureError, _failed)
    app.register_error_handler(StoreError, _not_stored)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _unforeseen)


def told(status: int, issues: tuple[Issue, ...]) -> Response:
    """The answer of a failure: in the format asked for, in JSON where that is none."""
    try:
        kind = wanted(request)
    except FailureError:
        kind = JSON
    response = answer.outcome(issues, status, kind)
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="crfhir"'
    if status in (429, 503):
        response.headers["Retry-After"] = "2"
    return response


def _failed(failed: FailureError) -> Response:
    before = answered_before(failed.status)
    return before if before is not None else told(failed.status, failed.issues)


_NOTHING = "The store cannot take this now: nothing was stored, send it again."
_STORED = (
    "This failed after it was stored, and cannot be told what came of it. Send it again for that, with the same "
    "Idempotency-Key if it had one: what is stored has its effect once."
)


def _not_stored(reason: StoreError) -> Response:
    if isinstance(reason, ClashError):
        log.error("store: %s", type(reason).__name__)
        return told(409, (Issue("error", "conflict", str(reason)),))
    log.error("store: %s: %s", type(reason).__name__, reason)
    text = _STORED if STORED in request.environ else _NOTHING
    text = str(reason) if isinstance(reason, UnknownOutcomeError) else text
    return told(503, (Issue("error", "transient", text),))


def _refused(reason: HTTPException) -> Response:
    status = reason.code or 500
    code = OF_STATUS.get(status, "exception" if status >= 500 else "invalid")
    response = told(status, (Issue("error", code, _said(status)),))
    for name, value in reason.get_headers(request.environ):
        if name in ("Allow", "Location", "Retry-After"):
            response.headers[name] = value
    return response


def _unforeseen(reason: Exception) -> Response:
    # The name and the place of the fault alone: its message may hold what a patient answered.
    trace, places = reason.__traceback__, []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("fault: %s at %s", type(reason).__name__, " > ".join(places[-6:]))
    rest = _STORED if STORED in request.environ else "Nothing of this request was stored."
    return told(500, (Issue("fatal", "exception", f"This server has a fault: it is in its log. {rest}"),))


def _said(status: int) -> str:
    told_by = "/openapi.json" if request.path.startswith("/crf") else "/fhir/metadata"
    return {
        400: "The request cannot be read as HTTP: check its headers and that the body is complete.",
        404: f"There is nothing at this address: see GET {told_by} for what there is.",
        405: f"{request.method[:20]} is not supported at this address: see GET {told_by} for what is.",
        408: "The body did not arrive in time: send it again.",
        413: "The body is too large: send it in parts.",
        415: "The body's Content-Type is not supported.",
    }.get(status, "The request cannot be carried out.")
