"""`crfhir validate` as a whole process: one file from a cold start, many lines with one process and with two; and the
loading of the study's package, with its cache and without.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from adapter.fhir import json as fhir_json
from adapter.fhir.cache import FOLDER_VARIABLE
from adapter.fhir.conformance import load_definitions
from benchmarks.command import Run, run

STARTS = 9

Figure = tuple[str, str]
"""What was measured, and what came out."""


def figures(package: Path, one: bytes, lines: int) -> Iterator[Figure]:
    """Yield the figures; `lines` resources made of `one`, each with its own id, are the many."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _loading(package, Path(folder) / "cache")
        single, many = Path(folder) / "one.json", Path(folder) / "many.ndjson"
        single.write_bytes(one)
        yield "`crfhir validate one.json` with the study's profiles, cold", _cold(package, single)
        _write(many, one, lines)
        for jobs in (1, 2):
            found = run("validate", str(many), "--definitions", str(package), "--jobs", str(jobs))
            yield f"{lines:,} resources as NDJSON, `--jobs {jobs}`", _throughput(found, lines)


def _cold(package: Path, single: Path) -> str:
    runs = [run("validate", str(single), "--definitions", str(package), every=0.002) for _ in range(STARTS)]
    best = min(each.wall for each in runs)
    return f"{best:.2f} s (the best of {STARTS}), {max(each.peak for each in runs):.0f} MB"


def _throughput(found: Run, lines: int) -> str:
    return (
        f"{found.wall:.1f} s, {lines / found.wall:,.0f} a second; resident {found.middle:.0f} MB half way, "
        f"{found.peak:.0f} MB at most"
    )


def _write(file: Path, one: bytes, lines: int) -> None:
    resource = fhir_json.parse(one)
    with file.open("wb") as out:
        for number in range(lines):
            resource["id"] = f"r{number}"
            out.write(fhir_json.encode(resource) + b"\n")


def _loading(package: Path, cache: Path) -> Iterator[Figure]:
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = str(cache)
    try:
        yield "loading the study's package, nothing kept of it", f"{_seconds(package) * 1000:.0f} ms"
        yield "the same from the cache that checks itself", f"{min(_seconds(package) for _ in range(9)) * 1000:.0f} ms"
    finally:
        if before is None:
            del os.environ[FOLDER_VARIABLE]
        else:
            os.environ[FOLDER_VARIABLE] = before


def _seconds(package: Path) -> float:
    start = time.perf_counter()
    load_definitions(package)
    return time.perf_counter() - start
