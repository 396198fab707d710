"""What is wrong among the entries of a Bundle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import is_resource
from adapter.validation.bundle.index import ABSOLUTE, CHANGES, REST, WHOLE, BundleIndex, version_of
from adapter.validation.bundle.links import check_links, check_styles
from adapter.validation.bundle.request import check_request, named_twice
from adapter.validation.bundle.search import check_results
from adapter.validation.bundle.whole import check_whole
from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

NEEDED = (
    ("bdl-3", "request", ("batch", "transaction", "history")),
    ("bdl-4", "response", ("batch-response", "transaction-response", "history")),
)
"""Invariant, what it asks of each entry, and the types of Bundles in which it is there, and in no others."""

IDENTIFIED = ("collection", "document", "history", "message", "searchset")
"""Types of Bundles in which each resource has its fullUrl: neither asked for by it nor made just now."""


def check_bundle(bundle: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong among the entries of a Bundle."""
    kind = bundle.get("type")
    index = scope.bundle if isinstance(scope.bundle, BundleIndex) else BundleIndex(bundle)
    found: list[Finding] = []
    for place, entry, resource in index.entries:
        if not _is_usual(entry, resource):
            found += [at(place, each) for each in _full_url(kind, entry, resource)]
            if kind in CHANGES and isinstance(entry.get("request"), dict):
                found += [at(place, each) for each in check_request(entry["request"], resource)]
    found += _needed(kind, [entry for _, entry, _ in index.entries])
    if "link" in bundle:
        found += check_links(bundle)
        found += check_styles(bundle, index) if kind == "document" else ()
    if kind == "transaction":
        found += [at(place, each) for place, each in named_twice(index)]
    if kind == "searchset":
        found += [at(place, each) for place, each in check_results(bundle, index)]
    if kind in WHOLE:
        found += [at(place, each) for place, each in check_whole(bundle, index)]
    return found or None


def at(place: int, finding: Finding) -> Finding:
    """Return a finding about an entry, as seen from the Bundle."""
    finding.steps.append(f".entry[{place}]")
    return finding


def _is_usual(entry: dict[str, Any], resource: dict[str, Any] | None) -> bool:
    """Tell whether an entry is plainly right: a resource put where its id is, under a url that ends so."""
    url, request = entry.get("fullUrl"), entry.get("request")
    if type(url) is not str or type(request) is not dict or resource is None or request.get("method") != "PUT":
        return False
    place = f"{resource.get('resourceType')}/{resource.get('id')}"
    is_at_home = url.startswith("http") and url.endswith(f"/{place}") and "/_history/" not in url
    return is_at_home and request.get("url") == place


def _full_url(kind: Any, entry: dict[str, Any], resource: dict[str, Any] | None) -> Iterator[Finding]:
    """Judge a fullUrl: "if the fullUrl is not a urn:uuid, the URL shall be ... consistent with the Resource.id"."""
    url = entry.get("fullUrl")
    if not isinstance(url, str):
        if url is None and kind in IDENTIFIED and "_fullUrl" not in entry and _speaks_of_one(kind, entry):
            text = f"A resource in a Bundle of type {kind} has a fullUrl: https://…/Type/id or urn:uuid:…."
            yield error("required", text, "bundle-fullurl")
        return
    if not ABSOLUTE.match(url):
        yield error("value", "A fullUrl is absolute: https://…/Type/id or urn:uuid:….", "bundle-fullurl", ".fullUrl")
    elif "/_history/" in url:
        yield error("invariant", "bdl-8: a fullUrl names a resource, not one of its versions.", "bdl-8")
    elif resource is not None:
        yield from _at_odds(kind, url, resource)


def _speaks_of_one(kind: Any, entry: dict[str, Any]) -> bool:
    """Tell whether an entry speaks of a resource: it holds it, or tells what became of it."""
    return "resource" in entry or kind == "history"


def _at_odds(kind: Any, url: str, resource: dict[str, Any]) -> Iterator[Finding]:
    """Tell where a fullUrl and the resource's id do not agree; what is sent to be stored has its id later."""
    named, own = resource.get("resourceType"), resource.get("id")
    if resource.get("url") == url and not url.endswith(f"/{named}/{own}"):
        text = "The fullUrl is the resource's canonical url, and tells neither its type nor its id."
        yield error("value", text, "bundle-fullurl", ".fullUrl")
        return
    rest = REST.fullmatch(url)
    if rest is None or not is_resource(rest[2]) or (own is None and kind in CHANGES and named == rest[2]):
        return
    if (named, own) != (rest[2], rest[3]):
        said = f"{named}/{str(own)[:64]}" if own is not None else f"a {named} without an id"
        text = f"fullUrl ends in {rest[2]}/{rest[3]}, the resource is {said}: they must agree."
        yield error("value", text, "bundle-fullurl", ".fullUrl")


def _needed(kind: Any, held: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yield what breaks bdl-3, bdl-4 and bdl-7, whose own expressions would ask the Bundle anew for each entry."""
    for key, name, kinds in NEEDED:
        if any((name in entry) is not (kind in kinds) for entry in held):
            must = "has" if kind in kinds else "has no"
            yield error("invariant", f"{key}: each entry of a Bundle of type {str(kind)[:40]!r} {must} {name}.", key)
    if kind != "history" and _repeated(held):
        text = "bdl-7: each fullUrl stands once in a Bundle, unless the versions of the resources differ."
        yield error("invariant", text, "bdl-7")


def _repeated(held: list[dict[str, Any]]) -> bool:
    seen = [(entry["fullUrl"], version_of(entry.get("resource"))) for entry in held if _has_text(entry)]
    return len(set(seen)) < len(seen)


def _has_text(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("fullUrl"), str)
