"""SearchParameters: what they search by is there, and can be read from the types that they are for.

"A FHIRPath expression that returns a set of elements for the search parameter"; "Used to define the parts of a
composite search parameter". Source: http://hl7.org/fhir/R4/searchparameter.html

One that is derived from another searches as that one does: "the details in the search parameter must be consistent
with the definition from which it is defined".
Source: http://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.derivedFrom
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.fhir.conformance import CORE_VERSION
from adapter.fhir.fhirpath import FhirPathError
from adapter.fhir.search import SearchParameter, search_parameter
from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.paths import unknown_names
from adapter.validation.known.read import each, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

_ANY = frozenset(("Resource", "DomainResource"))


def check_search_parameter(value: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with the expression and the parts of a search parameter."""
    found: list[Finding] = []
    if value.get("type") == "composite" and sum(1 for _ in each(value, "component")) < 2:
        told = "A composite search parameter has two components or more."
        found.append(error("business-rule", told, "search-components"))
    expression, bases = text(value, "expression"), value.get("base")
    if expression is not None and type(bases) is list:
        why = _why(expression, [base for base in bases if type(base) is str])
        if why is not None:
            found.append(error("value", why, "search-expression", ".expression"))
    url = text(value, "derivedFrom")
    origin = None if url is None else defined(url, scope)
    if origin is not None:
        found += _derived(value, origin)
    return found or None


def defined(url: str, scope: Scope) -> SearchParameter | None:
    """Return what a package or R4 says of a search parameter; None of an unknown one, or of another version."""
    held = scope.judge.definitions.search_parameter(url)
    if held is not None:
        bases = held.get("base")
        return SearchParameter(text(held, "type"), tuple(bases if type(bases) is list else ()))
    name, _, version = url.partition("|")
    return search_parameter(name) if f"{CORE_VERSION}.".startswith(f"{version}." if version else "") else None


def _derived(value: dict[str, Any], origin: SearchParameter) -> Iterator[Finding]:
    stated, bases = text(value, "type"), value.get("base")
    if stated and origin.type and stated != origin.type:
        told = f"The search parameter from which this one is derived is a {origin.type}, not a {stated}."
        yield error("business-rule", told, "search-derived", ".type")
    if not origin.bases or not _ANY.isdisjoint(origin.bases):
        return
    for place, base in enumerate(bases if type(bases) is list else ()):
        if type(base) is str and base not in origin.bases:
            told = f"{base} is none of the types that the search parameter is for from which this one is derived."
            yield error("business-rule", told, "search-derived", f".base[{place}]")


def _why(expression: str, bases: list[str]) -> str | None:
    try:
        wrong = unknown_names(expression, bases)
    except FhirPathError as fault:
        return f"The expression is no FHIRPath: {fault}."
    return f"{wrong[0]} is nothing that {' or '.join(bases)} has." if wrong else None
