"""Whether contained resources hang together with the resource that holds them: R4's dom-2, and `#id` references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapter.outcome import Issue


def check_contained(resource: Any) -> Iterator[Issue]:
    """Yield an issue for each contained resource that contains another, and each `#id` that names none.

    What is no object, or contains no list, is looked at by check_structure alone. A Bundle's entries are
    resources of their own: each is checked when it is read.
    Source: http://hl7.org/fhir/R4/references.html#contained
    """
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        return
    type_, held = resource["resourceType"], resource.get("contained", [])
    inner = [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []
    for position, each in enumerate(inner):
        if "contained" in each:
            text = "A contained resource contains no other: put them side by side in the outer one."
            yield Issue("error", "invariant", text, f"{type_}.contained[{position}]", key="dom-2")
    if type_ != "Bundle":
        names = {f"#{each['id']}" for each in inner if isinstance(each.get("id"), str)} | {"#"}
        yield from _dangling(resource, names, type_)


def _dangling(value: Any, names: set[str], path: str) -> Iterator[Issue]:
    # A stack of its own: what arrives may be nested more deeply than Python recurses.
    waiting = [(value, path)]
    while waiting:
        each, where = waiting.pop()
        if isinstance(each, list):
            waiting += [(entry, f"{where}[{position}]") for position, entry in enumerate(each)]
        elif isinstance(each, Mapping):
            if _names_none(each.get("reference"), names):
                text = "This names a contained resource that is not there: contain it, or refer to another."
                yield Issue("error", "invariant", text, f"{where}.reference", key="ref-1")
            waiting += [(entry, f"{where}.{key}") for key, entry in each.items()]


def _names_none(reference: Any, names: set[str]) -> bool:
    return isinstance(reference, str) and reference.startswith("#") and reference not in names
