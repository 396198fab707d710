"""Opening an input: gzip undone, encoding made known, format told from the content before the name."""

from __future__ import annotations

import gzip
import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from adapter.files.encoding import Transcoded, ascii_like, wrong_guess
from adapter.files.flaw import Flaw
from adapter.files.source import Source

HEAD = 1 << 16
"""How many first bytes are looked at to tell format and encoding."""

_BY_NAME = {
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xml": "xml",
    ".xlsx": "xlsx",
}
_OLE = b"\xd0\xcf\x11\xe0"
_PAST_STRINGS = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)


@dataclass(slots=True)
class Opened:
    """An input ready to read: its format, its stream in UTF-8 or in an encoding that splits like ASCII, and
    its first bytes.

    `flaw` is why it cannot be read at all; `consumed` tells how many stored bytes were read so far.
    """

    kind: str
    stream: io.BufferedReader
    head: bytes
    encoding: str
    consumed: Callable[[], int]
    flaw: Flaw | None = None


def opened(source: Source, encoding: str) -> Opened:
    """Open `source`; what is wrong with it as a whole (empty, another encoding, an old Excel file) is its
    flaw.

    Raises CrfhirError when the system refuses, EOFError or OSError when a gzip stream is broken within its
    first bytes.
    """
    raw = source.open()
    stream = _gunzipped(raw)
    head = stream.head
    if not ascii_like(encoding) and not head.startswith((b"PK\x03\x04", _OLE)):
        stream = _Rewound(Transcoded(io.BufferedReader(stream), encoding))  # type: ignore[arg-type]
        encoding, head = "utf-8", stream.head
    kind = "empty" if not head.strip() else _kind(source.suffix, head)
    flaw = _flaw(kind, head, encoding)
    return Opened(kind, io.BufferedReader(stream, HEAD), head, encoding, _counter(raw, source), flaw)


def _counter(raw: BinaryIO, source: Source) -> Callable[[], int]:
    return (lambda: 0) if source.path is None else raw.tell


def _gunzipped(raw: BinaryIO) -> _Rewound:
    stream = _Rewound(raw)
    if not stream.head.startswith(b"\x1f\x8b"):
        return stream
    return _Rewound(gzip.GzipFile(fileobj=io.BufferedReader(stream, HEAD)))  # type: ignore[arg-type]


def _flaw(kind: str, head: bytes, encoding: str) -> Flaw | None:
    if kind == "empty":
        return Flaw("structure", "the file is empty: nothing was read", fatal=True)
    if kind == "ole":
        why = "this is an old .xls workbook or one with a password: save it as .xlsx without a password"
        return Flaw("not-supported", why, fatal=True)
    return None if kind == "xlsx" else wrong_guess(head, encoding)


def _kind(suffix: str, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(_OLE):
        return "ole"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"<":
        return "xml"
    named = _BY_NAME.get(suffix, "csv")
    if text[:1] in (b"{", b"[") and named != "ndjson":
        return "ndjson" if _one_a_line(text) else "json"
    return named if named != "xlsx" else "csv"


def _one_a_line(text: bytes) -> bool:
    """Tell whether the first line is a whole object and another line follows it."""
    line, newline, rest = text.partition(b"\n")
    return bool(newline and rest.strip()) and text[:1] == b"{" and _balanced(line)


def _balanced(line: bytes) -> bool:
    depth = at = 0
    while (at := _PAST_STRINGS.match(line, at).end()) < len(line):  # type: ignore[union-attr]
        if line[at : at + 1] == b'"':
            return False
        depth += 1 if line[at] in b"{[" else -1
        at += 1
    return depth == 0


class _Rewound(io.RawIOBase):
    """A stream whose first bytes were looked at and are still to be read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.head = _first(stream)
        self._left = self.head

    def close(self) -> None:
        if self._stream is not sys.stdin.buffer:
            self._stream.close()
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            part = self._stream.read(len(buffer))
        else:
            part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _first(stream: BinaryIO) -> bytes:
    parts, missing = [], HEAD
    while missing > 0 and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
