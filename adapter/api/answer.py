"""Answers: a resource's stored bytes, or a resource made for the answer, in the format that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Response, request
from werkzeug.http import http_date, is_resource_modified

from adapter.api.application import names
from adapter.api.media import JSON, PLAIN_JSON, XML, arguments, wanted
from adapter.api.metrics import current
from adapter.api.subset import Subset, subset
from adapter.fhir import json
from adapter.outcome import Issue, operation_outcome
from adapter.store.shapes import Address, Version


def answer(resource: Any, status: int = 200, kind: str | None = None) -> Response:
    """A resource made for this answer (values, not bytes), as JSON or XML, or the part of it that was asked for."""
    return _formatted(json.encode(resource), status, kind, _asked_part(resource.get("resourceType")))


def raw(content: bytes, status: int = 200, kind: str | None = None) -> Response:
    """A resource's JSON bytes as they are, or turned into XML, or the part of it that was asked for."""
    return _formatted(content, status, kind, subset(arguments(current())))


def _formatted(content: bytes, status: int, kind: str | None, part: Subset) -> Response:
    kind = kind or wanted(current())
    if not part.is_whole:
        content = json.encode(part.of(json.parse(content)))
    if kind == XML:
        from adapter.fhir import xml  # lxml is needed by few requests

        content = xml.encode(json.parse(content), pretty=_is_pretty())
    elif _is_pretty():
        content = f"{json.pretty(json.parse(content))}\n".encode()
    return Response(content, status, content_type=_CONTENT_TYPE[kind])


_CONTENT_TYPE = {kind: f"{kind}; charset=utf-8" for kind in (JSON, PLAIN_JSON, XML)}


def _is_pretty() -> bool:
    return arguments(current()).get("_pretty") == "true"


def _asked_part(type_: str | None) -> Subset:
    # A failure is told whole, also the one about what may be asked for.
    return Subset() if type_ == "OperationOutcome" else subset(arguments(request))


def plain(value: Any, status: int = 200) -> Response:
    """A CRF answer: JSON that is no FHIR, digits kept."""
    content = f"{json.pretty(value)}\n".encode() if _is_pretty() else json.encode(value)
    return Response(content, status, content_type=PLAIN_JSON)


def empty(status: int = 200) -> Response:
    """An answer without a body, and so of no type."""
    response = Response(status=status)
    response.headers.remove("Content-Type")
    return response


def outcome(issues: Iterable[Issue], status: int = 200, kind: str | None = None) -> Response:
    """An OperationOutcome of these issues."""
    return answer(operation_outcome(issues), status, kind)


def ignored(text: str) -> dict[str, Any]:
    """The entry of a searchset that warns of parameters which took no part; its fullUrl follows from its text."""
    warning = operation_outcome([Issue("warning", "not-supported", text)])
    return {"fullUrl": f"urn:uuid:{uuid5(NAMESPACE_URL, text)}", "resource": warning, "search": {"mode": "outcome"}}


def versioned(response: Response, version: int, at: str) -> Response:
    """The response with the ETag and Last-Modified of a version."""
    headers = response.headers
    for name in names(response) & _REPLACED:
        headers.remove(name)
    headers.extend(zip(_VERSIONED, (etag(version), _dated(at), "private, no-cache"), strict=True))
    return response


_VERSIONED = ("ETag", "Last-Modified", "Cache-Control")
_REPLACED = {name.lower() for name in _VERSIONED}


@lru_cache(1024)
def _dated(at: str) -> str:
    return http_date(moment(at))


def etag(version: int) -> str:
    """`W/"3"`."""
    return f'W/"{version}"'


def moment(at: str) -> datetime:
    """The instant of a version."""
    return datetime.fromisoformat(at)


def known(version: int, at: str) -> bool:
    """True if the reader says (If-None-Match, If-Modified-Since) that it has this version."""
    conditions = request.environ
    if not any(name in conditions for name in _CONDITIONS):
        return False
    return not is_resource_modified(conditions, etag=etag(version), last_modified=moment(at))


_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_RANGE")


def resource(found: Version) -> Response:
    """A stored resource as it is served; 304 without a body when the reader has it."""
    address = found.address
    if known(address.version, address.at):
        return versioned(Response(status=304), address.version, address.at)
    return versioned(raw(found.body), address.version, address.at)


def location(base: str, address: Address) -> str:
    """The absolute URL of a version."""
    return f"{base}/fhir/{address.path}/_history/{address.version}"


__all__ = [
    "JSON",
    "answer",
    "empty",
    "ignored",
    "known",
    "location",
    "moment",
    "outcome",
    "plain",
    "raw",
    "resource",
    "versioned",
]
