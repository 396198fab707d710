"""Text encodings: the one that was asked for, and what to say when the guess was wrong."""

from __future__ import annotations

import codecs
import difflib
import io
import re
from typing import BinaryIO

from adapter.errors import UsageError
from adapter.files.flaw import Flaw
from adapter.files.mojibake import has_controls, is_chinese, is_latin, is_utf_8, single_byte

KNOWN = ("utf-8", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "big5", "cp1252", "latin-1")
_ASCII = b'\n\r,;"{}[]<>/= 09AZaz'
_WIDE = re.compile("[\u0800-\uffff]")
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def named(encoding: str | None) -> str:
    """Return Python's name of `encoding`, by default `utf-8`; UsageError with the nearest name for one that
    there is not."""
    if encoding is None:
        return "utf-8"
    try:
        name = codecs.lookup(encoding).name
        "a".encode(name)  # what is no encoding of texts, such as rot13, is refused here
    except (LookupError, UnicodeError) as error:
        near = difflib.get_close_matches(encoding.lower(), KNOWN, 1)
        meant = f"did you mean {near[0]}?" if near else f"known are, among others, {', '.join(KNOWN[:4])}."
        raise UsageError(f"There is no text encoding {encoding}: {meant}") from error
    return "utf-8" if name == "utf-8-sig" else name


def ascii_like(encoding: str) -> bool:
    """Tell whether the characters that structure a file are the same bytes as in ASCII, so that lines split
    as bytes."""
    try:
        return _ASCII.decode("ascii").encode(encoding) == _ASCII
    except UnicodeEncodeError:
        return False


def advice(raw: bytes) -> str | None:
    """Return the encoding to try for bytes that are no UTF-8: one that explains them, else None."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding
    if raw.count(0) * 4 > len(raw):
        return "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    return next((name for name in ("gb18030", "cp1252") if _decodes(raw, name)), None)


def not_text(raw: bytes, error: UnicodeDecodeError, encoding: str) -> Flaw:
    """Return the flaw of a line that is not text in `encoding`, with the encoding to try."""
    byte = f"byte 0x{raw[error.start]:02X} at column {error.start + 1}"
    return Flaw("structure", f"{byte} is not {encoding.upper()} text: {to_try(raw, encoding)}", column=error.start + 1)


def to_try(raw: bytes, encoding: str) -> str:
    """Return what to do about bytes that are no text in `encoding`: the encoding to give, where one explains them."""
    if encoding != "utf-8" and (_decodes(raw, "utf-8") or is_utf_8(raw)):
        return "it is UTF-8: leave --encoding out"
    found = advice(raw)
    known = found is not None and found not in ("cp1252", encoding)
    return f"try --encoding {found}" if known or (found and encoding == "utf-8") else _UNKNOWN


_UNKNOWN = "find out how the file was saved and give --encoding"


def wrong_guess(head: bytes, encoding: str) -> Flaw | None:
    """Return a fatal flaw when the first bytes of a file show that `encoding` is not theirs, else None."""
    if encoding == "utf-8":
        return _wide(head)
    if ascii_like(encoding) and _is_utf_8_after_all(head, encoding):
        return Flaw("structure", f"this is UTF-8, not {encoding.upper()}: leave --encoding out", fatal=True)
    if is_latin(encoding) and is_chinese(head):
        return _not_of(encoding, "gb18030")
    return _not_of(encoding, _with_controls(_whole_lines(head))) if has_controls(head, encoding) else None


def _with_controls(raw: bytes) -> str | None:
    """Return the encoding of a text in which the bytes 80 to 9F are characters, and which is not Chinese."""
    found = advice(raw)
    return "cp1252" if found == "gb18030" and _decodes(raw, "cp1252") else found


def _wide(head: bytes) -> Flaw | None:
    """Return the flaw of what is no UTF-8, having a mark of another encoding or zero bytes."""
    marked = head[:4].startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:200]
    found = advice(head) if marked else None
    if found is None or not found.startswith("utf-"):
        return None
    return Flaw("structure", f"this is not UTF-8 but {found.upper()}: give --encoding {found}", fatal=True)


def _is_utf_8_after_all(head: bytes, encoding: str) -> bool:
    """Tell whether bytes are UTF-8: in an encoding that has a character for each byte, any that are UTF-8; in others
    those of a wide character, as two bytes may be one character there too."""
    return is_utf_8(head) and (single_byte(encoding) or _WIDE.search(head.decode("utf-8", "ignore")) is not None)


def _whole_lines(head: bytes) -> bytes:
    return head[: head.rfind(b"\n") + 1] or head


def not_wide(head: bytes, encoding: str) -> Flaw | None:
    """Return a fatal flaw when the first bytes of a file cannot be of `encoding`, which is none that splits like
    ASCII: UTF-16 or UTF-32 without a single zero byte have no line, no comma and no brace."""
    if encoding.startswith(("utf-16", "utf-32")) and b"\0" not in head:
        return Flaw("structure", f"this is not {encoding.upper()}: {to_try(head, encoding)}", fatal=True)
    order = _ORDERS.get(head[:2], advice(head) if b"\0" in head else None)
    if encoding in _ORDERS.values() and order in _ORDERS.values() and order != encoding:
        return _not_of(encoding, order)
    return None


_ORDERS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def _not_of(encoding: str, found: str | None) -> Flaw:
    what = f"this looks like {found.upper()}" if found else "it has control characters"
    todo = f"give --encoding {found}" if found else _UNKNOWN
    return Flaw("structure", f"{what}, not {encoding.upper()}: {todo}", fatal=True)


class Transcoded(io.RawIOBase):
    """A stream in any encoding as a stream in UTF-8; bytes that are not text in it raise
    UnicodeDecodeError."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""

    def close(self) -> None:
        self._stream.close()
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            raw = self._stream.read(1 << 16)
            self._ready = self._decoder.decode(raw, final=not raw).encode("utf-8", "surrogatepass")
            if not raw:
                break
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
