"""FHIR packages as published: .tgz files of JSON resources, read into memory and never unpacked.

Source of the format: https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

KINDS = ("StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "CompartmentDefinition")


@dataclass(frozen=True, slots=True)
class Published:
    """The conformance resources of some packages by canonical url; the first package that has a url wins."""

    structures: dict[str, Resource] = field(default_factory=dict)
    value_sets: dict[str, Resource] = field(default_factory=dict)
    code_systems: dict[str, Resource] = field(default_factory=dict)
    search_parameters: dict[str, Resource] = field(default_factory=dict)
    compartments: dict[str, Resource] = field(default_factory=dict)

    def add(self, resource: Resource) -> None:
        """Put a resource on its shelf, unless its url is there already."""
        kept = (self.structures, self.value_sets, self.code_systems, self.search_parameters, self.compartments)
        shelf = dict(zip(KINDS, kept, strict=True)).get(resource.get("resourceType", ""))
        if shelf is not None and "url" in resource:
            shelf.setdefault(resource["url"], resource)


def resources(package: Path) -> list[Resource]:
    """Return the resources of these KINDS that a package holds, in the order of their names.

    The archive is read in its own order: seeking backwards in gzip starts again from its beginning.
    """
    found: dict[str, Resource] = {}
    with tarfile.open(package, "r|gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if _is_definition(member) else None
            if content is not None:
                found[member.name] = json.load(content)
    return [found[name] for name in sorted(found)]


def _is_definition(member: tarfile.TarInfo) -> bool:
    folder, _, name = member.name.rpartition("/")
    return folder == "package" and name.endswith(".json") and name.startswith(KINDS)


def read(packages: Iterable[Path]) -> Published:
    """Return what the packages define. Raises OSError or tarfile.TarError when one cannot be read."""
    published = Published()
    for package in packages:
        for resource in resources(package):
            published.add(resource)
    return published
