"""A JSON document of any size, split into the elements of its list without holding it whole.

The list is the document itself (`[…]`) or one member of the object that it is (`{"entry": […]}`). An element
is cut out by
its brackets and not judged here: what is wrong inside one spoils no other.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from adapter.files.flaw import Flaw, excerpt
from adapter.files.lines import BOM, LIMIT

_INSIDE = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_BLANK = re.compile(rb"[ \t\r\n]*+")
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^\s,:"\[\]{}]++', re.DOTALL)


DEPTH = 1000
"""Brackets in brackets beyond which no parser follows."""


class BrokenError(Exception):
    """The document cannot be split any further."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw


class Splitter:
    """Cuts JSON values out of a stream; `line` is that of the next byte."""

    def __init__(self, stream: io.BufferedIOBase, limit: int = LIMIT) -> None:
        self._stream, self._limit = stream, limit
        self._buffer, self._at, self.line = b"", 0, 1
        self._fill()
        self._buffer = self._buffer.removeprefix(BOM)

    def peek(self) -> bytes:
        """Return the next byte that is not blank, b"" at the end; blanks before it are passed."""
        while True:
            self._pass(_end(_BLANK, self._buffer, self._at))
            if self._at < len(self._buffer) or not self._fill():
                return self._buffer[self._at : self._at + 1]

    def take(self, expected: bytes) -> bytes:
        """Pass the next byte, one of `expected`, and return it; BrokenError when it is another or the text
        ends."""
        byte = self.peek()
        if not byte or byte not in expected:
            raise self._unexpected(" or ".join(chr(each) for each in expected))
        self._pass(self._at + 1)
        return byte

    def _unexpected(self, wanted: str) -> BrokenError:
        found = excerpt(self._buffer[self._at : self._at + 20])
        why = (
            f"expected {wanted} and found {found!r}: nothing after this was read"
            if found
            else "the file ends too early: it was cut off"
        )
        return BrokenError(Flaw("structure", why, fatal=True))

    def value(self) -> bytes:
        """Return the next value as written, brackets balanced.

        Raises BrokenError when it does not end or is too large.
        """
        start = self.peek()
        return self._nested() if start and start in b"{[" else self._scalar()

    def _scalar(self) -> bytes:
        while True:
            found = _SCALAR.match(self._buffer, self._at)
            if found is not None and found.end() < len(self._buffer):
                return self._cut(found.end())
            if not self._fill():
                if found is None:
                    raise self._unexpected("a value")
                return self._cut(len(self._buffer))

    def _nested(self) -> bytes:
        depth, at = 0, 0
        while True:
            at = _end(_INSIDE, self._buffer, self._at + at) - self._at
            byte = self._buffer[self._at + at : self._at + at + 1]
            if byte in (b"", b'"'):
                self._more()
                continue
            depth += 1 if byte in b"{[" else -1
            at += 1
            if depth == 0:
                return self._cut(self._at + at)
            if depth > DEPTH:
                why = f"an element is nested more than {DEPTH} deep: nothing after this was read"
                raise BrokenError(Flaw("too-costly", why, fatal=True))

    def _more(self) -> None:
        if len(self._buffer) - self._at > self._limit:
            raise BrokenError(
                Flaw(
                    "too-costly",
                    f"one element is larger than {self._limit >> 20} MB: it was not read",
                    fatal=True,
                )
            )
        if not self._fill():
            raise BrokenError(Flaw("structure", "the file ends within this element: it was cut off", fatal=True))

    def _fill(self) -> bool:
        kept = self._buffer[self._at :]
        part = self._stream.read1(max(1 << 16, len(kept)))
        self._buffer, self._at = kept + part, 0
        return bool(part)

    def _cut(self, end: int) -> bytes:
        raw = self._buffer[self._at : end]
        self._pass(end)
        return raw

    def _pass(self, end: int) -> None:
        self.line += self._buffer.count(b"\n", self._at, end)
        self._at = end


def read_json(stream: io.BufferedIOBase, member: str | None = None) -> Iterator[tuple[int, bytes | Flaw]]:
    """Yield the elements of a document as (line, bytes): of a list its elements, of an object itself.

    With `member`, an object's list of that name gives the elements, and last comes the object without them
    (`"member":[]`),
    so that what stands around the list can be judged too. Text that follows the document is a flaw.
    """
    splitter = Splitter(stream)
    try:
        if splitter.peek() == b"[":
            yield from _elements(splitter)
        elif member is None or splitter.peek() != b"{":
            yield splitter.line, splitter.value()
        else:
            yield from _members(splitter, member.encode())
        if splitter.peek():
            yield (
                splitter.line,
                Flaw("structure", "text follows the end of the JSON document: it was not read", fatal=True),
            )
    except BrokenError as broken:
        yield splitter.line, broken.flaw


def _elements(splitter: Splitter) -> Iterator[tuple[int, bytes]]:
    splitter.take(b"[")
    if splitter.peek() == b"]":
        splitter.take(b"]")
        return
    while True:
        splitter.peek()
        yield splitter.line, splitter.value()
        if splitter.take(b",]") == b"]":
            return


def _members(splitter: Splitter, member: bytes) -> Iterator[tuple[int, bytes]]:
    line, around = splitter.line, []
    splitter.take(b"{")
    closed = splitter.peek() == b"}" and splitter.take(b"}") == b"}"
    while not closed:
        key = splitter.value()
        splitter.take(b":")
        if key == b'"%s"' % member and splitter.peek() == b"[":
            yield from _elements(splitter)
            around.append(key + b":[]")
        else:
            around.append(key + b":" + splitter.value())
        closed = splitter.take(b",}") == b"}"
    yield line, b"{" + b",".join(around) + b"}"


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def top_member(head: bytes, name: str) -> bytes | None:
    """Return a member of the object at the start of `head` as it is written, None when `head` does not show
    it."""
    splitter = Splitter(io.BytesIO(head))
    try:
        splitter.take(b"{")
        while True:
            key = splitter.value()
            splitter.take(b":")
            found = splitter.value()
            if key == b'"%s"' % name.encode():
                return found
            splitter.take(b",")
    except BrokenError:
        return None
