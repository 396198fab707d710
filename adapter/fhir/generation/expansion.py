"""Value sets and code systems as plain codes, as far as the packages alone can tell.

A value set that needs a system published elsewhere, or a filter that is not known here, is not enumerable:
never a guess. The rules are those by which the validator composes value sets (adapter.fhir.terminology).
Source: https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

from collections.abc import Iterator

from adapter.fhir.generation.package import Published, Resource
from adapter.fhir.terminology import concepts as code_systems
from adapter.fhir.terminology.compose import compose
from adapter.fhir.terminology.concepts import Concept, Concepts
from adapter.fhir.terminology.membership import Membership, Untold
from adapter.fhir.terminology.registry import Enumeration

Codes = dict[str, set[str]]  # code system url -> codes


class NotEnumerable(Exception):  # noqa: N818 (an answer, not a failure)
    """The codes cannot be told from these packages."""


def concepts(system: Resource) -> Iterator[Concept]:
    """Yield every concept of a CodeSystem: systems nest (`corrected` lies under `amended`)."""
    yield from code_systems.from_resource(system)


def is_complete(system: Resource | None) -> bool:
    """Tell whether this code system is here with all its codes."""
    return system is not None and system.get("content") == "complete"


def expand(url: str, published: Published) -> Codes:
    """Return the codes of a value set by system. Raises NotEnumerable.

    A url that names a CodeSystem (a defect of some bindings in R4) means all its codes.
    """
    url = url.partition("|")[0]
    if url not in published.value_sets:
        return {url: _all_codes(url, published)}
    found = _Within(published).imported(url)
    systems = found.systems()
    if systems is None:
        raise NotEnumerable(found.why() or f"{url} includes what cannot be listed")
    return {system: set(codes) for system, codes in systems.items() if codes}


def _all_codes(url: str, published: Published) -> set[str]:
    system = published.code_systems.get(url)
    if system is None or not is_complete(system):
        raise NotEnumerable(f"{url} is not here in full")
    return {concept.code for concept in concepts(system)}


class _Within:
    """What the packages hold, as the parts of a value set look it up."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._composing: list[str] = []

    def imported(self, url: str) -> Membership:
        """Return a value set of the packages."""
        url = url.partition("|")[0]
        resource = self._published.value_sets.get(url)
        if resource is None or url in self._composing:
            return Untold(f"{url} is not here, or includes itself")
        self._composing.append(url)
        try:
            return compose(resource, self)
        finally:
            self._composing.pop()

    def system(self, url: str, version: str | None) -> Enumeration | None:  # noqa: ARG002
        """Return a code system of the packages; they are of one publication, whatever version is named."""
        system = self._published.code_systems.get(url)
        return Enumeration(_concepts(system)) if system is not None and is_complete(system) else None

    def is_sensitive(self, system: str) -> bool:  # noqa: ARG002
        """Return True: a list is a list."""
        return True


def _concepts(system: Resource) -> Concepts:
    return code_systems.from_resource({**system, "caseSensitive": True})
