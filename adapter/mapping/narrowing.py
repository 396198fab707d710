"""Items that several places tell together: each place narrows the rows of the codelist, until one is left."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.mapping.coding import Fewest, fewest_cells
from adapter.mapping.plan import Node, ResourcePlan, Table
from adapter.mapping.plan import holes as holes_of


def narrowed(root: Node) -> frozenset[str]:
    """Return the items that several columns or places of a resource tell together: their rows are met in the end."""
    places: dict[str, set[str | None]] = {}
    for hole in holes_of(root):
        if hole.table is not None:
            in_text = "text" if hole.lens == "codelist" and hole.type == "string" else hole.column
            places.setdefault(hole.item.id, set()).add(in_text)
    return frozenset(item_id for item_id, columns in places.items() if len(columns) > 1)


def fewest(plans: Iterable[ResourcePlan]) -> dict[str, Fewest]:
    """Return, for the items that several places of one resource tell, the choice among rows that are still left."""
    tables: dict[str, list[Table]] = {}
    for plan in plans:
        for item_id in narrowed(plan.root):
            tables[item_id] = [hole.table for hole in holes_of(plan.root) if hole.item.id == item_id and hole.table]
    return {item_id: fewest_cells(found) for item_id, found in tables.items()}
