"""What the validator asks of codes beyond their lists: displays, hierarchy, properties, open value sets, OIDs."""

from __future__ import annotations

from typing import Any

from adapter.fhir.generation import expansion
from adapter.fhir.generation.package import Published, Resource
from adapter.fhir.terminology.concepts import Concept, Concepts, from_resource

OIDS = "urn:oid:"
MAXIMUM = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"


def tables(published: Published) -> dict[str, dict[str, Any]]:
    """Return the files of terminology by name, each with its entries."""
    return {
        "concepts.ndjson": concepts(published),
        "compositions.ndjson": compositions(published),
        "oids.ndjson": oids(published),
        "maximums.ndjson": maximums(published),
    }


def concepts(published: Published) -> dict[str, Any]:
    """Return each code system that has codes here; a supplement has none of its own."""
    return {
        url: _system(from_resource(resource), listed=expansion.is_complete(resource))
        for url, resource in sorted(published.code_systems.items())
        if resource.get("content") not in ("supplement", "not-present") and "concept" in resource
    }


def _system(system: Concepts, *, listed: bool) -> dict[str, Any]:
    """Return a system's row; the codes of one that is complete are in `code_systems.ndjson`, in the same order."""
    every = list(system)
    places = {concept.code: place for place, concept in enumerate(every)}
    row = {
        "version": system.version,
        "case": [] if listed else system.case_sensitive,
        "declared": sorted(system.declared),
        "codes": [] if listed else [concept.code for concept in every],
        "displays": [_displays(concept) for concept in every],
        "parents": _along(every, [[places[code] for code in each.parents if code in places] for each in every]),
        "properties": _along(every, [[list(stated) for stated in each.properties] for each in every]),
    }
    return {name: stated for name, stated in row.items() if stated not in ([], {})}


def _displays(concept: Concept) -> str | list[str]:
    return concept.displays[0] if len(concept.displays) == 1 else list(concept.displays)


def _along(every: list[Concept], lists: list[list[Any]]) -> dict[str, list[Any]]:
    """Return what concepts carry by their place; most carry nothing."""
    return {str(place): stated for place, (_, stated) in enumerate(zip(every, lists, strict=True)) if stated}


def compositions(published: Published) -> dict[str, Any]:
    """Return the `compose` of each value set whose codes cannot be enumerated, without its prose."""
    found: dict[str, Any] = {}
    for url, resource in sorted(published.value_sets.items()):
        try:
            expansion.expand(url, published)
        except expansion.NotEnumerable:
            if "compose" in resource:
                found[url] = _composition(resource["compose"])
    return found


def _composition(stated: Resource) -> Resource:
    return {
        name: [_part(part) for part in parts] if isinstance(parts, list) else parts
        for name, parts in stated.items()
        if name in ("include", "exclude", "inactive")
    }


def _part(part: Resource) -> Resource:
    kept: Resource = {name: part[name] for name in ("system", "valueSet", "filter") if name in part}
    listed = [{"code": concept["code"]} for concept in part.get("concept", ())]
    return {**kept, "concept": listed} if listed else kept


def oids(published: Published) -> dict[str, str]:
    """Return the url of each code system by the OIDs that it names as its own."""
    return {
        stated["value"]: url
        for url, resource in sorted(published.code_systems.items(), reverse=True)
        for stated in resource.get("identifier", ())
        if str(stated.get("value", "")).startswith(OIDS)
    }


def maximums(published: Published) -> dict[str, str]:
    """Return the value set beyond which no code goes, by the looser one that an element is bound to.

    R4 names one pair wherever it names either: `languages` is preferred, `all-languages` the most.
    """
    found: dict[str, str] = {}
    for structure in published.structures.values():
        for element in structure.get("snapshot", {}).get("element", ()):
            binding = element.get("binding", {})
            for stated in binding.get("extension", ()):
                if stated["url"] == MAXIMUM:
                    found[_bare(binding["valueSet"])] = _bare(stated.get("valueCanonical") or stated["valueUri"])
    return {url: found[url] for url in sorted(found)}


def _bare(canonical: str) -> str:
    return canonical.partition("|")[0]
