"""An entry of a Bundle as a request of its own: it goes the way of any other, and its answer becomes an entry."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from flask import Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from adapter.api.failure import STORED
from adapter.api.interaction import Interaction
from adapter.api.media import JSON
from adapter.api.patching import CONTENT_TYPE, patch_of
from adapter.fhir import json

HANDED_ON = ("Authorization", "Prefer", "X-Provenance")
"""Headers of the Bundle's request that hold for each of its entries."""


OF_THE_BUNDLE = ("_format", "_pretty")
"""Parameters of an entry that do not count: an entry has the format of its Bundle."""


def dispatched(asked: Interaction) -> dict[str, Any]:
    """The entry of a response Bundle for one entry that is carried out by itself."""
    return entry_of(asked, answered(asked))


def answered(asked: Interaction) -> Response:
    """The answer to an entry as a request of its own."""
    content, kind = _content(asked)
    handed = {name: request.headers[name] for name in HANDED_ON if name in request.headers}
    headers = {**handed, **_key(asked), **asked.conditions, "Accept": JSON, "Accept-Encoding": "identity"}
    path, _, query = asked.url.partition("?")
    builder = EnvironBuilder(
        path=quote(f"/fhir/{path}", safe="/$.-_~%"),
        query_string=urlencode([pair for pair in parse_qsl(query, True) if pair[0] not in OF_THE_BUNDLE]),
        method=asked.method,
        base_url=request.host_url,
        headers=Headers(list(headers.items())),
        data=content,
        content_type=kind,
    )
    environ = builder.get_environ() | {"REMOTE_ADDR": request.environ.get("REMOTE_ADDR", "")}
    with current_app.request_context(environ):
        response = current_app.full_dispatch_request()
    if STORED in environ:
        request.environ[STORED] = True
    return response


def entry_of(asked: Interaction, response: Response) -> dict[str, Any]:
    """A response as an entry: its body as the resource, or as the outcome where it is one."""
    body = response.get_data()
    content = json.parse(body) if body else {}
    told = _response(response, content.get("meta", {}).get("lastUpdated"))
    if not body or asked.method == "HEAD":
        return {"response": told}
    resource = msgspec.Raw(body)
    if content["resourceType"] == "OperationOutcome":
        return {"response": told | {"outcome": resource}}
    return {"resource": resource, "response": told}


def _response(response: Response, updated: str | None) -> dict[str, Any]:
    """Bundle.entry.response: the status, and of one version where it is, which, and since when; `updated` is what it
    says itself, for HTTP counts no more than seconds."""
    headers, changed = response.headers, response.last_modified
    found = {
        "location": headers.get("Location", headers.get("Content-Location")),
        "etag": headers.get("ETag"),
        "lastModified": (updated or f"{changed:%Y-%m-%dT%H:%M:%SZ}") if changed is not None else None,
    }
    status = f"{response.status_code} {HTTPStatus(response.status_code).phrase}"
    return {"status": status} | {name: value for name, value in found.items() if value is not None}


def _key(asked: Interaction) -> dict[str, str]:
    """The entry's own key, where the Bundle came with one: each entry is a push by itself."""
    key = request.headers.get("Idempotency-Key")
    return {"Idempotency-Key": f"{key}#{asked.position}"} if key is not None and not asked.reads else {}


def _content(asked: Interaction) -> tuple[bytes, str | None]:
    if asked.resource is None or asked.reads or asked.method == "DELETE":
        return b"", None
    if asked.method == "PATCH":
        return json.encode(patch_of(asked)), CONTENT_TYPE
    return json.encode(asked.resource), JSON
