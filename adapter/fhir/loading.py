"""Packages, folders and files → definitions that were proved sound, or every fault of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter.errors import DefinitionError, Fault
from adapter.fhir import conformance, definition_shape, differential, package, table
from adapter.fhir.cache import Cached
from adapter.fhir.conformance import Definitions
from adapter.fhir.differential import Resource
from adapter.fhir.package import MANIFEST, File, Source
from adapter.fhir.proof import prove
from adapter.fhir.syntax import FhirSyntaxError

R4 = "4.0"
CORE_PACKAGES = frozenset({"hl7.fhir.r4.core", "hl7.fhir.core"})
CORE_CANONICAL = "http://hl7.org/fhir"


@dataclass(frozen=True, slots=True)
class Stated:
    """One conformance resource, and the file that it stands in."""

    file: File
    resource: Resource

    @property
    def key(self) -> str:
        """The name by which a shelf holds it."""
        version = self.resource.get("version")
        kind, url = self.resource["resourceType"], self.resource["url"]
        return conformance.key(kind, url, version if isinstance(version, str) else None)


def made(sources: Iterable[Source]) -> Cached:
    """Return what these sources define, proved. Raises DefinitionError with every fault."""
    faults: list[Fault] = []
    held: dict[str, Stated] = {}
    canonicals: list[str] = []
    for source in sources:
        try:
            files = source.files()
            manifest = package.manifest(files)
        except DefinitionError as unreadable:
            faults += unreadable.faults
            continue
        faults += _of_other_version(source, manifest)
        if manifest.get("name") in CORE_PACKAGES:
            continue  # is always here
        stated = _unique(_resources(files, faults, is_alone=len(files) == 1), faults)
        canonicals += _canonicals(manifest, stated.values())
        held.update(stated)
    entries = _entries(held, faults)
    is_whole = not faults
    faults += prove(entries, {each.file.name: each.file.raw for each in held.values()}, is_whole=is_whole)
    if faults:
        raise DefinitionError(faults)
    return Cached(table.render(entries), tuple(dict.fromkeys(canonicals)))


def _of_other_version(source: Source, manifest: dict[str, Any]) -> Iterator[Fault]:
    versions = manifest.get("fhirVersions", manifest.get("fhir-version-list", []))
    if isinstance(versions, list) and versions and not any(str(each).startswith(R4) for each in versions):
        yield Fault(source.name, 1, f"a package for FHIR {', '.join(map(str, versions))}: expected one for 4.0.1")


def _resources(files: Iterable[File], faults: list[Fault], *, is_alone: bool) -> Iterator[Stated]:
    """Yield what the files define, Bundles entry by entry; a file of a folder may be something else, and is left."""
    for file in files:
        if Path(file.name).name == MANIFEST:
            continue
        try:
            resource = _parsed(file)
        except FhirSyntaxError as reason:
            told = [(each.line, each.message) for each in reason.faults] or [(reason.line, str(reason))]
            faults += [Fault(file.name, line or 1, message) for line, message in told]
            continue
        found = list(_canonical(resource))
        if is_alone and not found:
            faults.append(Fault(file.name, 1, "expected a conformance resource with a url, or a Bundle of them"))
        yield from (Stated(file, each) for each in found)


def _parsed(file: File) -> Any:
    if file.name.endswith(".xml"):
        from adapter.fhir import xml

        return xml.parse(file.raw, in_order=False)
    from adapter.fhir import json

    return json.parse(file.raw)


def _canonical(resource: Any) -> Iterator[Resource]:
    if not isinstance(resource, dict):
        return
    if resource.get("resourceType") == "Bundle" and isinstance(resource.get("entry"), list):
        for entry in resource["entry"]:
            yield from _canonical(entry.get("resource") if isinstance(entry, dict) else None)
    elif isinstance(resource.get("resourceType"), str) and isinstance(resource.get("url"), str):
        yield resource


def _unique(stated: Iterable[Stated], faults: list[Fault]) -> dict[str, Stated]:
    """Return what one source states, by key; a source that states one canonical twice contradicts itself."""
    found: dict[str, Stated] = {}
    for each in stated:
        first = found.setdefault(each.key, each)
        if first.resource != each.resource:
            faults.append(Fault(each.file.name, 1, f"{each.resource['url']} is in {first.file.name} too"))
    return found


def _canonicals(manifest: dict[str, Any], stated: Iterable[Stated]) -> Iterator[str]:
    """Yield the bases under which a source defines profiles: what its manifest says, or what its profiles show."""
    stated_base = manifest.get("canonical")
    shown = [each.resource["url"].rpartition("/StructureDefinition/")[0] for each in stated]
    for base in [stated_base] if isinstance(stated_base, str) else shown:
        if base and base.rstrip("/") != CORE_CANONICAL:
            yield base.rstrip("/") + "/"


def _entries(held: dict[str, Stated], faults: list[Fault]) -> dict[str, Resource]:
    """Return what a shelf holds: profiles as rows, all else as it is."""
    urls = {each.resource["url"] for each in held.values()}
    found: dict[str, Resource] = {}
    for key, each in held.items():
        resource = each.resource
        if resource["resourceType"] == "StructureDefinition" and differential.is_profile(resource):
            why = definition_shape.why_not(resource)
            if why is not None:
                faults.append(Fault(each.file.name, 1, why))
                continue
            found[key] = differential.row(resource, _chosen(resource, urls), each.file.name)
        else:
            found[key] = resource
    return found


def _chosen(structure: Resource, urls: set[str]) -> str:
    """Return which list of elements to read: the differential, unless what it stands on is not at hand."""
    base = structure["baseDefinition"].partition("|")[0]
    at_hand = base in urls or Definitions().known(base)
    return "differential" if "differential" in structure and (at_hand or "snapshot" not in structure) else "snapshot"
