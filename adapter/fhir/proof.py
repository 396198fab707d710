"""Whether loaded profiles can be used: each stands on others that are here, and states what R4 allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapter.errors import Fault
from adapter.fhir import element_flaws, profile
from adapter.fhir.conformance import Definitions, type_named
from adapter.fhir.differential import Row
from adapter.fhir.element_place import is_type
from adapter.fhir.fhirpath import FhirPathError, compile_expression
from adapter.fhir.table import Table, render

NOT_HERE = "is not here"


def prove(entries: Mapping[str, Row], files: Mapping[str, bytes], *, is_whole: bool = True) -> Iterator[Fault]:
    """Yield every fault of the profiles among these entries, with the line of its element.

    Where not the whole could be read (`is_whole`), a base that is not here may be in the rest, and is no fault.
    """
    held = Definitions(Table(render(entries)))
    for row in entries.values():
        if "elements" in row and "from" in row:
            yield from _faults(row, held, files[row["file"]], is_whole=is_whole)


def _faults(row: Row, held: Definitions, raw: bytes, *, is_whole: bool) -> Iterator[Fault]:
    broken = _broken_chain(row, held)
    if broken is not None:
        if not is_whole and broken.endswith(NOT_HERE):
            return
        yield Fault(row["file"], _line(raw, row["url"], b"baseDefinition"), f"{row['type']}: {broken}")
        return
    canonical = row["url"] + (f"|{row['version']}" if "version" in row else "")
    for why in _context_flaws(row):
        yield Fault(row["file"], _line(raw, row["url"], rb'\bcontext(Invariant)?"?\s*[:\[ ]'), f"{row['type']}: {why}")
    for flaw in profile.flaws(held.chain(canonical) or [row], element_flaws.flaws):
        identity = rb'\bid"?\s*[:=]\s*"' + re.escape(flaw.element.encode()) + rb'"'
        yield Fault(row["file"], _line(raw, row["url"], identity), f"{flaw.element}: {flaw.why}")


def _context_flaws(row: Row) -> Iterator[str]:
    """Yield why what says where an extension may stand cannot be read."""
    selections = [expression for kind, expression in row.get("contexts", ()) if kind == "fhirpath"]
    for text in (*selections, *row.get("contextInvariants", ())):
        try:
            compile_expression(text, "Element")
        except FhirPathError as reason:
            yield f"the context {text!r} does not parse: {reason}"


def _broken_chain(row: Row, held: Definitions) -> str | None:
    """Return why a profile does not stand on one of R4's types, or None when it does."""
    if not is_type(row["type"]):
        return f"R4 has no type {row['type']!r}"
    seen = [row["url"]]
    while row["from"] == "differential" and type_named(row["base"]) is None:
        base = held.row(row["base"])
        if base is None:
            return f"its base {row['base']} {NOT_HERE}"
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
