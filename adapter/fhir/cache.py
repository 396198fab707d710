"""What loading a package made, kept for the next time: a table that tells what it was made of, and is checked.

A cache that cannot be used (absent, cut off, of other sources or another crfhir, not readable) is None: it
is made anew. One that cannot be written is left unwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from adapter.fhir.package import Source

FOLDER_VARIABLE = "CRFHIR_CACHE"
CRFHIR = Path(__file__).parents[1] / "__init__.py"


@dataclass(frozen=True, slots=True)
class Cached:
    """A table's bytes, and the canonical bases of the packages that it holds."""

    table: bytes
    canonicals: tuple[str, ...]


def folder() -> Path:
    """Return where caches are kept: CRFHIR_CACHE, else crfhir in the user's cache folder."""
    stated = os.environ.get(FOLDER_VARIABLE)
    if stated:
        return Path(stated)
    home = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / "crfhir"


def digest(sources: Sequence[Source]) -> str:
    """Return the digest of names and bytes of the sources, and of the crfhir that reads them."""
    found = blake2b(digest_size=20)
    for part in _parts(sources):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _parts(sources: Sequence[Source]) -> Iterator[bytes]:
    yield CRFHIR.read_bytes()  # tells the version
    yield from sorted(_modules(str(Path(__file__).parent)))  # a crfhir that is worked on keeps its version
    for source in sources:
        yield source.name.encode()
        for file in source.raw:
            yield file.name.encode()
            yield file.raw


def _modules(folder: str) -> Iterator[bytes]:
    """Yield the name, size and time of each module in a folder and those below."""
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _modules(entry.path)
        elif entry.name.endswith(".py"):
            stat = entry.stat()
            yield f"{entry.name} {stat.st_size} {stat.st_mtime_ns}".encode()


def kept(sources: Sequence[Source], home: Path | None, make: Callable[[Sequence[Source]], Cached]) -> Cached:
    """Return what was kept of these sources in a folder, or make it and keep it; without a folder, make it."""
    if home is None:
        return make(sources)
    current = digest(sources)
    file = home / _name(sources)
    found = _read(file, current)
    if found is None:
        found = make(sources)
        _write(file, current, found)
    return found


def _read(file: Path, current: str) -> Cached | None:
    """Return what a file keeps, when it was made of the sources as they are now, and is whole."""
    try:
        head, _, table = file.read_bytes().partition(b"\n")
        stated = json.loads(head)
        is_current = stated["made_of"] == current and stated["table"] == _digest_of(table)
        return Cached(table, tuple(stated["canonicals"])) if is_current else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _write(file: Path, current: str, made: Cached) -> None:
    """Keep what was made: whole or not at all, and never in the way of the work."""
    stated = {"made_of": current, "table": _digest_of(made.table), "canonicals": made.canonicals}
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, json.dumps(stated).encode() + b"\n" + made.table)


def _digest_of(table: bytes) -> str:
    return blake2b(table, digest_size=20).hexdigest()


def _replace(target: Path, raw: bytes) -> None:
    import tempfile  # takes as long to import as a whole cache to read

    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
        written.replace(target)
    except OSError:
        written.unlink(missing_ok=True)
        raise


def _name(sources: Sequence[Source]) -> str:
    """Return the name of the file of these sources: a new state of them takes the place of the old."""
    names = "\n".join(str(Path(source.name).absolute()) for source in sources)
    return f"definitions-{blake2b(names.encode(), digest_size=12).hexdigest()}"
