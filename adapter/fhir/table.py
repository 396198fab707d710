"""One file of the generated table: a line of JSON an entry, found by an index in the first line.

The standard library reads it: msgspec takes longer to import than the few entries a command needs.
The index maps a name to (offset after the first line, length), so that reading one type parses one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "r4"


class Table:
    """The entries of one file by name, or of its bytes. Nothing is read before the first question."""

    __slots__ = ("_after", "_index", "_raw", "_source")

    def __init__(self, source: Path | bytes) -> None:
        self._source = source
        self._index: dict[str, list[int]] | None = None
        self._raw = b""
        self._after = 0

    def _opened(self) -> dict[str, list[int]]:
        """Return the index, reading the file the first time."""
        if self._index is None:
            raw = self._source if isinstance(self._source, bytes) else self._source.read_bytes()
            self._after = raw.index(b"\n") + 1
            self._raw = raw
            self._index = json.loads(raw[: self._after])
        return self._index

    def __contains__(self, name: str) -> bool:
        return name in self._opened()

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened())

    def raw(self) -> bytes:
        """Return the bytes of the file."""
        self._opened()
        return self._raw

    def get(self, name: str) -> Any:
        """Return the entry of this name as plain JSON values, decimals with their digits; None where there is none."""
        place = self._opened().get(name)
        if place is None:
            return None
        start = self._after + place[0]
        return json.loads(self._raw[start : start + place[1]], parse_float=Decimal)


def render(entries: Mapping[str, Any]) -> bytes:
    """Return the bytes of a table file: the index, then the entries in their order."""
    index: dict[str, list[int]] = {}
    lines: list[bytes] = []
    offset = 0
    for name, entry in entries.items():
        line = _line(entry)
        index[name] = [offset, len(line)]
        lines.append(line)
        offset += len(line) + 1
    return b"\n".join([_line(index), *lines]) + b"\n"


def _line(entry: Any) -> bytes:
    from adapter.fhir.json import encode  # what only reads a table needs no msgspec

    return encode(entry)
