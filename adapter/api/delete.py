"""DELETE: a resource is voided, a version of its own; nothing is taken away, and a second time changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, request

from adapter.api.failure import FailureError
from adapter.api.lookup import Lookup, look_up, settled, stands
from adapter.api.media import answerable
from adapter.api.precondition import both, precondition
from adapter.api.pushing import Require, push
from adapter.api.service import Service, service
from adapter.api.write import content_of

blueprint = Blueprint("delete", __name__, url_prefix="/fhir")

GONE = "gone"
"""The key of the issue that what is to be voided is not there."""


@blueprint.before_request
def _answerable() -> None:
    answerable(request)


@blueprint.delete("/<type_>/<id_>")
def delete(type_: str, id_: str) -> Response:
    """Void a resource, whether it is there or not."""
    here = service()
    return _deleted(here, here.known_type(type_), id_)


@blueprint.delete("/<type_>")
def delete_found(type_: str) -> Response:
    """Void the resource that a search finds; failure 412 when it finds more than one."""
    here = service()
    here.known_type(type_)
    search = content_of(request.query_string.decode())
    return settled(lambda: _delete_found(here, look_up(here, type_, search)))


def _delete_found(here: Service, found: Lookup) -> Response:
    if found.one is None:
        return Response(status=204)
    return _deleted(here, found.one.type, found.one.id, found.require)


def _deleted(here: Service, type_: str, id_: str, require: Require | None = None) -> Response:
    conditions = precondition(request.headers, (type_, id_))
    if conditions is not None or stands(here, type_, id_):
        void(here, (type_, id_), both(require, conditions))
    return Response(status=204)


def void(here: Service, address: tuple[str, str], require: Require | None) -> None:
    """Void what stands at an address; what another has voided meanwhile is as well."""
    try:
        push(here, [], require, [address])
    except FailureError as failed:
        if any(issue.key != GONE for issue in failed.issues if issue.refuses):
            raise
