"""Bundles: which entry a reference leads to, and the rules that hold among entries.

R4's own bdl-* are invariants and are judged as such; entries are judged each by itself. Source:
http://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import is_resource
from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

_REST = re.compile(r"(https?://[^\s?#|]+/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})", re.ASCII)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S", re.ASCII)
_VERSION = re.compile(r"/_history/[A-Za-z0-9.-]{1,64}$", re.ASCII)
_LOCAL = ("urn:uuid:", "urn:oid:")
CHANGES = ("transaction", "batch")
WHOLE = ("document", "message")
"""Bundles that hold all that is needed to understand them."""


class BundleIndex:
    """The resources of a Bundle by fullUrl and by Type/id; made once, when a Bundle is met."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.by_url: dict[str, dict[str, Any]] = {}
        self.by_id: dict[str, dict[str, Any]] = {}
        for _, entry, resource in entries(bundle):
            url = entry.get("fullUrl")
            if resource is not None and isinstance(url, str):
                self.by_url.setdefault(url, resource)
            if resource is not None:
                self.by_id.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", resource)

    def resolve(self, reference: str, base: str | None) -> dict[str, Any] | None:
        """Return the entry that a reference leads to, a relative one as seen from the entry with fullUrl `base`."""
        text = _VERSION.sub("", reference.partition("#")[0])
        if _ABSOLUTE.match(text):
            return self.by_url.get(text)
        rest = _REST.fullmatch(base or "")
        if rest is not None and rest[1] + text in self.by_url:
            return self.by_url[rest[1] + text]
        return self.by_id.get(text)


def entries(bundle: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any] | None]]:
    """Yield place, entry and resource of the entries that are objects."""
    held = bundle.get("entry")
    for place, entry in enumerate(held if isinstance(held, list) else ()):
        if isinstance(entry, dict):
            resource = entry.get("resource")
            yield place, entry, resource if isinstance(resource, dict) else None


def check_bundle(bundle: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong among the entries of a Bundle."""
    kind = bundle.get("type")
    found: list[Finding] = []
    for place, entry, resource in entries(bundle):
        found += [_at(place, each) for each in _full_url(entry, resource)]
        if kind in CHANGES and isinstance(entry.get("request"), dict):
            found += [_at(place, each) for each in _request(entry["request"], resource)]
    if kind == "transaction":
        found += _same_twice(bundle)
    if kind in (*CHANGES, *WHOLE):
        found += _dangling(bundle, scope, whole=kind in WHOLE)
    return found or None


def _at(place: int, finding: Finding) -> Finding:
    finding.steps.append(f".entry[{place}]")
    return finding


def _full_url(entry: dict[str, Any], resource: dict[str, Any] | None) -> Iterator[Finding]:
    url = entry.get("fullUrl")
    if not isinstance(url, str):
        return
    if not _ABSOLUTE.match(url):
        yield error("value", "A fullUrl is absolute: https://…/Type/id or urn:uuid:….", "bundle-fullurl", ".fullUrl")
        return
    rest = _REST.fullmatch(url)
    if rest is None or resource is None or not is_resource(rest[2]):
        return
    identity = (resource.get("resourceType"), resource.get("id"))
    if identity[1] is not None and identity != (rest[2], rest[3]):
        own = f"{identity[0]}/{str(identity[1])[:64]}"
        text = f"fullUrl ends in {rest[2]}/{rest[3]}, the resource is {own}: they must agree."
        yield error("value", text, "bundle-fullurl", ".fullUrl")


def _request(request: dict[str, Any], resource: dict[str, Any] | None) -> Iterator[Finding]:
    method, url = request.get("method"), request.get("url")
    if method not in ("POST", "PUT") or not isinstance(url, str):
        return
    if resource is None:
        yield error("required", f"A {method} needs a resource.", "bundle-request")
    elif _ABSOLUTE.match(url):
        text = "A request's url is relative to the server: Type, Type/id or Type?search."
        yield error("value", text, "bundle-request", ".request.url")
    elif "$" not in url and not url.startswith("/"):
        told = _at_odds(method, url, resource)
        if told is not None:
            yield error("value", told, "bundle-request", ".request.url")


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
    return (
        None if id_ == own else f"The url is of id {id_[:64]!r}, the resource has {str(own)[:64]!r}: they must agree."
    )


def _same_twice(bundle: dict[str, Any]) -> Iterator[Finding]:
    """In a transaction each resource is named once: the order of entries means nothing."""
    seen: dict[str, int] = {}
    for place, entry, _ in entries(bundle):
        request = entry.get("request")
        if not isinstance(request, dict):
            continue
        url = request.get("url")
        if isinstance(url, str) and request.get("method") in ("PUT", "DELETE", "PATCH"):
            first = seen.setdefault(url.removesuffix("/"), place)
            if first != place:
                text = f"{url[:80]!r} is named by entry {first} already: a transaction names each resource once."
                yield _at(place, error("duplicate", text, "bundle-identity", ".request.url"))


def _dangling(bundle: dict[str, Any], scope: Scope, *, whole: bool) -> Iterator[Finding]:
    """References that can lead to an entry of this Bundle alone, and lead to none."""
    index = scope.bundle
    for place, entry, resource in entries(bundle):
        base = entry.get("fullUrl")
        head = whole and place == 0
        for path, text in references(resource or {}):
            local = text.startswith(_LOCAL) or (head and not text.startswith("#") and not _ABSOLUTE.match(text))
            if local and index is not None and index.resolve(text, base if isinstance(base, str) else None) is None:
                told = f"{text[:80]!r} is no entry of this Bundle: add it, or refer to another."
                yield _at(place, error("not-found", told, "bundle-reference", f".resource{path}.reference"))


def references(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and text of each Reference below a resource, those of contained ones too."""
    waiting: list[tuple[str, Any]] = [("", resource)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting += [(f"{path}[{place}]", each) for place, each in enumerate(value)]
        elif isinstance(value, dict):
            if isinstance(value.get("reference"), str):
                yield path, value["reference"]
            waiting += [(f"{path}.{key}", each) for key, each in value.items() if isinstance(each, dict | list)]
