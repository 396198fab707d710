"""What the resources of one push say: each is judged and read once, however many steps of the push ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from adapter.intake.arrival import unversioned
from adapter.intake.conformity import judge
from adapter.outcome import Issue

if TYPE_CHECKING:
    from adapter.intake.desk import Desk
    from adapter.intake.engine import Reading


class Readings:
    """The verdicts and readings of one push. A resource is known by being the same object: one that a step has changed
    is another, and judged and read anew. Nothing changes a resource in place."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._verdicts: dict[int, tuple[Any, list[Issue]]] = {}
        self._read: dict[int, tuple[Any, Reading]] = {}

    def judge(self, resource: Mapping[str, Any]) -> list[Issue]:
        """The issues of a resource or Bundle that arrives, as adapter.intake.conformity says.

        Where a Bundle has none, none of its resources has one.
        """
        held = self._verdicts.get(id(resource))
        if held is not None:
            return held[1]
        found = judge(self._desk, resource)
        for one in (resource, *_inside(resource)) if not found else (resource,):
            self._verdicts[id(one)] = one, found  # with the resource itself, so that its id() stays its own
        return found

    def read(self, resource: Mapping[str, Any]) -> Reading:
        """What a resource says, without what its last server said of it."""
        held = self._read.get(id(resource))
        if held is None:
            held = self._read[id(resource)] = resource, self._desk.read(unversioned(resource))
        return held[1]


def _inside(resource: Mapping[str, Any]) -> Iterator[Any]:
    entries = resource.get("entry") if resource.get("resourceType") == "Bundle" else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield entry["resource"]
