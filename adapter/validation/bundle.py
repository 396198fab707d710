"""Bundles: which entry a reference leads to, and the rules that hold among entries.

R4's own bdl-* are invariants and are judged as such; entries are judged each by itself. Source:
http://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import is_resource
from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

_REST = re.compile(r"(https?://[^\s?#|]+/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})", re.ASCII)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S", re.ASCII)
_VERSION = re.compile(r"/_history/[A-Za-z0-9.-]{1,64}$", re.ASCII)
CHANGES = ("transaction", "batch")
WHOLE = ("document", "message")
"""Bundles that hold all that is needed to understand them."""


NEEDED = (
    ("bdl-3", "request", ("batch", "transaction", "history")),
    ("bdl-4", "response", ("batch-response", "transaction-response", "history")),
)
"""Invariant, what it asks of each entry, and the types of Bundles in which it is there, and in no others."""


class BundleIndex:
    """The resources of a Bundle by fullUrl and by Type/id; made once, when a Bundle is met."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.is_closed = bundle.get("type") in (*CHANGES, *WHOLE)  # its urn: references lead to entries of its own
        self.entries = list(entries(bundle))

    @cached_property
    def by_url(self) -> dict[str, dict[str, Any]]:
        """The resources by their fullUrl; of several the first."""
        found: dict[str, dict[str, Any]] = {}
        for _, entry, resource in self.entries:
            url = entry.get("fullUrl")
            if resource is not None and isinstance(url, str):
                found.setdefault(url, resource)
        return found

    @cached_property
    def by_id(self) -> dict[str, dict[str, Any]]:
        """The resources as Type/id; of several the first."""
        found: dict[str, dict[str, Any]] = {}
        for _, _, resource in self.entries:
            if resource is not None:
                found.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", resource)
        return found

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
    index = scope.bundle if isinstance(scope.bundle, BundleIndex) else BundleIndex(bundle)
    found: list[Finding] = []
    for place, entry, resource in index.entries:
        if not _is_usual(entry, resource):
            found += [_at(place, each) for each in _full_url(entry, resource)]
            if kind in CHANGES and isinstance(entry.get("request"), dict):
                found += [_at(place, each) for each in _request(entry["request"], resource)]
    found += _needed(kind, [entry for _, entry, _ in index.entries])
    if kind == "transaction":
        found += _same_twice(index)
    if kind in WHOLE:
        found += _head(index)
    return found or None


def _is_usual(entry: dict[str, Any], resource: dict[str, Any] | None) -> bool:
    """Tell whether an entry is plainly right: a resource put where its id is, under a url that ends so."""
    url, request = entry.get("fullUrl"), entry.get("request")
    if type(url) is not str or type(request) is not dict or resource is None or request.get("method") != "PUT":
        return False
    place = f"{resource.get('resourceType')}/{resource.get('id')}"
    return (
        request.get("url") == place and url.startswith("http") and url.endswith(f"/{place}") and "/_history/" not in url
    )


def _needed(kind: Any, held: list[dict[str, Any]]) -> Iterator[Finding]:
    """bdl-3, bdl-4 and bdl-7: R4's own invariants, each an expression that would ask the Bundle anew for each entry."""
    for key, name, kinds in NEEDED:
        if any((name in entry) is not (kind in kinds) for entry in held):
            must = "has" if kind in kinds else "has no"
            yield error("invariant", f"{key}: each entry of a Bundle of type {str(kind)[:40]!r} {must} {name}.", key)
    if kind != "history" and _repeated(held):
        text = "bdl-7: each fullUrl stands once in a Bundle, unless the versions of the resources differ."
        yield error("invariant", text, "bdl-7")


def _repeated(held: list[dict[str, Any]]) -> bool:
    seen = [(entry["fullUrl"], _version(entry)) for entry in held if isinstance(entry.get("fullUrl"), str)]
    return len(set(seen)) < len(seen)


def _version(entry: dict[str, Any]) -> str | None:
    resource = entry.get("resource")
    meta = resource.get("meta") if isinstance(resource, dict) else None
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return version if isinstance(version, str) else None


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
    if "/_history/" in url:
        yield error("invariant", "bdl-8: a fullUrl names a resource, not one of its versions.", "bdl-8")
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


def _same_twice(index: BundleIndex) -> Iterator[Finding]:
    """In a transaction each resource is named once: the order of entries means nothing."""
    seen: dict[str, int] = {}
    for place, entry, _ in index.entries:
        request = entry.get("request")
        if not isinstance(request, dict):
            continue
        url = request.get("url")
        if isinstance(url, str) and request.get("method") in ("PUT", "DELETE", "PATCH"):
            first = seen.setdefault(url.removesuffix("/"), place)
            if first != place:
                text = f"{url[:80]!r} is named by entry {first} already: a transaction names each resource once."
                yield _at(place, error("duplicate", text, "bundle-identity", ".request.url"))


def _head(index: BundleIndex) -> Iterator[Finding]:
    """What the Composition or MessageHeader refers to is in the Bundle; urn: references are, wherever they stand."""
    for place, entry, resource in index.entries[:1]:
        base = entry.get("fullUrl")
        for path, text in references(resource or {}):
            if text.startswith("#") or _ABSOLUTE.match(text):
                continue
            if index.resolve(text, base if isinstance(base, str) else None) is None:
                yield _at(place, error("not-found", not_held(text), "bundle-reference", f".resource{path}.reference"))


def not_held(text: str) -> str:
    """Return what to say of a reference that leads to no entry, and can lead nowhere else."""
    return f"{text[:80]!r} is no entry of this Bundle: add it, or refer to another."


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
