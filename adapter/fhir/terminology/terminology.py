"""What can be said about codes: R4's own, those of loaded packages, and those that a grammar or a registry tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from adapter.fhir import definitions
from adapter.fhir.terminology import core, registry
from adapter.fhir.terminology.compose import System, compose
from adapter.fhir.terminology.concepts import Concepts, Resource, from_resource
from adapter.fhir.terminology.expansion import expanded
from adapter.fhir.terminology.membership import Codes, Listed, Membership, Untold
from adapter.fhir.terminology.registry import Enumeration
from adapter.fhir.terminology.suggestion import nearest


class Lookup(Protocol):
    """Where the resources of loaded packages are found, by url; a |version is honoured."""

    def value_set(self, url: str) -> Resource | None:
        """Return a ValueSet or None."""

    def code_system(self, url: str) -> Resource | None:
        """Return a CodeSystem or None."""


class Terminology:
    """Codes, by the url of their value set or code system. Nothing is asked of a server; None says so."""

    def __init__(self, lookup: Lookup | None = None) -> None:
        self._lookup = lookup
        self._sets: dict[str, Membership] = {}
        self._concepts: dict[str, Concepts] = {}
        self._composing: list[str] = []

    def member(self, value_set_url: str, system: str | None, code: str) -> bool | None:
        """Tell whether a code is of a value set; None: it cannot be told here, and `why` says why.

        `system` None means that of the value set, as for an element of type code; a Coding without one is of
        no value set, and "" asks that.
        """
        return self.value_set(value_set_url).member(system, code)

    def systems(self, value_set_url: str) -> Codes | None:
        """Return the codes of a value set by their system, or None where they cannot be enumerated."""
        return self.value_set(value_set_url).systems()

    def codes(self, value_set_url: str) -> frozenset[str] | None:
        """Return the codes of a value set whatever their system, or None where they cannot be enumerated."""
        systems = self.systems(value_set_url)
        return None if systems is None else frozenset().union(*systems.values())

    def why(self, value_set_url: str, system: str | None = None) -> str | None:
        """Return why it cannot always be told what (of a system) is in a value set; None: it can."""
        return self.value_set(value_set_url).why(system)

    def holds(self, value_set_url: str) -> bool:
        """Tell whether a value set is known by its url, whatever can be told about it."""
        url, _, version = value_set_url.partition("|")
        if self._lookup is not None and self._lookup.value_set(value_set_url) is not None:
            return True
        return core.is_version(url, version) and (definitions.systems(url) is not None or core.is_value_set(url))

    def maximum(self, value_set_url: str) -> str | None:
        """Return the value set that R4 requires where this one is not: `all-languages` beyond `languages`."""
        return core.maximum(value_set_url)

    def value_set(self, url: str) -> Membership:
        """Return the codes of a value set; of one that is not held nothing can be told."""
        found = self._sets.get(url)
        if found is None:
            found = self._found(url)
            if not isinstance(found, Untold):
                self._sets[url] = found  # of what is held alone: those asked for are without number
        return found

    imported = value_set

    def _found(self, url: str) -> Membership:
        own = None if self._lookup is None else self._lookup.value_set(url)
        if own is not None:
            return self._composed(url, own)
        name, _, version = url.partition("|")
        if not core.is_version(name, version):
            return Untold(f"{name} is not held in version {version}")
        listed = definitions.systems(name)
        if listed is not None:
            return Listed(listed, self.is_sensitive)
        stated = core.composition(name)
        return Untold(f"the value set {url} is not held here") if stated is None else self._composed(name, stated)

    def _composed(self, url: str, resource: Resource) -> Membership:
        """Return what a value set is composed of. One that includes itself, by whatever way, cannot be told."""
        if url in self._composing:
            return Untold(f"{url} includes itself")
        self._composing.append(url)
        try:
            return self.compiled(resource)
        finally:
            self._composing.pop()

    def compiled(self, resource: Resource) -> Membership:
        """Return the codes of a ValueSet that is at hand (a contained one): its composition, else its expansion."""
        composed = compose(resource, self)
        if composed.systems() is not None or "expansion" not in resource:
            return composed
        return expanded(resource["expansion"], composed, self.is_sensitive)

    def system(self, url: str, version: str | None = None) -> System | None:
        """Return a code system, or None where it is not held in this version."""
        own = self._own(url if version is None else f"{url}|{version}")
        if own is not None:
            return Enumeration(own)
        if registry.is_registered(url):
            return registry.registered(url)
        if core.is_held(url) and core.is_version(url, version or ""):
            return Enumeration(core.concepts(url))
        return None

    def _own(self, url: str) -> Concepts | None:
        """Return a code system of a loaded package."""
        found = self._concepts.get(url)
        if found is None and self._lookup is not None:
            resource = self._lookup.code_system(url)
            if resource is not None and resource.get("content") not in ("supplement", "not-present"):
                found = self._concepts[url] = from_resource(resource)
        return found

    def is_sensitive(self, system: str) -> bool:
        """Tell whether case matters in the codes of a system; True for one that is not held."""
        own = self._own(system)
        if own is not None:
            return own.case_sensitive
        if registry.is_registered(system):
            return system not in registry.WITHOUT_CASE
        held = definitions.code_system(system)
        return held is None or held.case_sensitive

    def known(self, system: str, code: str) -> bool | None:
        """Tell whether a system has a code; None: the system, or all of its codes, are not here."""
        if self._own(system) is None and not registry.is_registered(system):
            held = definitions.code_system(system)
            if held is not None and code in held.codes:
                return True  # the usual case, without displays
        found = self.system(system)
        return None if found is None else found.has(code)

    def displays(self, system: str, code: str) -> tuple[str, ...] | None:
        """Return a code's display and designations, or None: the code is not here."""
        found = self.system(system)
        concepts = None if found is None else found.concepts()
        concept = None if concepts is None else concepts.get(code)
        return None if concept is None else concept.displays

    def is_display(self, system: str, code: str, text: str) -> bool | None:
        """Tell whether a text displays a code, whatever its case and blanks; None: no display is known."""
        displays = self.displays(system, code)
        return _plain(text) in map(_plain, displays) if displays else None

    def nearest(self, codes: Iterable[str], wrong: str) -> str | None:
        """Return the code that was most likely meant, or None."""
        return nearest(codes, wrong)

    def system_hint(self, system: str) -> str | None:
        """Return what is wrong with a system that is known to be wrong, and what it should be."""
        from adapter.fhir.terminology import hint  # the few systems that are met are asked about once

        own = None if self._lookup is None else self._lookup.code_system(system)
        if own is not None and (own.get("content") == "supplement" or "supplements" in own):
            # "The canonical URL of the code system that this code system supplement is adding designations ... to"
            return f"it adds to one: use {own.get('supplements')}"
        return hint.hint(system, self.is_system, self.is_value_set)

    def is_system(self, url: str) -> bool:
        """Tell whether this is the url of a code system that is held, in whole or in part, or registered."""
        if self._own(url) is not None or registry.is_registered(url):
            return True
        return core.is_held(url) or (self._lookup is not None and self._lookup.code_system(url) is not None)

    def is_value_set(self, url: str) -> bool:
        """Tell whether this is the url of a value set that is held."""
        own = None if self._lookup is None else self._lookup.value_set(url)
        return own is not None or core.is_value_set(url)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
