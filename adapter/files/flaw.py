"""What a reader yields where it cannot read: a value in the stream, so that the good records around it go
on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """A part of a file that cannot be read: an R4 IssueType code, what is wrong and what to do, and the raw
    text, if short.

    `fatal` says that nothing after it was read; `line` is where it stands, if not where its reader says.
    """

    code: str
    why: str
    raw: str | None = None
    fatal: bool = False
    column: int | None = None
    line: int | None = None


def excerpt(raw: bytes, most: int = 10_000) -> str:
    """Return `raw` as text for a person, cut after `most` bytes; bytes that are no UTF-8 stand as \\xNN."""
    text = raw[:most].decode("utf-8", "backslashreplace")
    return text if len(raw) <= most else f"{text}… ({len(raw)} bytes in all)"
