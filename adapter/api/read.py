"""Reading FHIR: what the server can do, one resource, one version."""

from __future__ import annotations

from flask import Blueprint, Response

from adapter.api import answer
from adapter.api.capability import capability_statement
from adapter.api.failure import failure
from adapter.api.policy import sight
from adapter.api.service import service
from adapter.store.shapes import Version

blueprint = Blueprint("read", __name__, url_prefix="/fhir")


@blueprint.get("/metadata")
def metadata() -> Response:
    """Answer what this server can do."""
    return answer.answer(capability_statement(service()))


@blueprint.get("/<type_>/<id_>")
def read(type_: str, id_: str) -> Response:
    """Answer one resource as it stands: 404 when there is none that may be seen, 410 when it is gone."""
    return _resource(type_, service().store.read(sight(), service().known_type(type_), id_))


@blueprint.get("/<type_>/<id_>/_history/<version>")
def read_version(type_: str, id_: str, version: str) -> Response:
    """Answer one version of a resource."""
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    return _resource(type_, service().store.read(sight(), service().known_type(type_), id_, number))


def _resource(type_: str, found: Version | None) -> Response:
    if found is None:
        raise failure("not-found", f"There is no {type_} with this id.")
    if found.deleted:
        raise failure("deleted", f"This {type_} no longer follows from its record: it was deleted.")
    return answer.resource(found)
