"""The resources of the inputs, one by one, as they are written: a file is one, an NDJSON file one a line."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from adapter.errors import CrfhirError, UsageError
from adapter.fhir.package import ARCHIVES, MANIFEST
from adapter.files.flaw import Flaw
from adapter.files.lines import LIMIT, too_long
from adapter.files.ndjson import read_ndjson
from adapter.files.opening import Opened, opened
from adapter.files.source import Source, reason, sources
from adapter.files.split import read_json

KINDS = {"json", "ndjson", "xml"}

FHIR = (".json", ".ndjson", ".jsonl", ".xml")
"""What is read of a folder; records beside it (CSV, Excel) are passed over, and refused where they are named."""


class Item(NamedTuple):
    """One resource as it was written: `source` names it to a person (`file`, `file:line`, `file[3]`).

    A tuple, as there may be millions and each may go to another process.
    """

    source: str
    file: str
    line: int
    raw: bytes | Flaw
    is_xml: bool = False


Told = Callable[[int, int], None]
"""Told bytes read and bytes in all, 0 where unknown."""


def fhir_sources(inputs: Sequence[str]) -> list[Source]:
    """Return the inputs, of folders the files that may be FHIR; UsageError for one that is not there, or when none is
    left.
    """
    for name in inputs:
        if name.endswith(ARCHIVES):
            raise UsageError(f"{name} is a package of definitions: give it to --definitions.")
    found = [source for source in sources(inputs, FHIR) if not (source.found and Path(source.name).name == MANIFEST)]
    if not found:
        raise UsageError(f"There is nothing to validate: the folder holds no resource, only {MANIFEST}.")
    return found


def items(sources: Sequence[Source], told: Told) -> Iterator[Item]:
    """Yield the resources of all inputs in their order; what cannot be read is an item with a flaw."""
    total = sum(source.size for source in sources)
    before = 0
    for source in sources:
        for item, consumed in _of(source):
            yield item
            told(before + consumed, total)
        before += source.size


def _of(source: Source) -> Iterator[tuple[Item, int]]:
    try:
        found = opened(source, "utf-8")
        with found.stream:
            for item in _items(source, found):
                yield item, found.consumed()
    except (OSError, EOFError, zlib.error, CrfhirError) as error:
        why = f"this cannot be read on: {reason(error) if isinstance(error, OSError) else error}"
        yield Item(source.name, source.name, 1, Flaw("structure", why, fatal=True)), 0


def _items(source: Source, found: Opened) -> Iterator[Item]:
    name = source.name
    if found.flaw is not None:
        yield Item(name, name, found.flaw.line or 1, _without_option(found.flaw))
    elif found.kind not in KINDS:
        why = "this is no FHIR: expected JSON, NDJSON or XML (crfhir convert reads records in CSV and Excel)"
        yield Item(name, name, 1, Flaw("not-supported", why, fatal=True))
    elif found.kind == "ndjson":
        for line, raw in read_ndjson(found.stream):
            yield Item(f"{name}:{line}", name, line, raw)
    elif found.kind == "json" and found.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        for place, (line, raw) in enumerate(read_json(found.stream)):
            yield Item(f"{name}[{place}]", name, line, raw)
    else:
        yield Item(name, name, 1, _whole(found), found.kind == "xml")


def _without_option(flaw: Flaw) -> Flaw:
    """Return a flaw with advice that can be followed here: FHIR is UTF-8, and there is no --encoding."""
    if "--encoding" not in flaw.why:
        return flaw
    return replace(flaw, why=f"{flaw.why.rpartition(': ')[0]}: save it as UTF-8")


def _whole(found: Opened) -> bytes | Flaw:
    raw = found.stream.read(LIMIT * 8 + 1)
    return raw if len(raw) <= LIMIT * 8 else too_long(f"{LIMIT >> 17} MB")
