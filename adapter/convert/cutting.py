"""Records cut into pieces of work; an error of reading comes after what was read before it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from adapter.convert.batch import Numbered
from adapter.files.encoding import to_try
from adapter.files.flaw import Flaw

MOST = 500
"""Records in one chunk at the most."""

WEIGHT = 1 << 20
"""Bytes in one chunk at the most, but for a single record that is larger."""

_SAMPLE = 1 << 16


def cut(items: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    """Group items; an error of reading comes after the items before it, so that these are not lost."""
    group: list[Numbered] = []
    weight = 0
    try:
        for item in items:
            group.append(item)
            weight += len(item[1]) if isinstance(item[1], bytes) else 0
            if len(group) >= MOST or weight >= WEIGHT:
                yield group
                group, weight = [], 0
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        group.append((group[-1][0] if group else 1, unreadable(error)))
    if group:
        yield group


def unreadable(error: Any) -> Flaw:
    """Return the flaw of a stream that could not be read on."""
    if isinstance(error, UnicodeError):
        why = _undecodable(error)
    elif isinstance(error, (EOFError, zlib.error)):
        why = "the compressed file was cut off or is damaged: nothing after this was read"
    else:
        why = str(error)
    return Flaw("structure", why, fatal=True)


def _undecodable(error: UnicodeError) -> str:
    """Say that bytes are no text of an encoding, in no words of the codec's."""
    raw: Any = getattr(error, "object", b"")
    encoding: str = getattr(error, "encoding", "")
    todo = to_try(raw[:_SAMPLE], encoding) if isinstance(raw, bytes) and encoding else "give another --encoding"
    return f"this is not {encoding.upper() or 'text as --encoding says'}: {todo}; nothing after this was read"
