"""What stands before, between and after the pieces of a file; a single piece may stand alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Frame:
    """`none` is the whole file when there is no piece; `single` (before, after) frames one that is alone,
    unwrapped.

    `indent` is added after each line break of a piece; `wrap` makes an entry of a piece, given its name.
    """

    before: bytes = b""
    between: bytes = b""
    after: bytes = b""
    none: bytes = b""
    single: tuple[bytes, bytes] | None = None
    indent: bytes = b""
    wrap: Callable[[str, bytes], bytes] | None = None


class Framed:
    """Writes pieces in a frame, one after the other; the first is held back where it may turn out to be
    alone."""

    def __init__(self, stream: BinaryIO, frame: Frame) -> None:
        self._stream, self._frame = stream, frame
        self._count = 0
        self._first: tuple[str, bytes] | None = None

    def write(self, name: str, raw: bytes) -> None:
        """Write one piece."""
        self._count += 1
        if self._count == 1 and self._frame.single is not None:
            self._first = (name, raw)
            return
        if self._first is not None:
            first, self._first = self._first, None
            self._stream.write(self._frame.before + self._piece(*first))
        elif self._count == 1:
            self._stream.write(self._frame.before + self._piece(name, raw))
            return
        self._stream.write(self._frame.between + self._piece(name, raw))

    def end(self) -> None:
        """Write what closes the file."""
        if self._count == 0:
            self._stream.write(self._frame.none)
        elif self._first is not None and self._frame.single is not None:
            before, after = self._frame.single
            self._stream.write(before + self._first[1].rstrip(b"\n") + after)
        else:
            self._stream.write(self._frame.after)

    def _piece(self, name: str, raw: bytes) -> bytes:
        if self._frame.wrap is not None:
            return self._frame.wrap(name, raw)
        return raw.rstrip(b"\n").replace(b"\n", b"\n" + self._frame.indent) if self._frame.indent else raw
