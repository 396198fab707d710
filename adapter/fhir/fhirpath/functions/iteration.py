"""Looking at one item after the other: criteria and projections, with `$index` only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from adapter.fhir.fhirpath.code import Env
from adapter.fhir.fhirpath.focus import Focus
from adapter.fhir.fhirpath.tree import Call, Child, Index, Node, Operation, Sign, TypeTest, Variable

Criterion: TypeAlias = Callable[[Any, int, Env], bool | None]
"""(item, its place, environment) → verdict."""

Projection: TypeAlias = Callable[[Any, int, Env], Sequence[Any]]


def criterion(node: Node, focus: Focus) -> Criterion:
    """Return the verdict of a criterion on one item."""
    truth = focus.code(node).truth
    if not _asks_index(node):
        return lambda item, _place, env: truth(item, env)

    def placed(item: Any, place: int, env: Env) -> bool | None:
        before, env.index = env.index, place
        try:
            return truth(item, env)
        finally:
            env.index = before

    return placed


def projection(node: Node, focus: Focus) -> tuple[Projection, str | None]:
    """Return what an expression makes of one item, and its static type."""
    code = focus.code(node)
    items = code.items
    if not _asks_index(node):
        return lambda item, _place, env: items(item, env), code.type

    def placed(item: Any, place: int, env: Env) -> Sequence[Any]:
        before, env.index = env.index, place
        try:
            return items(item, env)
        finally:
            env.index = before

    return placed, code.type


def _asks_index(node: Node) -> bool:
    """Tell whether `$index` stands anywhere in an expression."""
    rest: list[Node] = [node]
    while rest:
        each = rest.pop()
        if isinstance(each, Variable) and each.name == "$index":
            return True
        rest.extend(_below(each))
    return False


def _below(node: Node) -> list[Node]:
    if isinstance(node, Child | Call):
        above = [] if node.target is None else [node.target]
        return above + (node.arguments if isinstance(node, Call) else [])
    if isinstance(node, Index):
        return [node.target, node.index]
    if isinstance(node, Operation):
        return node.operands
    return [node.operand] if isinstance(node, Sign | TypeTest) else []
