"""Lines of bounded length: a line that is too long is passed over without being held."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from adapter.files.flaw import Flaw

LIMIT = 16 << 20
"""The longest line, and the largest single element of a document, in bytes: 16 MB."""

BOM = b"\xef\xbb\xbf"


def too_long(size: str) -> Flaw:
    """Return the flaw of a line or element beyond the limit."""
    return Flaw("too-costly", f"this is longer than {size} and was not read: is it one line that should be many?")


def numbered(stream: BinaryIO, limit: int = LIMIT) -> Iterator[tuple[int, bytes | Flaw]]:
    """Yield each line with its number from 1 on, its line end kept, a byte order mark dropped."""
    for number, line in enumerate(iter(partial(stream.readline, limit + 1), b""), 1):
        if len(line) > limit and not line.endswith(b"\n"):
            _skip(stream)
            yield number, too_long(f"{limit >> 20} MB")
        else:
            yield number, line.removeprefix(BOM) if number == 1 else line


def _skip(stream: BinaryIO) -> None:
    while (part := stream.readline(1 << 20)) and not part.endswith(b"\n"):
        pass
