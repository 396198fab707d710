"""On which side a file stands, told from its format and first bytes: CRF records, or FHIR resources."""

from __future__ import annotations

import re
from collections.abc import Set

from adapter.files.flaw import Flaw
from adapter.files.looks import no_fhir_xml, no_json
from adapter.files.opening import Opened

_RESOURCE = re.compile(rb'"resourceType"\s*:')
_MEMBER = re.compile(rb'"((?:[^"\\]++|\\.)*+)"\s*+:')


def against(file: Opened, to: str, items: Set[str]) -> Flaw | None:
    """Return why a file cannot be converted to `to`: it is that already, or it is neither; None when it can be.

    `items` are the members by which a record is known. JSON that is neither is left to the reader, which names it
    element by element.
    """
    if file.kind == "xml" and (flaw := no_fhir_xml(file.head)) is not None:
        return flaw
    if to == "crf" and file.kind == "csv" and items.isdisjoint(_columns(file.head)):
        return no_json(file.head, lines=False, what="neither JSON nor XML")
    side = side_of(file, items)
    if side != to:
        return None
    what, other = ("holds FHIR resources", "crf") if side == "fhir" else ("holds CRF records", "fhir")
    return Flaw("not-supported", f"this file {what} already: convert it with --to {other}", fatal=True)


def side_of(file: Opened, items: Set[str]) -> str | None:
    """Return fhir or crf, None for JSON in which neither a resource nor a record shows."""
    if file.kind == "xml":
        return "fhir"
    if file.kind not in ("json", "ndjson"):
        return "crf"
    if _RESOURCE.search(file.head) is not None:
        return "fhir"
    members = (found[1].decode("utf-8", "replace") for found in _MEMBER.finditer(file.head))
    return "crf" if any(member in items for member in members) else None


def _columns(head: bytes) -> set[str]:
    """Return the names that the first line seems to have."""
    text = head.lstrip().partition(b"\n")[0].decode("utf-8", "replace")
    return {name.strip('" \r\ufeff') for name in text.split(",")}
