"""Reading FHIR: what the server can do, one resource, one version, a search."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.capability import capability_statement
from adapter.api.failure import failure
from adapter.api.parameters import Asked, asked
from adapter.api.service import service
from adapter.fhir import json
from adapter.outcome import Issue, operation_outcome
from adapter.store.search import Page
from adapter.store.shapes import Version

blueprint = Blueprint("read", __name__, url_prefix="/fhir")


@blueprint.get("/metadata")
def metadata() -> Response:
    """Answer what this server can do."""
    return answer.answer(capability_statement(service()))


@blueprint.get("/<type_>/<id_>")
def read(type_: str, id_: str) -> Response:
    """Answer one resource as it stands: 404 when there is none that may be seen, 410 when it is gone."""
    return _resource(type_, service().store.read(service().known_type(type_), id_))


@blueprint.get("/<type_>/<id_>/_history/<version>")
def read_version(type_: str, id_: str, version: str) -> Response:
    """Answer one version of a resource."""
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    return _resource(type_, service().store.read(service().known_type(type_), id_, number))


@blueprint.get("/<type_>")
def search(type_: str) -> Response:
    """Answer a page of the resources of one type that match."""
    here = service()
    here.known_type(type_)
    strict = "handling=strict" in request.headers.get("Prefer", "").replace(" ", "")
    arguments = list(request.args.items(multi=True))
    question = asked(type_, arguments, here.config.base_url, here.zone, strict=strict)
    return answer.raw(bundle(here.config.base_url, question, here.store.search(question.query)))


def bundle(base: str, question: Asked, page: Page) -> bytes:
    """The searchset of a page: resources as the bytes that are stored, self and next links, what was
    ignored."""
    where = f"{base}/fhir/{question.query.type}"
    links = [{"relation": "self", "url": _url(where, question.link())}]
    if page.more:
        after = page.versions[-1].address.id
        links.append({"relation": "next", "url": _url(where, question.link(after))})
    entries = [_entry(base, version) for version in page.versions]
    if question.ignored:
        entries.append(_warning(question.ignored))
    found = {"resourceType": "Bundle", "type": "searchset", "total": page.total, "link": links}
    return msgspec.json.encode(found | ({"entry": entries} if entries else {}))


def _entry(base: str, version: Version) -> dict[str, object]:
    return {
        "fullUrl": f"{base}/fhir/{version.address.path}",
        "resource": msgspec.Raw(version.body),
        "search": {"mode": "match"},
    }


def _warning(ignored: tuple[str, ...]) -> dict[str, object]:
    names = ", ".join(name[:60] for name in ignored)
    text = f"Not searched by {names}: see GET /fhir/metadata for what is supported."
    warning = operation_outcome([Issue("warning", "not-supported", text)])
    return {"resource": msgspec.Raw(json.encode(warning)), "search": {"mode": "outcome"}}


def _url(where: str, query: str) -> str:
    return f"{where}?{query}" if query else where


def _resource(type_: str, found: Version | None) -> Response:
    if found is None:
        raise failure("not-found", f"There is no {type_} with this id.")
    if found.deleted:
        raise failure("deleted", f"This {type_} no longer follows from its record: it was deleted.")
    return answer.resource(found)
