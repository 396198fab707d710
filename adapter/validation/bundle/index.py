"""The resources of a Bundle, by what refers to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from adapter.fhir.kept import kept

REST = re.compile(r"(https?://[^\s?#|]+/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})", re.ASCII)
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S", re.ASCII)
_VERSION = re.compile(r"/_history/([A-Za-z0-9.-]{1,64})$", re.ASCII)

CHANGES = ("transaction", "batch")
WHOLE = ("document", "message")
"""Bundles that hold all that is needed to understand them."""

Entry = tuple[int, dict[str, Any], dict[str, Any] | None]
"""Place, entry and the resource in it."""


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

    @cached_property
    def full_urls(self) -> dict[int, str | None]:
        """The fullUrl of each entry, by the identity of its resource; None where it has none."""
        stated = [(resource, entry.get("fullUrl")) for _, entry, resource in self.entries if resource is not None]
        return {id(resource): url if isinstance(url, str) else None for resource, url in stated}

    def resolve(self, reference: str, base: str | None) -> dict[str, Any] | None:
        """Return the entry that a reference leads to, a relative one as seen from the entry with fullUrl `base`."""
        text = reference.partition("#")[0]
        if "/_history/" in text:
            text = _VERSION.sub("", text)
        if ":" in text and ABSOLUTE.match(text):
            return self.by_url.get(text)
        server = None if base is None else _server(base)
        found = None if server is None else self.by_url.get(server + text)
        return self.by_id.get(text) if found is None else found

    def exactly(self, reference: str, base: str | None) -> dict[str, Any] | None:
        """As resolve, by R4's rules to the letter: a relative reference has a server only under a RESTful fullUrl.

        Source: http://hl7.org/fhir/R4/bundle.html#references
        """
        text = reference.partition("#")[0]
        version = _VERSION.search(text)
        text = text if version is None else text[: version.start()]
        if not ABSOLUTE.match(text):
            rest = REST.fullmatch(base or "")
            text = "" if rest is None else rest[1] + text
        found = self.by_url.get(text)
        stated = None if found is None else version_of(found)
        return None if version is not None and stated not in (None, version[1]) else found


@kept(1_000)  # of one entry after the other, each of which has several references
def _server(base: str) -> str | None:
    """Return the server of a RESTful fullUrl: what stands before Type/id."""
    rest = REST.fullmatch(base)
    return None if rest is None else rest[1]


def entries(bundle: dict[str, Any]) -> Iterator[Entry]:
    """Yield place, entry and resource of the entries that are objects."""
    held = bundle.get("entry")
    for place, entry in enumerate(held if isinstance(held, list) else ()):
        if isinstance(entry, dict):
            resource = entry.get("resource")
            yield place, entry, resource if isinstance(resource, dict) else None


def version_of(resource: dict[str, Any] | None) -> str | None:
    """Return meta.versionId, or None."""
    meta = resource.get("meta") if isinstance(resource, dict) else None
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return version if isinstance(version, str) else None


def references(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of each Reference below a value, those of contained resources too."""
    waiting: list[tuple[str, Any]] = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting += [(f"{path}[{place}]", each) for place, each in enumerate(value)]
        elif isinstance(value, dict):
            if isinstance(value.get("reference"), str):
                yield path, value["reference"]
            waiting += [(f"{path}.{key}", each) for key, each in value.items() if isinstance(each, dict | list)]


def not_held(text: str) -> str:
    """Return what to say of a reference that leads to no entry, and can lead nowhere else."""
    return f"{text[:80]!r} is no entry of this Bundle: add it, or refer to another."
