"""Searching: a type, or a type within a compartment, by GET and by POST `_search`; the searchset that answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec
from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.failure import failure, unsupported
from adapter.api.parameters import Asked, asked, in_compartment
from adapter.api.policy import sight
from adapter.api.prefer import is_strict
from adapter.api.service import Service, service
from adapter.store.search import Page
from adapter.store.search_inclusion import MOST
from adapter.store.shapes import Version

blueprint = Blueprint("searching", __name__, url_prefix="/fhir")

COMPARTMENTS = ("Patient",)
"""The compartments of R4 that can be searched."""

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was searched, and what comes along with it."""

    page: Page
    included: tuple[Version, ...] = ()


@blueprint.get("/<type_>")
@blueprint.post("/<type_>/_search")
def search(type_: str) -> Response:
    """Answer a page of the resources of one type that match."""
    here = service()
    here.known_type(type_)
    return _answered(here, type_, asked(here, type_, _arguments(), strict=_strict()))


@blueprint.get("/<compartment>/<id_>/<type_>")
@blueprint.post("/<compartment>/<id_>/<type_>/_search")
def search_compartment(compartment: str, id_: str, type_: str) -> Response:
    """Answer a page of the resources of one type that are in the compartment of a patient and match."""
    here = service()
    here.known_type(type_)
    if compartment not in COMPARTMENTS:
        raise unsupported(f"Of {compartment[:60]} there are no compartments here: of {', '.join(COMPARTMENTS)}.", 404)
    where = f"{compartment}/{id_}"
    within = in_compartment(here, compartment, id_, type_)
    question = asked(here, type_, _arguments(), strict=_strict(), of=where)
    query = replace(question.query, matches=(within, *question.query.matches))
    return _answered(here, f"{where}/{type_}", replace(question, query=query))


def found(here: Service, question: Asked) -> Found:
    """What a search finds, for the reader of this request. Failure 400 when too much would come along."""
    page = here.store.search(sight(), question.query)
    if not question.inclusions or not page.versions:
        return Found(page)
    shown = {version.address.path for version in page.versions}
    included: dict[str, Version] = {}
    for inclusion in question.inclusions:
        places, targets, reverse = inclusion.places, inclusion.targets, inclusion.reverse
        for version in here.store.included(sight(), page.versions, places, targets, reverse=reverse):
            if version.address.path not in shown:
                included[version.address.path] = version
        if len(included) > MOST:
            raise failure("too-costly", f"More than {MOST} resources come along: ask for fewer by _count.")
    return Found(page, tuple(included.values()))


def bundle(base: str, where: str, question: Asked, found_: Found) -> bytes:
    """The searchset of a page: resources as the bytes that are stored, self and next links, what was ignored.

    `where` is what is searched, as it stands in a link (`Observation`).
    """
    page, here = found_.page, f"{base}/fhir/{where}"
    links = [{"relation": "self", "url": _url(here, question.link())}]
    if page.more:
        links.append({"relation": "next", "url": _url(here, question.link(page))})
    entries = [*_entries(base, page.versions, "match"), *_entries(base, found_.included, "include")]
    if question.ignored:
        entries += (b",", msgspec.json.encode(_warning(question.ignored)))
    total = {} if page.total is None else {"total": page.total}
    made = msgspec.json.encode({"resourceType": "Bundle", "type": "searchset", **total, "link": links})
    return b"".join((made[:-1], b',"entry":[', *entries[1:], b"]}")) if entries else made


def _answered(here: Service, where: str, question: Asked) -> Response:
    return answer.raw(bundle(here.config.base_url, where, question, found(here, question)))


def _arguments() -> list[tuple[str, str]]:
    """The parameters of the query, and those of the form that a POST brings."""
    pairs = list(request.args.items(multi=True))
    if request.method == "POST" and request.get_data(cache=True):
        if request.mimetype != FORM:
            raise failure("media", f"The parameters of a search are sent as {FORM}.")
        pairs += request.form.items(multi=True)
    if any("\0" in text for pair in pairs for text in pair):
        raise failure("invalid", "NUL stands in no value of a search: take it out.")
    return pairs


def _strict() -> bool:
    return is_strict(request.environ.get("HTTP_PREFER", ""))


def _entries(base: str, versions: Iterable[Version], mode: str) -> list[bytes]:
    """The pieces of each entry, a comma first: joined, not encoded anew. A type and an id are of characters that JSON
    takes as they are."""
    begins = b'{"fullUrl":%b/' % msgspec.json.encode(f"{base}/fhir")[:-1]
    ends = b',"search":{"mode":"%b"}}' % mode.encode()
    pieces: list[bytes] = []
    for version in versions:
        pieces += (b",", begins, version.address.path.encode(), b'","resource":', version.body, ends)
    return pieces


def _warning(ignored: tuple[str, ...]) -> dict[str, object]:
    names = ", ".join(name[:60] for name in ignored)
    text = f"Not searched by {names}: see GET /fhir/metadata for what is supported."
    return answer.ignored(text)


def _url(where: str, query: str) -> str:
    return f"{where}?{query}" if query else where
