"""Documents and messages: what they begin with leads to all the rest, and what it leads to is there.

"The document bundle SHALL include only: the Composition resource, and any resources directly or indirectly (e.g.
recursively) referenced from it; a Binary resource containing a stylesheet; Provenance Resources that have a target of
Composition or another resource included in the document". Source: http://hl7.org/fhir/R4/documents.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.bundle.index import BundleIndex, not_held, references
from adapter.validation.finding import Finding, error
from adapter.validation.known.read import deep, each

IN_DOCUMENT = ("subject", "encounter", "author", "attester", "custodian", "event")
OF_SECTION = ("author", "focus", "entry")
IN_MESSAGE = ("focus",)
"""The elements whose references lead to entries of the Bundle."""


def check_whole(bundle: dict[str, Any], index: BundleIndex) -> Iterator[tuple[int, Finding]]:
    """Yield what is wrong with a document or a message as a whole, each with the place of its entry."""
    place, entry, head = index.entries[0] if index.entries else (0, {}, None)
    if head is None:
        return
    base = _full_url(entry)
    for path, text in _led(head, bundle.get("type")):
        if not text.startswith("#") and index.exactly(text, base) is None:
            yield place, error("not-found", not_held(text), "bundle-reference", f".resource{path}.reference")
    if bundle.get("type") == "document":
        yield from _unreached(bundle, index)


def _led(head: dict[str, Any], kind: Any) -> Iterator[tuple[str, str]]:
    """Yield path and text of the references that lead to entries."""
    for name in IN_DOCUMENT if kind == "document" else IN_MESSAGE:
        yield from references(head.get(name), f".{name}")
    for step, section in deep(head, "section") if kind == "document" else ():
        for name in OF_SECTION:
            yield from references(section.get(name), f"{step}.{name}")


def _unreached(bundle: dict[str, Any], index: BundleIndex) -> Iterator[tuple[int, Finding]]:
    """Yield the entries of a document that no reference joins to the Composition, in whatever direction it leads."""
    places = {id(resource): place for place, _, resource in index.entries if resource is not None}
    near: dict[int, set[int]] = {place: set() for place in places.values()}
    for place, entry, resource in index.entries:
        for target in _targets(resource, index, _full_url(entry)):
            other = places[id(target)]
            near[place].add(other)
            near[other].add(place)
    reached = _from(index.entries[0][0], near)
    styled = any(link.get("relation") == "stylesheet" for _, link in each(bundle, "link"))
    for place, _, resource in index.entries:
        is_style = styled and resource is not None and resource.get("resourceType") == "Binary"
        if resource is not None and place not in reached and not is_style:
            text = "No reference leads from the Composition to this entry: refer to it, or leave it out."
            yield place, error("business-rule", text, "bundle-unreached")


def _targets(resource: dict[str, Any] | None, index: BundleIndex, base: str | None) -> Iterator[dict[str, Any]]:
    """Yield the entries' resources that a resource names: by references, or by their fullUrl in any text."""
    waiting: list[Any] = [resource]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found = index.exactly(value["reference"], base) if isinstance(value.get("reference"), str) else None
            if found is not None:
                yield found
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and value in index.by_url:
            yield index.by_url[value]


def _from(start: int, near: dict[int, set[int]]) -> set[int]:
    reached, waiting = {start}, [start]
    while waiting:
        for place in near.get(waiting.pop(), ()):
            if place not in reached:
                reached.add(place)
                waiting.append(place)
    return reached


def _full_url(entry: dict[str, Any]) -> str | None:
    url = entry.get("fullUrl")
    return url if isinstance(url, str) else None
