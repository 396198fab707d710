"""PATCH: a resource changed where it stands, by JSON Patch."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.http import parse_options_header

from adapter.api.again import arrives
from adapter.api.failure import failure
from adapter.api.knowing import id_here
from adapter.api.lookup import look_up, settled
from adapter.api.media import JSON, answerable, parsed, plain
from adapter.api.patching import CONTENT_TYPE, changed, current, unmoved
from adapter.api.service import Service, service
from adapter.api.write import content_of, store

blueprint = Blueprint("patch", __name__, url_prefix="/fhir")


@blueprint.before_request
def _answerable() -> None:
    answerable(request)


@blueprint.patch("/<type_>/<id_>")
def patch(type_: str, id_: str) -> Response:
    """Change a resource by a JSON Patch; the result is stored as a PUT of it would be."""
    here = service()
    here.known_type(type_)
    operations, named = _patch(here), id_here(here, type_, id_)
    return settled(lambda: _patched(here, type_, named, operations))


@blueprint.patch("/<type_>")
def patch_found(type_: str) -> Response:
    """Change the resource that a search finds."""
    here = service()
    here.known_type(type_)
    operations, search = _patch(here), content_of(request.query_string.decode())

    def attempt() -> Response:
        found = look_up(here, type_, search).one
        if found is None:
            raise failure("not-found", f"There is no {type_} that this search finds.")
        return _patched(here, type_, found.id, operations)

    return settled(attempt)


def _patched(here: Service, type_: str, id_: str, operations: Any) -> Response:
    found = current(here, type_, id_)
    return store(here, changed(here, found, operations), id_, unmoved(found.address))


def _patch(here: Service) -> Any:
    kind = parse_options_header(request.headers.get("Content-Type", ""))[0]
    if kind != CONTENT_TYPE:
        raise failure("media", f"PATCH takes {CONTENT_TYPE}, no other kind of patch.")
    operations = parsed(plain(request, here.config.largest_body), JSON)
    arrives(here, "PATCH", request.full_path, operations)
    return operations
