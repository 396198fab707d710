"""Results of searches: each entry is of the type that was searched for, or says why it is there.

Source: http://hl7.org/fhir/R4/bundle.html#searchset
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapter.fhir.definitions import is_resource
from adapter.validation.bundle.index import BundleIndex
from adapter.validation.finding import Finding, error, warning
from adapter.validation.known.read import each, part, text

_TYPES = re.compile(r"[?&]_type=([A-Za-z,]+)", re.ASCII)


def check_results(bundle: dict[str, Any], index: BundleIndex) -> Iterator[tuple[int, Finding]]:
    """Yield what is wrong with the entries of a searchset, each with its place."""
    types = searched(bundle)
    for place, entry, resource in index.entries:
        if resource is None:
            yield place, error("required", "An entry of a searchset has a resource.", "bundle-search")
            continue
        mode, named = text(part(entry, "search"), "mode"), resource.get("resourceType")
        if mode == "outcome" and named != "OperationOutcome":
            told = f"What is said about the search is an OperationOutcome, not a {named}."
            yield place, error("business-rule", told, "bundle-search", ".resource")
        elif mode in ("match", None) and types:
            if named not in types:
                told = (
                    f"A {named} is no match of a search for {' or '.join(types)}: say why it is there in search.mode."
                )
                make = error if mode == "match" else warning
                yield place, make("business-rule", told, "bundle-search", ".resource")
            if "id" not in resource and named != "OperationOutcome":
                yield place, error("required", "What a search finds has an id.", "bundle-search", ".resource")


def searched(bundle: dict[str, Any]) -> tuple[str, ...]:
    """Return the types that were searched for, by the link to the search itself; () where that is not clear."""
    link = next((link for _, link in each(bundle, "link") if link.get("relation") == "self"), None)
    url = text(link, "url") or ""
    path = url.partition("?")[0].rpartition("/")[2]
    if is_resource(path):
        return (path,)
    named = _TYPES.search(url)
    return tuple(each for each in named[1].split(",") if is_resource(each)) if named is not None else ()
