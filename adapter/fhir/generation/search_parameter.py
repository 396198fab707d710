"""Search parameters by the type that they search, and compartments: what of them a server works by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adapter.fhir.generation.package import Published, Resource

EXAMPLES = "http://hl7.org/fhir/SearchParameter/example"
"""How the urls of R4's examples of a search parameter begin: they are none of R4's own."""

KINDS = frozenset({"token", "string", "date", "reference", "quantity", "number", "uri"})
"""The types of parameter that stand for values of their own: composite and special ones do not."""

ANY = 100
"""A parameter that names more target types than this names all: none are kept then."""


def rows(published: Published) -> dict[str, Any]:
    """Return type -> {code: {"type", "url", "expression", "target"}}, what is abstract (Resource) included."""
    found: dict[str, dict[str, Any]] = {}
    for url, resource in sorted(published.search_parameters.items()):
        if not url.startswith(EXAMPLES):
            for base, row in of_resource(resource):
                found.setdefault(base, {}).setdefault(resource["code"], row)
    return {base: dict(sorted(found[base].items())) for base in sorted(found)}


def of_resource(resource: Resource) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield (base, row) for each type that a SearchParameter searches and has an expression for."""
    if resource.get("type") not in KINDS or "expression" not in resource:
        return
    for base in resource.get("base", ()):
        own = [part for part in alternatives(resource["expression"]) if is_of(part, base)]
        if own:
            row = {"type": resource["type"], "url": resource["url"], "expression": own}
            targets = resource.get("target", [])
            yield base, row | ({"target": sorted(targets)} if 0 < len(targets) <= ANY else {})


def alternatives(expression: str) -> list[str]:
    """Return the parts of a union: R4 writes ` | ` nowhere inside of one."""
    return [part.strip() for part in expression.split(" | ")]


def is_of(part: str, base: str) -> bool:
    """Tell whether a part of an expression begins at this type."""
    return part.lstrip("(").startswith(f"{base}.")


def compartments(published: Published) -> dict[str, Any]:
    """Return compartment -> {type: the parameters by which a resource of that type is in it}."""
    return {
        resource["code"]: {
            entry["code"]: sorted(entry["param"]) for entry in resource.get("resource", ()) if entry.get("param")
        }
        for url, resource in sorted(published.compartments.items())
        if url.startswith("http://hl7.org/fhir/CompartmentDefinition/") and not url.endswith("/example")
    }
