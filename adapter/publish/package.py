"""The FHIR package of a study: what is made from the study package, beside what SUSHI compiled from its profiles.

`package/` holds it as a folder, one resource a file, `<id>-<version>.tgz` beside it as others load it.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from adapter.crf.study import Study
from adapter.errors import DefinitionError, Fault
from adapter.fhir import json
from adapter.mapping.study import MappedStudy
from adapter.publish import digest
from adapter.publish.concept_map import concept_maps
from adapter.publish.exact_date import exact_date
from adapter.publish.naming import Resource, title, version
from adapter.publish.questionnaire import questionnaires
from adapter.publish.shorthand import FOLDER, Files, package_of, project
from adapter.publish.terminology import code_systems, value_sets

MADE = "package"


def resources(mapped: MappedStudy) -> Iterator[Resource]:
    """Yield the conformance resources that restate the study package."""
    study = mapped.definition
    yield from questionnaires(study)
    yield from code_systems(study)
    yield from value_sets(study)
    yield from concept_maps(mapped)
    yield from exact_date(mapped)


def sushi_project(mapped: MappedStudy) -> Files:
    """Return the files of the SUSHI project from which the profiles are compiled."""
    return project(mapped.definition, resources(mapped))


def archive_name(study: Study) -> str:
    """Return the file name of the package as a whole."""
    return f"{package_of(study).id}-{version(study)}.tgz"


def compiled(folder: Path) -> Files:
    """Return the resources that SUSHI wrote to a folder, by file name, as this project writes JSON."""
    return {path.name: _json(json.parse(path.read_bytes())) for path in sorted(folder.glob("*.json"))}


def standing(folder: Path) -> Files:
    """Return the compiled resources that the package of a study holds already."""
    names = digest.written_by(_read(folder / FOLDER / digest.FILE))
    return {name: text for name in sorted(names) if (text := _read(folder / MADE / name))}


def package_files(mapped: MappedStudy, profiles: Files) -> Files:
    """Return the files of the package, package.json among them, sorted.

    DefinitionError is for a resource that is both made from the package and compiled.
    """
    made = {f"{one['resourceType']}-{one['id']}.json": _json(one) for one in resources(mapped)}
    twice = sorted(made.keys() & profiles.keys())
    if twice:
        raise DefinitionError([Fault(f"{FOLDER}/", 1, f"{name} is made from the package already") for name in twice])
    return dict(sorted({**made, **profiles, "package.json": _json(_manifest(mapped.definition))}.items()))


def _manifest(study: Study) -> Resource:
    package = package_of(study)
    return {
        "name": package.id,
        "version": version(study),
        "type": "Conformance",
        "fhirVersions": ["4.0.1"],
        "canonical": study.base,
        "title": title(study),
        "description": f"Profiles, forms and codes of the study {study.id}.",
        "license": package.licence,
        "dependencies": dict(package.dependencies),
    }


def archive(files: Files) -> bytes:
    """Return a FHIR package as a .tgz; the same files make the same archive, whenever and wherever."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(packed.getvalue(), mtime=0)


def unpacked(packed: bytes) -> Files:
    """Return the files of a FHIR package; {} for what is none."""
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
            read = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
            return {name.removeprefix("package/"): one.read().decode() for name, one in read.items() if one is not None}
    except (tarfile.TarError, zlib.error, EOFError, OSError, UnicodeDecodeError):
        return {}


def publish(mapped: MappedStudy, profiles: Files, compiler: str) -> int:
    """Write package, archive and digests into the study's folder, and return how many resources the package has."""
    study = mapped.definition
    files = package_files(mapped, profiles)
    folder = study.folder / MADE
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (study.folder / archive_name(study)).write_bytes(archive(files))
    if profiles:
        told = digest.digest(compiler, sushi_project(mapped), profiles)
        (study.folder / FOLDER / digest.FILE).write_text(told, encoding="utf-8")
    return len(files) - 1


def stale(mapped: MappedStudy) -> list[str]:
    """Return in words what of the committed package is not what would be made now; [] if all of it is current."""
    folder = mapped.definition.folder
    profiles = standing(folder)
    then = _read(folder / FOLDER / digest.FILE)
    now = digest.digest(digest.compiler_of(then), sushi_project(mapped), profiles) if then else ""
    older = digest.differences(then, now)
    found = [f"{FOLDER}/{name}: compiled from something else; run `make profiles`" for name in older]
    files = package_files(mapped, profiles)
    held = {path.name: _read(path) for path in (folder / MADE).glob("*.json")}
    found += [f"{MADE}/{name}: not what the study package says now" for name in _unequal(files, held)]
    name = archive_name(mapped.definition)
    packed = unpacked((folder / name).read_bytes()) if (folder / name).exists() else {}
    return found + ([f"{name}: not what {MADE}/ holds"] if packed != files else [])


def _unequal(files: Files, held: Files) -> list[str]:
    return sorted(name for name in files.keys() | held.keys() if files.get(name) != held.get(name))


def _json(resource: Resource) -> str:
    return json.pretty(resource).rstrip("\n") + "\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
