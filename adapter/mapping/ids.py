"""FHIR ids from business keys: the key itself where FHIR's characters and length allow it, else a digest of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapter.mapping import text
from adapter.mapping.plan import Hole, ResourcePlan

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
_UNSAFE = frozenset(map(chr, range(32))) | {'"', "\\"}
DIGEST = "k-[0-9a-f]{40}"
"""The shape of an id that stands for a key that is no id itself."""


def fhir_id(value: str) -> str:
    """Return a business key as a FHIR id: itself, or a digest where FHIR's characters or length do not allow it."""
    if _ID.fullmatch(value) is not None:
        return value
    return f"k-{hashlib.sha256(value.encode()).hexdigest()[:40]}"


def id_characters(parts: Sequence[str | Hole], patterns: dict[str, str]) -> bool:
    """True if these parts hold only the characters of a FHIR id, whatever the answers."""
    shapes = [re.escape(part) if isinstance(part, str) else text.hole_shape(part, patterns) for part in parts]
    return all((found := text.characters(shape)) is not None and found <= _ID_CHARACTERS for shape in shapes)


def always_id(parts: Sequence[str | Hole], patterns: dict[str, str]) -> bool:
    """True if these parts together are a FHIR id whatever the answers: no digest is ever needed."""
    widths = [len(part) if isinstance(part, str) else text.width(text.hole_shape(part, patterns)) for part in parts]
    return sum(widths) <= 64 and id_characters(parts, patterns)


def always_safe(hole: Hole, patterns: dict[str, str]) -> bool:
    """True if no answer of a hole needs an escape in JSON."""
    characters = text.characters(text.hole_shape(hole, patterns))
    return characters is not None and characters.isdisjoint(_UNSAFE)


def identifiers(resource: Mapping[str, Any]) -> Sequence[Any]:
    """Return the entries of a resource's `identifier`, which R4 has as a list or as one object."""
    found = resource.get("identifier")
    return found if type(found) is list else (found,)


def is_own(plan: ResourcePlan, name: Any, identified: Sequence[Any]) -> bool:
    """True if `name` is the id that a resource of this plan has with us, by one of these identifiers."""
    for one in identified:
        value = one.get("value") if type(one) is dict else None
        if type(value) is str and (plan.prefix + value == name or fhir_id(plan.prefix + value) == name):
            return True
    return False
