"""Where in a map's YAML something stands: rules are judged on the compiled plan, and told at the line as written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapter.crf.strict_yaml import Map
from adapter.mapping import holes
from adapter.mapping.elements import at
from adapter.mapping.holes import HoleText
from adapter.mapping.plan import Array, Hole, Node, Object, ResourcePlan, Text
from adapter.mapping.scope import Where


class Marks:
    """The resources of one map as written. What a form view or a name makes has its form's line, or its resource's."""

    def __init__(self, written: Any) -> None:
        listed = written.get("resources") if isinstance(written, Mapping) else None
        found = [one for one in listed if isinstance(one, Map)] if isinstance(listed, list) else []
        self._resources = {(one.file, one.line): one for one in found}

    def resource(self, plan: ResourcePlan) -> tuple[Any, Where]:
        """The resource as written, None for one that stands in no map, with its place."""
        where = (plan.file, plan.line)
        return (None if plan.view == "form" else self._resources.get(where)), where

    def objects(self, plan: ResourcePlan) -> Iterator[tuple[Object, str, Where]]:
        """Every object that the resource writes, itself first, with its path and the place where it stands."""
        return _objects(plan.root, plan.type, *self.resource(plan))

    def element(self, plan: ResourcePlan, key: str) -> Where:
        """The place of an element of the resource itself."""
        written, where = self.resource(plan)
        return where if written is None else at(written, key, where)

    def hole(self, plan: ResourcePlan, hole: Hole) -> Where:
        """The last place of a hole in its resource; what `also` only reads counts where there is no other."""
        if plan.view == "form":
            return hole.item.file, hole.item.line
        found = [
            (part.repeat == hole.repeat, place)
            for parts, place in self._texts(plan)
            for part in parts
            if not isinstance(part, str) and (part.item, part.column) == (hole.item.id, hole.column)
        ]
        alike = [place for same, place in found if same] or [place for _, place in found]
        return alike[-1] if alike else (plan.file, plan.line)

    def text(self, plan: ResourcePlan, node: Text) -> Where:
        """The place of a text with holes."""
        wanted = [part if isinstance(part, str) else (part.item.id, part.column) for part in node.parts]
        return self._last(
            plan,
            lambda parts: wanted == [part if isinstance(part, str) else (part.item, part.column) for part in parts],
        )

    def constant(self, plan: ResourcePlan, value: str) -> Where:
        """The place of a constant text; that of the resource, where a name stands for it."""
        return self._last(plan, lambda parts: parts == [value])

    def _last(self, plan: ResourcePlan, fits: Callable[[list[str | HoleText]], bool]) -> Where:
        found = [where for parts, where in self._texts(plan) if fits(parts)]
        return found[-1] if found else (plan.file, plan.line)

    def _texts(self, plan: ResourcePlan) -> Iterator[tuple[list[str | HoleText], Where]]:
        written, where = self.resource(plan)
        for text, place in _scalars(written, where):
            try:
                yield holes.parse(text), place
            except ValueError:
                continue


def _scalars(written: Any, where: Where) -> Iterator[tuple[str, Where]]:
    """Yield every text with its place, in the order as written, but `also` first in its object."""
    if isinstance(written, str):
        yield written, where
    elif isinstance(written, list):
        for place, entry in enumerate(written):
            yield from _scalars(entry, at(written, place, where))
    elif isinstance(written, Mapping):
        for key in sorted(written, key=lambda key: key != "also"):
            yield from _scalars(written[key], at(written, key, where))


def _objects(node: Node, path: str, written: Any, where: Where) -> Iterator[tuple[Object, str, Where]]:
    """Walk a plan along the YAML that it was made of; what a name stands for has the place of the name."""
    if isinstance(node, Object):
        yield node, path, where
        for member in node.members:
            below = written.get(member.key) if isinstance(written, Mapping) else None
            yield from _objects(member.node, f"{path}.{member.key}", below, at(written, member.key, where))
    elif isinstance(node, Array):
        listed = written if isinstance(written, list) and len(written) == len(node.entries) else None
        for place, entry in enumerate(node.entries):
            below = None if listed is None else listed[place]
            yield from _objects(entry.node, path, below, where if listed is None else at(written, place, where))
