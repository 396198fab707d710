"""Where an element of a profile stands: its id, or its path and slice name, as steps through R4's types.

Ids name every slice on the way (`Observation.component:systolic.code`); where they are absent or say
something else than the path, the elements before decide, as R4 orders them. Source:
https://hl7.org/fhir/R4/elementdefinition.html#id
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from adapter.fhir import definitions
from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import Field

Step = tuple[str, str | None]  # element name, slice name
Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A node while a profile is read: what may stand there, and its limits so far."""

    node: Constraints
    types: tuple[str, ...]  # of its value, by R4's names; a backbone's is its path
    low: int
    high: int
    fields: tuple[Field, ...] = ()  # R4's own: one, or one a type of a choice; () at the root
    is_slice: bool = False


class Placing:
    """The places of a list of elements, each in the light of those above it."""

    __slots__ = ("_above",)

    def __init__(self) -> None:
        self._above: list[tuple[str, Steps]] = []

    def steps(self, element: Mapping[str, Any]) -> Steps:
        """Return the steps below the root that lead to an element; () for the root itself."""
        path: str = element["path"]
        while self._above and not path.startswith(self._above[-1][0] + "."):
            self._above.pop()
        found = _by_id(element.get("id", ""), path)
        if found is None:
            found = self._by_order(path)
        if found and element.get("sliceName") is not None:
            found = (*found[:-1], (found[-1][0], element["sliceName"]))
        self._above.append((path, found))
        return found

    def _by_order(self, path: str) -> Steps:
        """Return the steps below the last element whose path this one goes on."""
        start, steps = self._above[-1] if self._above else (path.partition(".")[0], ())
        rest = path[len(start) + 1 :]
        return (*steps, *((name, None) for name in rest.split("."))) if rest else steps


def _by_id(identity: str, path: str) -> Steps | None:
    """Return the steps of an id, or None where it does not lead along the path."""
    named, names = identity.split("."), path.split(".")
    if len(named) != len(names):
        return None
    steps = [(name, name_of_slice or None) for name, _, name_of_slice in (part.partition(":") for part in named)]
    if not all(_is_same(step[0], name) for step, name in zip(steps, names, strict=True)):
        return None
    return tuple(steps[1:])


def _is_same(step: str, name: str) -> bool:
    """Tell whether an id's part and a path's name one element: `value[x]` and `valueQuantity` do."""
    return step == name or (step.endswith("[x]") and name.startswith(step[:-3]))


@cache
def elements(type_name: str) -> Mapping[str, tuple[Field, ...]]:
    """Return the elements of a type by name, a choice as 'value[x]' with a field for each of its types."""
    found: dict[str, tuple[Field, ...]] = {}
    for field in definitions.fields(type_name).values():
        found[field.element] = (*found.get(field.element, ()), field)
    return MappingProxyType(found)


def fields_of(types: tuple[str, ...], name: str) -> tuple[Field, ...]:
    """Return R4's fields of an element in any of some types."""
    return tuple(field for kind in types for field in elements(kind).get(name, ()))


def is_type(code: str) -> bool:
    """Tell whether a profile may name this as a type of R4: no backbone's path."""
    return "." not in code and definitions.is_type(code)


def types_of(node: Constraints, fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the names of the types that a node's value may be of: those stated, else R4's."""
    if not node.types or any("." in each.code for each in node.types):  # a backbone, by the profile of another
        return tuple(dict.fromkeys(field.type for field in fields))
    return tuple(each.code for each in node.types if is_type(each.code))
