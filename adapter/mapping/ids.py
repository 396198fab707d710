"""FHIR ids from business keys: the key itself where FHIR's characters and length allow it, else a digest of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from adapter.mapping import text
from adapter.mapping.plan import Hole

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
_UNSAFE = frozenset(map(chr, range(32))) | {'"', "\\"}
DIGEST = "k-[0-9a-f]{40}"
"""The shape of an id that stands for a key that is no id itself."""


def fhir_id(value: str) -> str:
    """Return a business key as a FHIR id: itself, or a digest of it where FHIR's characters or length do not allow it."""
    if _ID.fullmatch(value) is not None:
        return value
    return f"k-{hashlib.sha256(value.encode()).hexdigest()[:40]}"


def always_id(parts: Sequence[str | Hole], patterns: dict[str, str]) -> bool:
    """True if these parts together are a FHIR id whatever the answers: no digest is ever needed."""
    widest = 0
    for part in parts:
        shape = re.escape(part) if isinstance(part, str) else text.hole_shape(part, patterns)
        characters = text.characters(shape)
        if characters is None or not characters <= _ID_CHARACTERS:
            return False
        widest += text.width(shape)
    return widest <= 64


def always_safe(hole: Hole, patterns: dict[str, str]) -> bool:
    """True if no answer of a hole needs an escape in JSON."""
    characters = text.characters(text.hole_shape(hole, patterns))
    return characters is not None and characters.isdisjoint(_UNSAFE)
