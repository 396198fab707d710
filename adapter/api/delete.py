"""DELETE: a resource is voided, a version of its own; nothing is taken away, and a second time changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.again import arrives
from adapter.api.failure import STATUS, FailureError, failure
from adapter.api.knowing import id_here
from adapter.api.lookup import Lookup, look_up, settled
from adapter.api.media import answerable
from adapter.api.precondition import both, precondition
from adapter.api.pushing import Require, push
from adapter.api.service import Service, service
from adapter.api.write import content_of
from adapter.intake.receipt import Receipt
from adapter.outcome import Issue

blueprint = Blueprint("delete", __name__, url_prefix="/fhir")


@blueprint.before_request
def _answerable() -> None:
    answerable(request)


@blueprint.delete("/<type_>/<id_>")
def delete(type_: str, id_: str) -> Response:
    """Void a resource, whether it is there or not."""
    here = service()
    arrives(here, "DELETE", request.full_path)
    return _deleted(here, here.known_type(type_), id_here(here, type_, id_))


@blueprint.delete("/<type_>")
def delete_found(type_: str) -> Response:
    """Void the resource that a search finds; failure 412 when it finds more than one."""
    here = service()
    here.known_type(type_)
    arrives(here, "DELETE", request.full_path)
    search = content_of(request.query_string.decode())
    return settled(lambda: _delete_found(here, look_up(here, type_, search)))


def _delete_found(here: Service, found: Lookup) -> Response:
    if found.one is None and "If-Match" in request.headers:
        raise failure("precondition", "If-Match names a version, and the search finds no resource.")
    if found.one is None:
        return answer.empty(204)
    return _deleted(here, found.one.type, found.one.id, found.require)


def _deleted(here: Service, type_: str, id_: str, require: Require | None = None) -> Response:
    """Void what stands there, whether its sender may see it or not; where nothing does, nothing happens, and the push
    has its receipt all the same. Failure 409 where another system's word stands, and a query was opened."""
    receipt = push(here, [], both(require, precondition(request.headers, (type_, id_))), [(type_, id_)])
    if (type_, id_) in receipt.addresses:
        raise FailureError(STATUS["conflict"], disputed(receipt))
    return answer.empty(204)


def disputed(receipt: Receipt) -> list[Issue]:
    """What is said of a resource that was to be deleted and stands: it is another system's word too."""
    text = "Another system has told of this record too: its word stands, and a query is open."
    return [Issue("error", "conflict", text), *receipt.issues]
