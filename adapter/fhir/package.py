"""Where definitions come from: a FHIR package (.tgz or unpacked), a folder, or one file, as names and bytes.

Archives are read into memory and never unpacked. Source of the format:
https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from adapter.errors import DefinitionError, Fault, UsageError

ARCHIVES = (".tgz", ".tar.gz")
RESOURCES = (".json", ".xml")
MANIFEST = "package.json"
MAX_FILE = 64 * 1024 * 1024
MAX_PACKAGE = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file of a source: its name as reports tell it, and what it holds."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """The definitions of one source. `raw` is what its digest is made of: an archive's own bytes, or the files."""

    name: str
    raw: tuple[File, ...]
    is_archive: bool = False

    def files(self) -> list[File]:
        """Return the files that may be definitions, and the manifest, in the order of their names.

        Raises DefinitionError for an archive that cannot be read.
        """
        if not self.is_archive:
            return list(self.raw)
        import tarfile  # a cache needs none

        try:
            return sorted(_members(self.name, _unzipped(self.raw[0])), key=lambda file: file.name)
        except (tarfile.TarError, zlib.error, EOFError, OSError) as reason:
            raise DefinitionError([Fault(self.name, 1, f"no package that can be read: {reason}")]) from reason


def source(path: Path) -> Source:
    """Return the source at a path: an archive, a package's folder, a folder of resources, or one file.

    Raises UsageError where nothing is that can be read.
    """
    try:
        if path.is_dir():
            return Source(str(path), tuple(_of_folder(path)))
        _refuse_large(str(path), path.stat().st_size, MAX_PACKAGE)
        return Source(str(path), (File(str(path), path.read_bytes()),), path.name.endswith(ARCHIVES))
    except OSError as reason:
        raise UsageError(f"{path}: cannot be read: {reason.strerror or reason}") from reason


def _of_folder(folder: Path) -> Iterator[File]:
    """Yield a package's own files, or all that lie below a folder which is no package."""
    inner = folder / "package"
    home = inner if (inner / MANIFEST).is_file() else folder
    found = home.glob("*") if (home / MANIFEST).is_file() else home.rglob("*")
    total = 0
    for path in sorted(found):
        hidden = any(part.startswith(".") for part in path.relative_to(home).parts)
        if path.suffix in RESOURCES and path.is_file() and not hidden:
            size = path.stat().st_size
            total += size
            _refuse_large(str(path), size, MAX_FILE)
            _refuse_large(str(folder), total, MAX_PACKAGE)
            yield File(str(path), path.read_bytes())


def _unzipped(archive: File) -> bytes:
    """Return the whole of a compressed file: tarfile alone would take one that is cut off for a short one."""
    from gzip import GzipFile

    content = GzipFile(fileobj=BytesIO(archive.raw)).read(MAX_PACKAGE + 1)
    _refuse_large(archive.name, len(content), MAX_PACKAGE)
    return content


def _members(name: str, content: bytes) -> Iterator[File]:
    """Yield the files of an archive's folder `package`, which is where a package's definitions are."""
    import tarfile

    with tarfile.open(fileobj=BytesIO(content), mode="r:") as archive:
        for member in archive:
            folder, _, file = member.name.removeprefix("./").rpartition("/")
            if folder == "package" and member.isfile() and not file.startswith(".") and file.endswith(RESOURCES):
                _refuse_large(f"{name}/{file}", member.size, MAX_FILE)
                stream = archive.extractfile(member)
                yield File(f"{name}/{file}", b"" if stream is None else stream.read())


def _refuse_large(name: str, size: int, most: int) -> None:
    if size > most:
        raise DefinitionError([Fault(name, 1, f"{size} bytes: expected at most {most}")])


def manifest(files: list[File]) -> dict[str, Any]:
    """Return what package.json says, or {} where there is none. Raises DefinitionError when it is no JSON object."""
    for file in files:
        if Path(file.name).name == MANIFEST:
            return _manifest(file)
    return {}


def _manifest(file: File) -> dict[str, Any]:
    try:
        stated = json.loads(file.raw)
    except (ValueError, RecursionError) as reason:
        raise DefinitionError([Fault(file.name, 1, f"no JSON: {reason}")]) from reason
    if not isinstance(stated, dict):
        raise DefinitionError([Fault(file.name, 1, "expected a JSON object")])
    return stated
