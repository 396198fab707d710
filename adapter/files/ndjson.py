"""NDJSON: one JSON value a line; blank lines are passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from adapter.files.flaw import Flaw
from adapter.files.lines import numbered


def read_ndjson(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[tuple[int, bytes | Flaw]]:
    """Yield each line that holds anything as (line number, its bytes in UTF-8, without the line end)."""
    lines = numbered(stream)
    return _filled(lines) if encoding == "utf-8" else _recoded(_filled(lines), encoding)


def _filled(lines: Iterable[tuple[int, bytes | Flaw]]) -> Iterator[tuple[int, bytes | Flaw]]:
    for number, line in lines:
        if isinstance(line, Flaw) or (line := line.strip()):
            yield number, line


def _recoded(lines: Iterable[tuple[int, bytes | Flaw]], encoding: str) -> Iterator[tuple[int, bytes | Flaw]]:
    for number, line in lines:
        yield number, line if isinstance(line, Flaw) else recoded(line, encoding)


def recoded(raw: bytes, encoding: str) -> bytes:
    """Return `raw` in UTF-8; what is not text in `encoding` stays as it is, for the parser to name."""
    try:
        return raw.decode(encoding).encode()
    except UnicodeDecodeError:
        return raw
