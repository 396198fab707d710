"""Operations that only read: `$everything` of a patient, `$versions`, `$meta`.

Sources: http://hl7.org/fhir/R4/patient-operation-everything.html, http://hl7.org/fhir/R4/resource-operation-meta.html
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from adapter.api import answer
from adapter.api.failure import failure, unsupported
from adapter.api.media import PLAIN_JSON, R4, body
from adapter.api.paging import PAGE, page_place, page_token
from adapter.api.parameters import COUNT, count
from adapter.api.policy import sight
from adapter.api.prefer import is_strict
from adapter.api.service import Service, service
from adapter.fhir import json
from adapter.store.everything import PATIENT, EverythingQuery
from adapter.store.moment import Span, span
from adapter.store.shapes import Version

blueprint = Blueprint("operations", __name__, url_prefix="/fhir")

ASKING = ("GET", "POST")
"""An operation that only reads is asked by either; a POST may say its parameters in a Parameters."""

OF_EVERYTHING = ("start", "end", "_type", "_since", "_count")
OF_THE_ANSWER = ("_format", "_pretty", "_summary", "_elements")


@blueprint.route("/$versions", methods=ASKING)
def versions() -> Response:
    """Answer the versions of FHIR that are spoken here, as R4's capabilities operation does."""
    _arguments(service())
    if request.accept_mimetypes.best == PLAIN_JSON:
        return answer.plain({"versions": [R4], "default": R4})
    spoken = [{"name": name, "valueCode": R4} for name in ("version", "default")]
    return answer.answer({"resourceType": "Parameters", "parameter": spoken})


@blueprint.route("/$meta", methods=ASKING)
def meta_of_all() -> Response:
    """Answer the profiles that resources here may claim."""
    here = service()
    _arguments(here)
    return _meta({"profile": sorted(url for type_ in here.desk.types for url in _profiles(here, type_))})


@blueprint.route("/<type_>/$meta", methods=ASKING)
def meta_of_type(type_: str) -> Response:
    """Answer the profiles that resources of one type may claim."""
    here = service()
    _arguments(here)
    return _meta({"profile": _profiles(here, here.known_type(type_))})


@blueprint.route("/<type_>/<id_>/$meta", methods=ASKING)
def meta_of_instance(type_: str, id_: str) -> Response:
    """Answer the meta of one resource as it stands."""
    _arguments(service())
    return _meta(json.parse(_standing(service(), type_, id_).body).get("meta", {}))


@blueprint.route(f"/{PATIENT}/<id_>/$everything", methods=ASKING)
def everything(id_: str) -> Response:
    """Answer what there is of one patient, page by page."""
    here = service()
    here.known_type(PATIENT)
    arguments = _arguments(here)
    used = _used(arguments)
    token = arguments.get(PAGE)
    sealed = [("everything", id_), *used]
    type_, _, last = page_place(token, sealed).partition("/") if token is not None else ("", "", "")
    query = _query(here, id_, dict(used), (type_, last) if token is not None else None)
    found = here.store.everything(sight(), query)
    if not found and not here.store.everything(sight(), EverythingQuery(id_, count=1, subject=query.subject)):
        _standing(here, PATIENT, id_)
    return answer.raw(_bundle(here, id_, used, found[: query.count], more=len(found) > query.count))


def _standing(here: Service, type_: str, id_: str) -> Version:
    found = here.store.read(sight(), here.known_type(type_), id_)
    if found is None:
        raise failure("not-found", f"There is no {type_} with this id.")
    if found.deleted:
        raise failure("deleted", f"This {type_} was deleted.")
    return found


def _meta(meta: dict[str, Any]) -> Response:
    found = {key: value for key, value in meta.items() if value}
    returned = [{"name": "return", "valueMeta": found}] if found else []
    return answer.answer({"resourceType": "Parameters"} | ({"parameter": returned} if returned else {}))


def _profiles(here: Service, type_: str) -> list[str]:
    rows = here.desk.validator.definitions.resources("StructureDefinition")
    return sorted({row["url"] for row in rows if row.get("type") == type_})


def _used(arguments: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The parameters that take part, each once; failure 400 for one that is not supported, or that cannot be."""
    others = [name for name in arguments if name not in (*OF_EVERYTHING, *OF_THE_ANSWER, PAGE)]
    if others and is_strict(request.headers.get("Prefer", "")):
        raise unsupported(f"$everything takes {', '.join(OF_EVERYTHING)}, not {', '.join(others)[:200]}.")
    if any(len(arguments.getlist(name)) > 1 for name in OF_EVERYTHING):
        raise failure("invalid", "A parameter stands twice: give each once.")
    return [(name, arguments[name]) for name in OF_EVERYTHING if name in arguments]


def _arguments(here: Service) -> MultiDict[str, str]:
    """The parameters of the address, and those of a Parameters in the body; failure 400 for another body."""
    found = MultiDict(request.args)
    if request.method != "POST" or not request.content_length:
        return found
    given = body(request, here.config.largest_body)
    if not isinstance(given, dict) or given.get("resourceType") != "Parameters":
        raise failure("structure", "The body of an operation is a Parameters, or there is none.")
    listed = given.get("parameter", [])
    for each in listed if isinstance(listed, list) else [None]:
        name, value = _parameter(each)
        found.add(name, value)
    return found


def _parameter(each: Any) -> tuple[str, str]:
    """Name and value of a parameter that is one primitive."""
    values = [value for key, value in each.items() if key.startswith("value")] if isinstance(each, dict) else []
    if len(values) != 1 or not isinstance(values[0], (str, int)) or not isinstance(each.get("name"), str):
        raise failure("invalid", "A parameter of this operation has a name and one value: valueInteger, valueCode, …")
    return each["name"], str(values[0])


def _query(here: Service, id_: str, used: dict[str, str], after: tuple[str, str] | None) -> EverythingQuery:
    types = [here.known_type(name) for name in used["_type"].split(",")] if "_type" in used else here.desk.types
    times = {name: _span(here, name, used[name]) for name in ("start", "end", "_since") if name in used}
    return EverythingQuery(
        id_,
        frozenset(types),
        since=times["_since"][0] if "_since" in times else None,
        start=times["start"][0] if "start" in times else None,
        end=times["end"][1] if "end" in times else None,
        count=max(count(used.get("_count", str(COUNT))), 1),
        after=after,
        subject=_subject(here, id_),
    )


def _subject(here: Service, id_: str) -> str | None:
    """The number of the subject that a Patient's id tells; None where it tells none."""
    target = here.desk.subject_target
    number = id_.removeprefix(target.prefix) if target is not None else ""
    return number if re.fullmatch(here.desk.study.patterns["subject"], number) is not None else None


def _span(here: Service, name: str, value: str) -> Span:
    try:
        # A + that nobody escaped is a blank in a query.
        return span(value.replace(" ", "+"), here.zone)
    except ValueError as reason:
        raise failure("invalid", f"{name}: {reason}.") from None


def _bundle(here: Service, id_: str, used: list[tuple[str, str]], found: tuple[Version, ...], *, more: bool) -> bytes:
    base = f"{here.config.base_url}/fhir"
    where = f"{base}/{PATIENT}/{id_}/$everything"
    kept = [*used, *(pair for pair in request.args.items() if pair[0] in OF_THE_ANSWER)]
    links = [{"relation": "self", "url": f"{where}?{urlencode(kept)}" if kept else where}]
    if more:
        token = page_token(found[-1].address.path, [("everything", id_), *used])
        links.append({"relation": "next", "url": f"{where}?{urlencode([*kept, (PAGE, token)])}"})
    entries = [
        {
            "fullUrl": f"{base}/{each.address.path}",
            "resource": msgspec.Raw(each.body),
            "search": {"mode": "match"},
        }
        for each in found
    ]
    made = {"resourceType": "Bundle", "type": "searchset", "link": links}
    return msgspec.json.encode(made | ({"entry": entries} if entries else {}))
