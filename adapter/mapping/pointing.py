"""Where in a resource that arrived the answer of an item stood, as a JSON pointer below the resource (RFC 6901).

How long a list is, and what stands in it before, may say what nobody is to see: below extensions, and in what tells of
a form with items that may reveal the arm, a pointer ends at the first list. This hangs on the maps alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from adapter.mapping.naming import Step, entries_below, ways_to
from adapter.mapping.plan import ResourcePlan

OPEN_LISTS = ("extension", "modifierExtension")
"""Lists to which anybody adds: a pointer ends there."""


def pointer_to(plan: ResourcePlan, resource: Mapping[str, Any], item: str, *, indexed: bool) -> str:
    """The pointer to what tells an item of a form, '' where that cannot be told apart from the resource; of a group
    what all its members have in common. `indexed`: positions in lists may be told."""
    known = ways_to(plan)
    ways = [way for way, named in known if named == item or named.partition(".")[0] == item]
    found = [next(_found(resource, way), None) for way in ways]
    told = [_closed(steps, indexed=indexed) for steps in found if steps]
    if not told:
        return ""
    whole = told[0] if any(named == item for _, named in known) else _common(told)
    return "".join(f"/{escaped(step)}" for step in whole)


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _found(value: Any, way: Sequence[Step]) -> Iterator[list[str]]:
    if not way:
        yield []
        return
    step, *rest = way
    for name, below in entries_below(value, step):
        for further in _found(below, rest):
            yield [*name, *further]


def _closed(steps: Sequence[str], *, indexed: bool) -> list[str]:
    """The steps up to the first list whose positions are not told."""
    kept: list[str] = []
    for step in steps:
        if step.isdigit() and (not indexed or kept[-1] in OPEN_LISTS):
            break
        kept.append(step)
    return kept


def _common(told: Sequence[Sequence[str]]) -> list[str]:
    return [steps[0] for steps in takewhile(lambda each: len(set(each)) == 1, zip(*told, strict=False))]
