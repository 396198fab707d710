"""Opening an input: gzip undone, encoding made known, format told from the content before the name."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from adapter.files.encoding import Transcoded, ascii_like, not_wide, wrong_guess
from adapter.files.flaw import Flaw
from adapter.files.lines import BOM
from adapter.files.looks import no_json
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
    try:
        return _opened(source, raw, encoding)
    except (OSError, EOFError, zlib.error, UnicodeError):
        if source.path is not None:
            raw.close()
        raise


def _opened(source: Source, raw: BinaryIO, encoding: str) -> Opened:
    stream = _gunzipped(raw)
    wide = not ascii_like(encoding) and not stream.head.startswith((b"PK\x03\x04", _OLE))
    flaw = not_wide(stream.head, encoding) if wide and stream.head.strip() else None
    if wide and flaw is None:
        stream, encoding = _Rewound(Transcoded(io.BufferedReader(stream), encoding)), "utf-8"  # type: ignore[arg-type]
    head = stream.head
    kind = _kind(source.suffix, head) if head.strip() else "empty"
    flaw = _flaw(kind, head, encoding) if flaw is None else flaw
    return Opened(kind, io.BufferedReader(stream, HEAD), head, encoding, _counter(raw, source), flaw)


def _counter(raw: BinaryIO, source: Source) -> Callable[[], int]:
    return raw.tell if source.path is not None and raw.seekable() else lambda: 0  # a pipe tells nothing


def _gunzipped(raw: BinaryIO) -> _Rewound:
    stream = _Rewound(raw)
    if not stream.head.startswith(b"\x1f\x8b"):
        return stream
    return _Rewound(_Gunzipped(io.BufferedReader(stream, HEAD)))  # type: ignore[arg-type]


def _flaw(kind: str, head: bytes, encoding: str) -> Flaw | None:
    if kind == "empty":
        return Flaw("structure", "the file is empty: nothing was read", fatal=True)
    if kind == "ole":
        why = "this is an old .xls workbook or one with a password: save it as .xlsx without a password"
        return Flaw("not-supported", why, fatal=True)
    if kind == "xlsx":
        return None
    flaw = wrong_guess(head, encoding)
    named = flaw is None and kind in ("json", "ndjson")
    return no_json(head.removeprefix(BOM), kind == "ndjson") if named else flaw


def _kind(suffix: str, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(_OLE):
        return "ole"
    text = head.removeprefix(BOM).lstrip()
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


class _Gunzipped(gzip.GzipFile):
    """A gzip stream that closes what it reads from."""

    def __init__(self, packed: io.BufferedReader) -> None:
        super().__init__(fileobj=packed)
        self._packed = packed

    def close(self) -> None:
        super().close()
        self._packed.close()


class _Rewound(io.RawIOBase):
    """A stream whose first bytes were looked at and are still to be read.

    It reads no more at once than the stream has ready: what comes before a fault is not lost with it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._fault: Exception | None = None
        self.head = self._left = self._first()

    def close(self) -> None:
        if self._stream is not sys.stdin.buffer:
            self._stream.close()
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._left:
            part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        elif self._fault is not None:
            raise self._fault
        else:
            part = _ready(self._stream, len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def _first(self) -> bytes:
        parts, missing = [], HEAD
        try:
            while missing > 0 and (part := _ready(self._stream, missing)):
                parts.append(part)
                missing -= len(part)
        except (EOFError, OSError, zlib.error, UnicodeError) as error:
            self._fault = error
            if not parts:
                raise
        return b"".join(parts)


def _ready(stream: BinaryIO, most: int) -> bytes:
    return stream.read1(most) if isinstance(stream, (io.BufferedIOBase, gzip.GzipFile)) else stream.read(most)
