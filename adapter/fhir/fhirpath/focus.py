"""What is known of the focus while an expression is compiled, and the functions that can be called on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from adapter.fhir.fhirpath.code import Code
from adapter.fhir.fhirpath.fault import FhirPathError
from adapter.fhir.fhirpath.tree import Call, Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Focus:
    """`type`: of `$this`, None where each item says it itself. `resource`: of `%resource`."""

    type: str | None
    resource: str
    root: str | None  # type of the focus that the whole expression has: %context
    compile: Callable[[Node, Focus], Code]
    collection: bool = False  # whether `$this` is a whole collection, as in iif()
    total: str | None = None  # type of $total

    def code(self, node: Node) -> Code:
        """Return the code of a part of the expression, on this focus."""
        return self.compile(node, self)

    def each(self, target: Code) -> Focus:
        """Return the focus of a criterion: one item after the other."""
        return replace(self, type=target.type, collection=False)

    def whole(self, target: Code) -> Focus:
        """Return the focus of what looks at a collection as a whole."""
        return replace(self, type=target.type, collection=True)


Builder: TypeAlias = Callable[[Code, Call, Focus], Code]
"""Makes the code of a call: of its target, its arguments, and the focus on which arguments are looked at."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Function:
    """A function by the number of arguments that it takes."""

    build: Builder
    least: int
    most: int


FUNCTIONS: dict[str, Function] = {}


def function(name: str, least: int = 0, most: int | None = None) -> Callable[[Builder], Builder]:
    """Register a builder under the name that expressions call."""

    def register(build: Builder) -> Builder:
        FUNCTIONS[name] = Function(build, least, least if most is None else most)
        return build

    return register


def called(target: Code, call: Call, focus: Focus) -> Code:
    """Return the code of a call. Raises FhirPathError for an unknown function and a wrong number of arguments."""
    known = FUNCTIONS.get(call.name)
    if known is None:
        raise FhirPathError(f"there is no function {call.name}()", call.position)
    given = len(call.arguments)
    if not known.least <= given <= known.most:
        wanted = str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
        raise FhirPathError(f"{call.name}() takes {wanted} argument(s), not {given}", call.position)
    return known.build(target, call, focus)
