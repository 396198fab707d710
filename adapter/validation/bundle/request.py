"""Requests of batches and transactions: where each resource goes, and that it goes there once.

Source: http://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.bundle.index import ABSOLUTE, BundleIndex
from adapter.validation.finding import Finding, error
from adapter.validation.known.read import text


def check_request(request: dict[str, Any], resource: dict[str, Any] | None) -> Iterator[Finding]:
    """Yield what is wrong with the request of an entry, seen from the entry."""
    method, url = request.get("method"), request.get("url")
    if method not in ("POST", "PUT") or not isinstance(url, str):
        return
    if resource is None:
        yield error("required", f"A {method} needs a resource.", "bundle-request")
    elif ABSOLUTE.match(url):
        told = "A request's url is relative to the server: Type, Type/id or Type?search."
        yield error("value", told, "bundle-request", ".request.url")
    elif "$" not in url and not url.startswith("/"):
        why = _at_odds(method, url, resource)
        if why is not None:
            yield error("value", why, "bundle-request", ".request.url")


def _at_odds(method: str, url: str, resource: dict[str, Any]) -> str | None:
    """Return what is wrong with where a resource is sent, or None."""
    path, _, query = url.partition("?")
    type_, _, id_ = path.removesuffix("/").partition("/")
    named, own = resource.get("resourceType"), resource.get("id")
    if type_ != named:
        return f"The url is of {type_[:60]!r}, the resource is a {named}: they must agree."
    if method == "POST":
        return f"A POST goes to the type alone: {type_}. To choose the id, PUT it." if id_ else None
    if not id_:
        return None if query else f"A PUT names what it updates: {type_}/id, or {type_}?identifier=…."
    if id_ == own:
        return None
    said = "has none" if own is None else f"has {str(own)[:64]!r}"
    return f"The url is of id {id_[:64]!r}, the resource {said}: they must agree."


def named_twice(index: BundleIndex) -> Iterator[tuple[int, Finding]]:
    """Yield the entries of a transaction whose resource is named already: the order of entries means nothing.

    "A resource can only appear in a transaction once (by identity)".
    """
    seen: dict[str, int] = {}
    for place, entry, _ in index.entries:
        request = entry.get("request")
        url = text(request, "url")
        if url is not None and text(request, "method") in ("PUT", "DELETE", "PATCH"):
            first = seen.setdefault(url.removesuffix("/"), place)
            if first != place:
                told = f"{url[:80]!r} is named by entry {first} already: a transaction names each resource once."
                yield place, error("duplicate", told, "bundle-identity", ".request.url")
