"""What the tests of single modules need of the small study: its holes and elements by name."""

from __future__ import annotations

from typing import Any

from adapter.mapping.plan import Array, Hole, Node, Object, ResourcePlan, holes
from adapter.mapping.study import MappedStudy

RECORD: dict[str, Any] = {
    "subject": "001",
    "visit": "V1",
    "state": "seen",
    "when": "2025-01-01",
    "pulse": 70,
    "side": "left",
    "signs": ["red", "warm"],
    "calm": True,
}


def plan(study: MappedStudy, identifier: str, form: str = "visit") -> ResourcePlan:
    """The clinical plan whose resource has the type `identifier`, or is the Observation so named."""
    found = [one for one in study.plan(form).clinical if identifier in (one.type, name_of(one))]
    assert len(found) == 1, identifier
    return found[0]


def name_of(one: ResourcePlan) -> str:
    """The code by which an Observation is told from the others."""
    code = next((member.node for member in one.root.members if member.key == "code"), None)
    return "" if code is None else next((word for word in ("pulse", "kit", "remark") if f"'{word}'" in repr(code)), "")


def hole(one: ResourcePlan, item: str, column: str | None = None) -> Hole:
    """The first hole of an item."""
    return next(found for found in holes(one.root) if (found.item.id, found.column) == (item, column))


def element(one: ResourcePlan, *keys: str) -> Node:
    """The node below these keys; the first entry of each list on the way."""
    node: Node = one.root
    for key in keys:
        if isinstance(node, Array):
            node = node.entries[0].node
        assert isinstance(node, Object)
        node = next(member.node for member in node.members if member.key == key)
    return node
