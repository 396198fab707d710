"""Links of a Bundle: those through the pages of a search stand once, and in results of searches alone; those to the
stylesheets of a document lead to its entries, or out of it.

Source: http://hl7.org/fhir/R4/http.html#paging, http://hl7.org/fhir/R4/documents.html#css
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.bundle.index import ABSOLUTE, BundleIndex, not_held
from adapter.validation.finding import Finding, error
from adapter.validation.known.read import each, text

PAGES = ("first", "previous", "next", "last")
PAGED = ("searchset", "history")


def check_links(bundle: dict[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with the links of a Bundle."""
    seen: set[str] = set()
    for step, link in each(bundle, "link"):
        relation = text(link, "relation")
        if relation in PAGES and bundle.get("type") not in PAGED:
            told = f"A link to the {relation} page belongs to the result of a search."
            yield error("business-rule", told, "bundle-link", f"{step}.relation")
        elif relation is not None and relation in (*PAGES, "self"):
            if relation in seen:
                yield error("duplicate", f"Two links are {relation!r}: one may be.", "bundle-link", step)
            seen.add(relation)


def check_styles(bundle: dict[str, Any], index: BundleIndex) -> Iterator[Finding]:
    """Yield the links to stylesheets in a document that are not there; an absolute url may lead elsewhere."""
    first = index.entries[0][1].get("fullUrl") if index.entries else None
    for step, link in each(bundle, "link"):
        url = text(link, "url")
        if url is None or text(link, "relation") != "stylesheet" or ABSOLUTE.match(url):
            continue
        if index.exactly(url, first if isinstance(first, str) else None) is None:
            yield error("not-found", not_held(url), "bundle-link", f"{step}.url")
