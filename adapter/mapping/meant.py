"""What a map probably meant by a word that R4 has not: the hints behind the faults of `template`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.fhir import definitions
from adapter.mapping.scope import near

MOST = 12
"""An extension may hold fifty types of value: so many names help nobody."""


def element_meant(key: str, kind: str) -> str:
    """Return what to say of an element that R4 has not: the types of a choice, or the nearest name, or ''."""
    choices = _choices(key, kind)
    if not choices or len(choices) > MOST:
        return near(key, definitions.fields(kind))
    return f"; write {' or '.join(choices)}"


def _choices(key: str, kind: str) -> list[str]:
    """Return the names of the choice that a key names without a type, or with one that R4 does not allow there."""
    fields = definitions.fields(kind).values()
    for element in dict.fromkeys(field.element for field in fields if field.element.endswith("[x]")):
        stem = element.removesuffix("[x]")
        if key == stem or (key.startswith(stem) and key[len(stem)].isupper()):
            return [field.key for field in fields if field.element == element]
    return []


def is_coding(meant: Any) -> bool:
    """Tell whether a name stands for a Coding, or for a list of them."""
    first = meant[0] if isinstance(meant, list) and meant else meant
    return isinstance(first, Mapping) and "code" in first and not {"coding", "text"} & first.keys()
