"""Whether loaded profiles can be used: each stands on others that are here, and states what R4 allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapter.errors import Fault
from adapter.fhir import element_flaws, profile
from adapter.fhir.conformance import Definitions, type_named
from adapter.fhir.differential import Row
from adapter.fhir.element_place import is_type
from adapter.fhir.table import Table, render


def prove(entries: Mapping[str, Row], files: Mapping[str, bytes]) -> Iterator[Fault]:
    """Yield every fault of the profiles among these entries, with the line of its element."""
    held = Definitions(Table(render(entries)))
    for row in entries.values():
        if "elements" in row and "from" in row:
            yield from _faults(row, held, files[row["file"]])


def _faults(row: Row, held: Definitions, raw: bytes) -> Iterator[Fault]:
    broken = _broken_chain(row, held)
    if broken is not None:
        yield Fault(row["file"], _line(raw, row["url"], b"baseDefinition"), f"{row['type']}: {broken}")
        return
    canonical = row["url"] + (f"|{row['version']}" if "version" in row else "")
    for flaw in profile.flaws(held.chain(canonical) or [row], element_flaws.flaws):
        identity = rb'\bid"?\s*[:=]\s*"' + re.escape(flaw.element.encode()) + rb'"'
        yield Fault(row["file"], _line(raw, row["url"], identity), f"{flaw.element}: {flaw.why}")


def _broken_chain(row: Row, held: Definitions) -> str | None:
    """Return why a profile does not stand on one of R4's types, or None when it does."""
    if not is_type(row["type"]):
        return f"R4 has no type {row['type']!r}"
    seen = [row["url"]]
    while row["from"] == "differential" and type_named(row["base"]) is None:
        base = held.row(row["base"])
        if base is None:
            return f"its base {row['base']} is not here"
        if base["type"] != row["type"]:
            return f"type {row['type']}, on a base of type {base['type']}"
        if base["url"] in seen:
            return f"it stands on itself: {' → '.join([*seen, base['url']])}"
        seen.append(base["url"])
        row = base
    on = type_named(row["base"])
    if row["from"] == "differential" and row["type"] != on:
        return f"type {row['type']}, on a base of type {on}"
    return None


def _line(raw: bytes, url: str, pattern: bytes) -> int:
    """Return the line on which something of a structure stands; 1 where it is not seen."""
    found = re.compile(pattern).search(raw, max(raw.find(url.encode()), 0))
    return 1 if found is None else raw.count(b"\n", 0, found.start()) + 1
