"""Mutants: a whole resource with one thing changed somewhere in it, whatever its type and profile."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias

Way: TypeAlias = tuple[str | int, ...]
Made: TypeAlias = tuple[str, dict[str, Any]]


def mutants(resource: dict[str, Any]) -> Iterator[Made]:
    """Yield every mutant of a resource, each with a name: where and what."""
    for way in ways(resource, ()):
        for name, change in changes(at(resource, way)):
            made = copy.deepcopy(resource)
            change(at(made, way[:-1]), way[-1])
            yield f"{'.'.join(map(str, way))} {name}", made


def ways(value: Any, way: Way) -> Iterator[Way]:
    """Yield the way to everything in a value, outermost first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        if key != "resourceType":
            yield (*way, key)
            yield from ways(below, (*way, key))


def at(value: Any, way: Way) -> Any:
    for step in way:
        value = value[step]
    return value


def changes(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what can be done to a value: a name, and a function of its owner and its key."""
    yield "taken away", lambda owner, key: owner.pop(key)
    if isinstance(value, list) and value:
        yield "repeated", lambda owner, key: owner[key].append(copy.deepcopy(owner[key][-1]))
        if len(value) > 1:
            yield "turned round", lambda owner, key: owner[key].reverse()
    elif isinstance(value, dict):
        yield "with an unknown element", lambda owner, key: owner[key].update(unheard="of")
        yield "emptied", lambda owner, key: owner.__setitem__(key, {})
    for other in others(value):
        yield f"is {other!r:.30}", lambda owner, key, other=other: owner.__setitem__(key, other)


def others(value: Any) -> tuple[Any, ...]:
    """Return values of the same JSON type, and one of another."""
    if isinstance(value, bool):
        return (not value, "true")
    if isinstance(value, int | Decimal):
        return (-value, value * 1000, str(value))
    if isinstance(value, str):
        return (f"{value}x", value[: len(value) // 2] or "y", 1)
    return ()
