"""History: the versions of one resource, of a type, of all, newest first; a deletion is an entry without a resource."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.failure import failure, unsupported
from adapter.api.paging import PAGE, page_place, page_token
from adapter.api.parameters import count
from adapter.api.policy import sight
from adapter.api.prefer import is_strict
from adapter.api.service import Service, service
from adapter.store.history import HistoryPage, HistoryQuery, Place
from adapter.store.moment import Span, span
from adapter.store.shapes import Version

blueprint = Blueprint("history", __name__, url_prefix="/fhir")

OF_THE_ANSWER = ("_format", "_pretty", "_summary", "_elements")
REPEATING = ("_at",)
MOST_TIMES = 10
"""Times of `_at` that one history is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A history as it was understood, with the parameters that took part, and those that shape the answer alone."""

    query: HistoryQuery
    used: tuple[tuple[str, str], ...]
    shaped: tuple[tuple[str, str], ...]


@blueprint.get("/_history")
def of_all() -> Response:
    """Answer what changed, of whatever type."""
    here = service()
    return _answer(here, "", _asked(here, "", HistoryQuery()))


@blueprint.get("/<type_>/_history")
def of_type(type_: str) -> Response:
    """Answer what changed of one type."""
    here = service()
    path, query = f"/{type_}", HistoryQuery(here.known_type(type_))
    return _answer(here, path, _asked(here, path, query))


@blueprint.get("/<type_>/<id_>/_history")
def of_instance(type_: str, id_: str) -> Response:
    """Answer the versions of one resource; 404 when there is none that may be seen."""
    here = service()
    path, query = f"/{type_}/{id_}", HistoryQuery(here.known_type(type_), id_)
    asked = _asked(here, path, query)
    if here.store.read(sight(), type_, id_) is None:
        raise failure("not-found", f"There is no {type_} with this id.")
    return _answer(here, path, asked)


def _answer(here: Service, path: str, asked: Asked) -> Response:
    return answer.raw(_bundle(here, path, asked, here.store.history(sight(), asked.query)))


def _asked(here: Service, path: str, query: HistoryQuery) -> Asked:
    used = [(name, value) for name, value in request.args.items(multi=True) if _counts(name)]
    for name, value in used:
        if name == "_count":
            query = replace(query, count=max(count(value), 1))
        elif name == "_since":
            query = replace(query, since=_span(here, name, value)[0])
        elif name == "_at":
            query = replace(query, at=(*query.at, _span(here, name, value)))
    token = request.args.get(PAGE)
    sealed = [("history", path), *used]
    after = _place(page_place(token, sealed)) if token is not None else None
    shaped = [pair for pair in request.args.items() if pair[0] in OF_THE_ANSWER]
    return Asked(replace(query, after=after), tuple(used), tuple(shaped))


def _counts(name: str) -> bool:
    """True of a parameter that takes part; failure 400 for one that is not supported where handling is strict."""
    if name in ("_count", "_since", "_at"):
        times = len(request.args.getlist(name))
        if name not in REPEATING and times > 1:
            raise failure("invalid", f"{name} stands twice: give it once.")
        if times > MOST_TIMES:
            raise failure("too-costly", f"At most {MOST_TIMES} times in one history: ask in parts.")
        return True
    if name not in (*OF_THE_ANSWER, PAGE) and is_strict(request.headers.get("Prefer", "")):
        raise unsupported(f"A history is not searched by {name[:60]}: use _since, _at, _count.")
    return False


def _span(here: Service, name: str, value: str) -> Span:
    try:
        # A + that nobody escaped is a blank in a query.
        return span(value.replace(" ", "+"), here.zone)
    except ValueError as reason:
        raise failure("invalid", f"{name}: {reason}.") from None


def _place(text: str) -> Place:
    type_, id_, version = text.split("/")
    return type_, id_, int(version)


def _bundle(here: Service, path: str, asked: Asked, page: HistoryPage) -> bytes:
    where = f"{here.config.base_url}/fhir{path}/_history"
    links = [{"relation": "self", "url": _url(where, [*asked.used, *asked.shaped])}]
    if page.more:
        last = page.versions[-1].address
        token = page_token(f"{last.path}/{last.version}", [("history", path), *asked.used])
        links.append({"relation": "next", "url": _url(where, [*asked.used, *asked.shaped, (PAGE, token)])})
    made: dict[str, Any] = {"resourceType": "Bundle", "type": "history"}
    if page.total is not None:
        made["total"] = page.total
    entries = [_entry(here, version) for version in page.versions]
    return msgspec.json.encode(made | {"link": links} | ({"entry": entries} if entries else {}))


def _url(where: str, pairs: list[tuple[str, str]]) -> str:
    return f"{where}?{urlencode(pairs)}" if pairs else where


def _entry(here: Service, version: Version) -> dict[str, Any]:
    address = version.address
    entry: dict[str, Any] = {"fullUrl": f"{here.config.base_url}/fhir/{address.path}"}
    if not version.deleted:
        entry["resource"] = msgspec.Raw(version.body)
    status = "204" if version.deleted else "201" if version.made else "200"
    return entry | {
        "request": {"method": "DELETE" if version.deleted else "PUT", "url": address.path},
        "response": {"status": status, "etag": answer.etag(address.version), "lastModified": address.at},
    }
