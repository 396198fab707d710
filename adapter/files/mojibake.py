"""Whether bytes were read in the wrong encoding, where that encoding gives some character for each of them."""

from __future__ import annotations

import re
from functools import cache

_HIGH = re.compile(rb"[\x80-\xff]+")
_GB2312 = re.compile(rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])+")
_CONTROL = re.compile(rb"[\x80-\x9f]")
_ENOUGH = 8
"""Bytes of Chinese that are no accident: four characters, without an odd one between ASCII."""


@cache
def single_byte(encoding: str) -> bool:
    """Tell whether an encoding has a character for nearly every byte, so that a wrong guess goes unnoticed."""
    text = bytes(range(0xA1, 0xFF)).decode(encoding, "replace")
    return len(text) == 0xFF - 0xA1 and text.count("\ufffd") < 20


@cache
def is_latin(encoding: str) -> bool:
    """Tell whether an encoding holds the letters of the Latin alphabet with their accents, a byte each."""
    text = bytes(range(0xA1, 0xFF)).decode(encoding, "replace")
    return single_byte(encoding) and sum("\u00c0" <= letter <= "\u024f" for letter in text) > 20


def is_chinese(raw: bytes) -> bool:
    """Tell whether the bytes beyond ASCII stand in pairs that are characters of GB 2312, most of them.

    In a language of the Latin alphabet they stand alone between letters.
    """
    runs = _HIGH.findall(raw)
    high = sum(map(len, runs))
    paired = sum(len(run) for run in runs if _GB2312.fullmatch(run))
    return paired >= _ENOUGH and paired * 4 >= high * 3


def is_utf_8(raw: bytes) -> bool:
    """Tell whether bytes, some beyond ASCII, are UTF-8; the last character may be cut off."""
    try:
        return not raw.isascii() and bool(raw.decode())
    except UnicodeDecodeError as error:
        return error.start >= len(raw) - 3 and not raw[: error.start].isascii()


def has_controls(raw: bytes, encoding: str) -> bool:
    """Tell whether bytes are control characters beyond ASCII (C1), which no text has: the ISO 8859 family knows
    no other meaning for them."""
    return encoding.startswith("iso8859") and _CONTROL.search(raw) is not None
