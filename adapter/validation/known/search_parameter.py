"""SearchParameters: what they search by is there, and can be read from the types that they are for.

"A FHIRPath expression that returns a set of elements for the search parameter"; "Used to define the parts of a
composite search parameter". Source: http://hl7.org/fhir/R4/searchparameter.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.fhir.fhirpath import FhirPathError
from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.paths import unknown_names
from adapter.validation.known.read import each, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


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
    return found or None


def _why(expression: str, bases: list[str]) -> str | None:
    try:
        wrong = unknown_names(expression, bases)
    except FhirPathError as fault:
        return f"The expression is no FHIRPath: {fault}."
    return f"{wrong[0]} is nothing that {' or '.join(bases)} has." if wrong else None
