"""Writing FHIR: a resource by POST or PUT, at its id or by a condition; each push whole or not at all."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from adapter.api.again import arrives
from adapter.api.conformity import arrived, conforming
from adapter.api.failure import failure, unsupported
from adapter.api.knowing import known, may_name
from adapter.api.lookup import Lookup, absent, look_up, settled, there
from adapter.api.media import answerable
from adapter.api.precondition import both, precondition
from adapter.api.pushed import of_version, told
from adapter.api.pushing import Require, push
from adapter.api.service import Service, service
from adapter.api.subset import is_subsetted
from adapter.intake.standing import standing

blueprint = Blueprint("write", __name__, url_prefix="/fhir")


@blueprint.before_request
def _answerable() -> None:
    # An answer that cannot be given is refused before anything is stored, not after.
    answerable(request)


@blueprint.post("/<type_>")
def create(type_: str) -> Response:
    """Store a resource; its id is made from its business key, whatever id it came with. With `If-None-Exist` only
    where its search finds nothing."""
    here = service()
    resource = resource_of(here, type_)
    search = request.headers.get("If-None-Exist")
    if search is None:
        return settled(lambda: store(here, _named(here, resource), None))
    return settled(lambda: _create_unless(here, _named(here, resource), look_up(here, type_, search)))


@blueprint.put("/<type_>/<id_>")
def update(type_: str, id_: str) -> Response:
    """Store a resource at its id, which must be the one of its business key."""
    here = service()
    resource = resource_of(here, type_, id_)
    return settled(lambda: store(here, _named(here, resource), id_))


@blueprint.put("/<type_>")
def update_found(type_: str) -> Response:
    """Store a resource in place of the one that a search finds, or as a new one."""
    here = service()
    resource = resource_of(here, type_)
    search = request.query_string.decode()
    return settled(lambda: _update_found(here, _named(here, resource), look_up(here, type_, content_of(search))))


def content_of(search: str) -> str:
    """A query without the parameters that shape the answer."""
    shaping = ("_format=", "_pretty=", "_summary=", "_elements=")
    return "&".join(part for part in search.split("&") if not part.startswith(shaping))


def store(here: Service, resource: dict[str, Any], id_: str | None, require: Require | None = None) -> Response:
    """Push one resource, to the id `id_` if it was addressed by one, under the conditions of the request."""
    kept = standing(here.desk, resource, here.readings)
    if id_ is not None and kept is not None and kept.id != id_ and not may_name(here, id_):
        text = f"This resource's id follows from its business key: PUT it to {kept.type}/{kept.id}, with it."
        raise failure("business-rule", text, status=422, expression=f"{kept.type}.id")
    conditions = precondition(request.headers, (kept.type, kept.id) if kept is not None else None)
    return told(here, push(here, [("", resource)], both(require, conditions)), resource, kept)


def resource_of(here: Service, type_: str, id_: str | None = None) -> dict[str, Any]:
    """The resource of the body, which must be of this type, and bear the id `id_` if it was addressed by one; failure
    with every issue where it cannot be stored."""
    here.known_type(type_)
    if request.method != "POST" and "If-None-Exist" in request.headers:
        raise unsupported("If-None-Exist goes with POST: PUT takes a search in its address.")
    resource = arrived(here, request)
    arrives(here, resource)
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise failure("structure", f"The body is no FHIR resource: send one {type_}, an object with a resourceType.")
    if resource["resourceType"] != type_:
        text = f"The body is a {resource['resourceType'][:60]}, the address is for {type_}: they must agree."
        raise failure("invalid", text, expression="resourceType")
    conforming(here, resource)
    if is_subsetted(resource):
        text = (
            "This is a part of a resource (SUBSETTED), which cannot stand for the whole: read it whole, and send that."
        )
        raise failure("business-rule", text, status=422, expression=f"{type_}.meta.tag")
    if id_ is not None and resource.get("id") != id_:  # as it came: a patient who is linked has another id after this
        text = f"PUT to {type_}/{id_[:64]} needs a resource with this id: give it, or POST to {type_}."
        raise failure("invalid", text, expression=f"{type_}.id")
    return resource


def _named(here: Service, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource in the study's own names, as they are now: each attempt looks them up anew."""
    conditions = ("If-Match", "If-None-Match", "If-None-Exist")
    searched = request.method == "PUT" and "id_" not in (request.view_args or {})
    plain = not searched and not any(name in request.headers for name in conditions)
    ((_, named),) = known(here, [("", resource)], whole=plain)
    return named


def _create_unless(here: Service, resource: dict[str, Any], found: Lookup) -> Response:
    kept = standing(here.desk, resource, here.readings) if found.one is None else None
    held = found.one if found.one is not None else there(here, kept)
    if held is not None:
        return of_version(here, held, [])
    return store(here, resource, None, both(found.require, absent(kept)))


def _update_found(here: Service, resource: dict[str, Any], found: Lookup) -> Response:
    if found.one is None:
        return store(here, resource, resource.get("id"), found.require)
    if resource.get("id", found.one.id) != found.one.id:
        text = f"The search finds {found.one.path}, and the resource has another id: leave it out, or give this one."
        raise failure("invalid", text, expression=f"{found.one.type}.id")
    return store(here, resource | {"id": found.one.id}, found.one.id, found.require)
