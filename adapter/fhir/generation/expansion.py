"""Value sets and code systems as plain codes, as far as the packages alone can tell.

A value set that needs a system published elsewhere, or a filter this module does not know, is not
enumerable: `None`, never a guess.
Source: https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapter.fhir.generation.package import Published, Resource

Codes = dict[str, set[str]]  # code system url -> codes


class NotEnumerable(Exception):  # noqa: N818 (an answer, not a failure)
    """The codes cannot be told from these packages."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a code system, with the codes it lies under (all the way up) and its properties."""

    code: str
    above: frozenset[str]
    properties: tuple[tuple[str, Any], ...]


def concepts(system: Resource) -> Iterator[Concept]:
    """Yield every concept of a CodeSystem: systems nest (`corrected` lies under `amended`)."""
    waiting = [(entry, frozenset[str]()) for entry in reversed(system.get("concept", ()))]
    while waiting:
        entry, above = waiting.pop()
        yield Concept(entry["code"], above, tuple(_properties(entry)))
        below = above | {entry["code"]}
        waiting.extend((child, below) for child in reversed(entry.get("concept", ())))


def _properties(entry: Resource) -> Iterator[tuple[str, Any]]:
    for stated in entry.get("property", ()):
        for key, value in stated.items():
            if key.startswith("value"):
                yield stated["code"], value


def is_complete(system: Resource | None) -> bool:
    """Tell whether this code system is here with all its codes."""
    return system is not None and system.get("content") == "complete"


def expand(url: str, published: Published, under: tuple[str, ...] = ()) -> Codes:
    """Return the codes of a value set by system. Raises NotEnumerable.

    A url that names a CodeSystem (a defect of some bindings in R4) means all its codes.
    """
    url = url.partition("|")[0]
    if url in under:
        raise NotEnumerable(f"{url} includes itself")
    value_set = published.value_sets.get(url)
    if value_set is None:
        return {url: _all_codes(url, published)}
    compose = value_set.get("compose")
    if compose is None:
        raise NotEnumerable(f"{url} does not say what it is composed of")
    found: Codes = {}
    for part in compose.get("include", ()):
        for system, codes in _part(part, published, (*under, url)).items():
            found.setdefault(system, set()).update(codes)
    for part in compose.get("exclude", ()):
        for system, codes in _part(part, published, (*under, url)).items():
            found.get(system, set()).difference_update(codes)
    return {system: codes for system, codes in found.items() if codes}


def _all_codes(url: str, published: Published) -> set[str]:
    return {concept.code for concept in _concepts_of(url, published)}


def _concepts_of(url: str, published: Published) -> list[Concept]:
    system = published.code_systems.get(url.partition("|")[0])
    if system is None or not is_complete(system):
        raise NotEnumerable(f"{url} is not here in full")
    return list(concepts(system))


def _part(part: Resource, published: Published, under: tuple[str, ...]) -> Codes:
    """Return the codes of one include or exclude: its system's choice, within every value set it names."""
    sets = [expand(url, published, under) for url in part.get("valueSet", ())]
    if "system" in part:
        sets.append({part["system"]: _chosen(part, published)})
    if not sets:
        raise NotEnumerable("an include that names neither a system nor a value set")
    shared = set.intersection(*(set(codes) for codes in sets))
    return {system: set.intersection(*(codes[system] for codes in sets)) for system in shared}


def _chosen(part: Resource, published: Published) -> set[str]:
    if "concept" in part:
        return {entry["code"] for entry in part["concept"]}
    kept = _concepts_of(part["system"], published)
    for stated in part.get("filter", ()):
        kept = _filtered(kept, stated)
    return {concept.code for concept in kept}


def _filtered(among: list[Concept], stated: Resource) -> list[Concept]:
    """Return the concepts that pass a filter. Raises NotEnumerable for a filter not known here."""
    name, operator, value = stated["property"], stated["op"], stated["value"]
    if name in ("concept", "code") and operator in BY_CODE:
        return [concept for concept in among if BY_CODE[operator](concept, value)]
    kept = [concept for concept in among if operator == "=" and (name, value) in concept.properties]
    if not kept:  # most likely a property that this system's concepts do not carry
        raise NotEnumerable(f"filter {name} {operator} {value}")
    return kept


def _is_a(concept: Concept, value: str) -> bool:
    return concept.code == value or value in concept.above


BY_CODE: dict[str, Callable[[Concept, str], bool]] = {
    "is-a": _is_a,
    "is-not-a": lambda concept, value: not _is_a(concept, value),
    "descendent-of": lambda concept, value: value in concept.above,
    "regex": lambda concept, value: re.fullmatch(value, concept.code) is not None,
}
