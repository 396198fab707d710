"""The study's own definitions, read-only: its questionnaires, profiles, value sets, code systems, concept maps and
search parameters as their files hold them, and this server's CapabilityStatement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.capability import capability_statement
from adapter.api.failure import failure, unsupported
from adapter.api.media import FORM, arguments
from adapter.api.paging import PAGE, page_place, page_token
from adapter.api.parameters import COUNT, count
from adapter.api.prefer import is_strict
from adapter.api.service import Service, service
from adapter.fhir import json

blueprint = Blueprint("conformance", __name__, url_prefix="/fhir")

TYPES = (
    "CapabilityStatement",
    "CodeSystem",
    "ConceptMap",
    "Questionnaire",
    "SearchParameter",
    "StructureDefinition",
    "ValueSet",
)
"""What can be read and searched here, and is never written."""

TOKENS = ("_id", "status")
SEARCHABLE = {"_id": "token", "name": "string", "status": "token", "url": "uri", "version": "token"}
"""Parameter -> its type, of all of TYPES."""

OF_THE_ANSWER = ("_count", "_format", "_pretty", "_summary", "_elements")


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition: what it is found by, and its bytes."""

    id: str
    facts: dict[str, Any]
    body: bytes


def _register(type_: str) -> None:
    blueprint.add_url_rule(f"/{type_}", f"search_{type_}", lambda: _search(type_), methods=["GET"])
    blueprint.add_url_rule(f"/{type_}/_search", f"post_{type_}", lambda: _search(type_), methods=["POST"])
    blueprint.add_url_rule(f"/{type_}/<id_>", f"read_{type_}", lambda id_: _read(type_, id_), methods=["GET"])


for _type in TYPES:
    _register(_type)


def _read(type_: str, id_: str) -> Response:
    found = _held(service(), type_).get(id_)
    if found is None:
        raise failure("not-found", f"There is no {type_} with this id.")
    return answer.raw(found.body)


def _search(type_: str) -> Response:
    if request.method == "POST" and request.content_length and request.mimetype != FORM:
        raise failure("media", f"The parameters of a search are sent as {FORM}.")
    here = service()
    used, ignored = _used()
    found = [each for _, each in sorted(_held(here, type_).items()) if all(_matches(each, *pair) for pair in used)]
    token = arguments(request).get(PAGE)
    sealed = [("type", type_), *used]
    after = page_place(token, sealed) if token is not None else ""
    size = count(arguments(request).get("_count", str(COUNT)))
    rest = [each for each in found if each.id > after]
    return answer.raw(_bundle(here, type_, len(found), rest, size, used, ignored))


def _used() -> tuple[list[tuple[str, str]], list[str]]:
    """The parameters that take part, and the names of those that do not; failure 400 where handling is strict."""
    given = [*request.args.items(multi=True), *request.form.items(multi=True)]
    pairs = [pair for pair in given if pair[0] not in (*OF_THE_ANSWER, PAGE)]
    ignored = [name for name, _ in pairs if name not in SEARCHABLE]
    if ignored and is_strict(request.headers.get("Prefer", "")):
        raise unsupported(f"Not searched by {', '.join(ignored)[:200]}: use {', '.join(SEARCHABLE)}.")
    return [(name, value) for name, value in pairs if name in SEARCHABLE and value], ignored


def _matches(each: Definition, name: str, value: str) -> bool:
    held = each.id if name == "_id" else each.facts.get(name)
    if not isinstance(held, str):
        return False
    wanted = value.split(",")
    if name == "name":
        return any(held.casefold().startswith(each.casefold()) for each in wanted)
    if name == "url":
        return any(_is_canonical(each.facts, text) for text in wanted)
    return held in [text.rpartition("|")[2] for text in wanted]


def _is_canonical(facts: dict[str, Any], text: str) -> bool:
    url, _, version = text.partition("|")
    return facts["url"] == url and version in ("", facts.get("version"))


def _bundle(
    here: Service,
    type_: str,
    total: int,
    rest: list[Definition],
    size: int,
    used: list[tuple[str, str]],
    ignored: list[str],
) -> bytes:
    where = f"{here.config.base_url}/fhir/{type_}"
    page, kept = rest[:size], [*used, *(pair for pair in arguments(request).items() if pair[0] in OF_THE_ANSWER)]
    links = [{"relation": "self", "url": f"{where}?{urlencode(kept)}" if kept else where}]
    if len(rest) > size and page:
        token = page_token(page[-1].id, [("type", type_), *used])
        links.append({"relation": "next", "url": f"{where}?{urlencode([*kept, (PAGE, token)])}"})
    entries: list[dict[str, Any]] = [
        {"fullUrl": f"{where}/{each.id}", "resource": msgspec.Raw(each.body), "search": {"mode": "match"}}
        for each in page
    ]
    if ignored:
        text = f"Not searched by {', '.join(ignored)[:200]}: use {', '.join(SEARCHABLE)}."
        entries.append(answer.ignored(text))
    made = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    return msgspec.json.encode(made | ({"entry": entries} if entries else {}))


def _held(here: Service, type_: str) -> dict[str, Definition]:
    """The definitions of one type by their ids."""
    if type_ == "CapabilityStatement":
        own = capability_statement(here) | {"id": "crfhir"}
        return {"crfhir": Definition("crfhir", own, json.encode(own))}
    return _package(here.desk.study.folder / "package").get(type_, {})


@lru_cache(8)
def _package(folder: Path) -> dict[str, dict[str, Definition]]:
    """The definitions of a package's folder by type and id."""
    found: dict[str, dict[str, Definition]] = {}
    for definition in _definitions(folder):
        found.setdefault(definition.facts["resourceType"], {})[definition.id] = definition
    return found


def _definitions(folder: Path) -> Iterator[Definition]:
    for path in sorted(folder.glob("*.json")):
        content = path.read_bytes()
        resource = json.parse(content)
        if resource.get("resourceType") in TYPES and isinstance(resource.get("id"), str):
            facts = {key: resource.get(key) for key in ("resourceType", "url", "version", "name", "status")}
            yield Definition(resource["id"], facts, json.encode(resource))
