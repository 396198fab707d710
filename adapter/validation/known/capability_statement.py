"""CapabilityStatements: the search parameters that they name are of the types that their definitions state.

"The type of value a search parameter refers to [...] This SHALL be the same as the type in the search parameter
definition." Source: http://hl7.org/fhir/R4/capabilitystatement.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import Placed, each, text
from adapter.validation.known.search_parameter import defined

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def check_capability_statement(value: dict[str, Any], scope: Scope) -> Found:
    """Return which search parameters are not of the type that their definition states."""
    found: list[Finding] = []
    for path, named in _search_parameters(value):
        url, stated = text(named, "definition"), text(named, "type")
        definition = None if url is None else defined(url, scope)
        if stated and definition is not None and definition.type not in (None, stated):
            told = f"The search parameter {url} is a {definition.type}, not a {stated}."
            found.append(error("business-rule", told, "search-type", f"{path}.type"))
    return found or None


def _search_parameters(value: dict[str, Any]) -> Iterator[Placed]:
    for step, rest in each(value, "rest"):
        for path, named in each(rest, "searchParam"):
            yield step + path, named
        for below, resource in each(rest, "resource"):
            for path, named in each(resource, "searchParam"):
                yield step + below + path, named
