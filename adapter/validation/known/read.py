"""Reading what may be missing or of another type: rules never raise, other checks say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Placed = tuple[str, dict[str, Any]]
"""A step of FHIRPath and the object that it leads to: '.item[0]', {...}."""


def each(owner: Any, key: str) -> Iterator[Placed]:
    """Yield the objects in a list that an object has, with the step to each."""
    held = owner.get(key) if type(owner) is dict else None
    for place, entry in enumerate(held if type(held) is list else ()):
        if type(entry) is dict:
            yield f".{key}[{place}]", entry


def deep(owner: Any, key: str) -> Iterator[Placed]:
    """Yield the objects in a list and in the lists of the same name below, in their order, with the path to each."""
    waiting = list(each(owner, key))[::-1]
    while waiting:
        path, entry = waiting.pop()
        yield path, entry
        waiting += [(path + step, below) for step, below in each(entry, key)][::-1]


def text(owner: Any, key: str) -> str | None:
    """Return a text that an object has, or None."""
    found = owner.get(key) if type(owner) is dict else None
    return found if type(found) is str else None


def part(owner: Any, key: str) -> dict[str, Any]:
    """Return an object that an object has, or an empty one."""
    found = owner.get(key) if type(owner) is dict else None
    return found if type(found) is dict else {}
