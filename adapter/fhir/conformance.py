"""The definitions that resources are judged by: R4's own, which are always here, and those of loaded packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING

from adapter.fhir import definitions
from adapter.fhir.constraints import Constraints, Profile
from adapter.fhir.differential import Resource, Row
from adapter.fhir.table import FOLDER, Table

if TYPE_CHECKING:
    from adapter.fhir.cache import Cached
    from adapter.fhir.package import Source
    from adapter.fhir.terminology import Terminology

CORE = "http://hl7.org/fhir/StructureDefinition/"
CORE_VERSION = "4.0.1"

_PROFILES = Table(FOLDER / "profiles.ndjson")
_NUMBER = re.compile(r"[0-9]+", re.ASCII)


class Definitions:
    """What is known: by canonical url, with |version honoured; the highest version where none is asked for."""

    def __init__(self, shelf: Table | None = None, canonicals: tuple[str, ...] = ()) -> None:
        self._shelf = Table(b"{}\n") if shelf is None else shelf
        self._canonicals = canonicals
        self._profiles: dict[str, Profile] = {}  # of what is held alone, however many urls are asked for
        self._elements: dict[str, Profile] = {}

    @cached_property
    def _held(self) -> dict[str, dict[str, list[str]]]:
        """The keys of the shelf by type and url, lowest version first."""
        found: dict[str, dict[str, list[str]]] = {}
        for key in sorted(self._shelf, key=_by_version):
            kind, url, _ = parts(key)
            found.setdefault(kind, {}).setdefault(url, []).append(key)
        return found

    @cached_property
    def terminology(self) -> Terminology:
        """The codes: R4's own and those of loaded packages."""
        from adapter.fhir.terminology import Terminology

        return Terminology(self)

    def profile(self, url: str) -> Profile | None:
        """Return a profile (of a resource, a data type, an extension) or None; one of R4's types constrains nothing.

        What a definition says of an element's type may name an element within a profile, see `element_profile`.
        """
        found = self._profiles.get(url)
        if found is None and "#" not in url:
            found = self._made(url)
            if found is not None:
                self._profiles[url] = found
        return found

    def element_profile(self, url: str) -> Profile | None:
        """Return the profile that ElementDefinition.type.profile names: url, or url#id of an element, or None.

        Source: http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element
        """
        if "#" not in url:
            return self.profile(url)
        found = self._elements.get(url)
        if found is None:
            found = self._element(*url.split("#", 1))
            if found is not None:
                self._elements[url] = found
        return found

    def _element(self, url: str, identity: str) -> Profile | None:
        from adapter.fhir import profile

        whole = self.profile(url)
        root = None if whole is None else profile.element_of(whole.root, identity)
        return None if whole is None or root is None else replace(whole, root=root)

    def _made(self, url: str) -> Profile | None:
        from adapter.fhir import profile

        if (rows := self.chain(url)) is not None:
            return profile.build(rows)
        name = type_named(url)
        return None if name is None else Profile(url, CORE_VERSION, name, Constraints(name, url), ())

    def chain(self, url: str) -> list[Row] | None:
        """Return the rows of a profile, from the one next to R4's own type to itself; None where one is missing."""
        rows: list[Row] = []
        while (row := self.row(url)) is not None:
            rows.insert(0, row)
            url = row["base"]
            if row["from"] == "snapshot" or type_named(url) is not None:
                return rows
        return None

    def row(self, url: str) -> Row | None:
        """Return a profile as it is kept, without those it stands on, or None."""
        held = self._find("StructureDefinition", url)
        if held is not None:
            return held if "elements" in held else None
        row: Row | None = _PROFILES.get(url.partition("|")[0])
        return row if row is not None and _is_version(row.get("version"), url) else None

    def extension(self, url: str) -> Profile | None:
        """Return an extension's profile, or None: an unknown one may hold anything."""
        found = self.profile(url)
        return found if found is not None and found.type == "Extension" and url != CORE + "Extension" else None

    def value_set(self, url: str) -> Resource | None:
        """Return a ValueSet of a loaded package, or None."""
        return self._find("ValueSet", url)

    def code_system(self, url: str) -> Resource | None:
        """Return a CodeSystem of a loaded package, or None."""
        return self._find("CodeSystem", url)

    def questionnaire(self, url: str) -> Resource | None:
        """Return a Questionnaire of a loaded package, or None."""
        return self._find("Questionnaire", url)

    def search_parameter(self, url: str) -> Resource | None:
        """Return a SearchParameter of a loaded package, or None."""
        return self._find("SearchParameter", url)

    def search_parameters(self) -> Iterator[Resource]:
        """Yield the SearchParameters of the loaded packages."""
        return self.resources("SearchParameter")

    def resources(self, kind: str) -> Iterator[Resource]:
        """Yield the resources of one type that the loaded packages hold; a profile without its prose."""
        for keys in self._held.get(kind, {}).values():
            yield from (self._shelf.get(key) for key in keys)

    def versions(self, url: str) -> tuple[str, ...]:
        """Return the versions of a canonical url that are held, lowest first; '' where one has none."""
        name = url.partition("|")[0]
        own = [parts(key)[2] for urls in self._held.values() for key in urls.get(name, ())]
        return tuple(own) or ((CORE_VERSION,) if self._is_r4(name) else ())

    def known(self, url: str) -> bool:
        """Tell whether anything of this canonical url is here: a profile, a type, an extension, codes…"""
        name, _, version = url.partition("|")
        held = self.versions(name)
        return bool(held) and (not version or any(_is_version(each, url) for each in held))

    def own(self, url: str) -> bool:
        """Tell whether a url lies under a canonical base of a loaded package: it is the study's to define."""
        return any(url.startswith(base) for base in self._canonicals)

    def _is_r4(self, name: str) -> bool:
        is_code_system = definitions.code_system(name) is not None
        return name in _PROFILES or type_named(name) is not None or is_code_system or self.terminology.holds(name)

    def _find(self, kind: str, url: str) -> Resource | None:
        name, _, version = url.partition("|")
        keys = self._held.get(kind, {}).get(name, ())
        fit = [key for key in keys if not version or _is_version(parts(key)[2], url)]
        found: Resource | None = self._shelf.get(fit[-1]) if fit else None
        return found


def key(kind: str, url: str, version: str | None) -> str:
    """Return the name by which a shelf holds a resource."""
    return f"{kind} {url}|{version or ''}"


def parts(held: str) -> tuple[str, str, str]:
    """Return the type, url and version of a shelf's key."""
    kind, _, canonical = held.partition(" ")
    url, _, version = canonical.rpartition("|")
    return kind, url, version


def _by_version(held: str) -> tuple[str, str, list[int], str]:
    kind, url, version = parts(held)
    return kind, url, [int(number[:9]) for number in _NUMBER.findall(version)], version


def _is_version(held: str | None, canonical: str) -> bool:
    """Tell whether a version is the one that a canonical asks for: itself, or the beginning of it (4.0 of 4.0.1)."""
    asked = canonical.partition("|")[2]
    return not asked or held == asked or (held or "").startswith(asked + ".")


def type_named(url: str) -> str | None:
    """Return the R4 type whose definition a canonical names, or None."""
    name, _, version = url.partition("|")
    if not name.startswith(CORE) or (version and not f"{CORE_VERSION}.".startswith(version + ".")):
        return None
    name = name.removeprefix(CORE)
    is_one = "." not in name and definitions.is_type(name) and definitions.kind(name) != "profile"
    return name if is_one else None


def load_definitions(*sources: Path | str, cache: Path | EllipsisType | None = ...) -> Definitions:
    """Return R4's definitions with those of packages, folders and files; a later source's word counts.

    What was made of them is kept in the folder `cache`, by default the user's own; None keeps nothing.
    Raises DefinitionError with every fault of what was loaded, UsageError where there is nothing to read.
    """
    if not sources:
        return Definitions()
    from adapter.fhir import cache as kept
    from adapter.fhir import package

    read = [package.source(Path(path)) for path in sources]
    made = kept.kept(read, kept.folder() if isinstance(cache, EllipsisType) else cache, _made)
    return Definitions(Table(made.table), made.canonicals)


def _made(sources: Sequence[Source]) -> Cached:
    from adapter.fhir import loading  # what is kept already needs none of it

    return loading.made(sources)
