"""Which items a set of resources can tell: on what they are silent, and nobody asked, no edit check can be judged."""

from __future__ import annotations

from collections.abc import Collection

from adapter.mapping.compiler import FormPlan
from adapter.mapping.plan import holes
from adapter.mapping.reading import Reading


def items_told(plan: FormPlan, readings: Collection[Reading]) -> frozenset[str]:
    """Return the items that resources of the types and views that came have a place for; a group with its members."""
    came = {(reading.view, reading.type) for reading in readings}
    found: set[str] = set()
    for resource in plan.view("both"):
        if (resource.view, resource.type) in came:
            for hole in holes(resource.root):
                found |= {hole.item.id, hole.item.group or hole.item.id}
    return frozenset(found)
