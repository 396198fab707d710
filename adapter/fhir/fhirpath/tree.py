"""The syntax tree of an expression: what was written, before anything is known about types.

Nodes are never compared nor printed: what a dataclass makes for that would cost every start of the command 5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(slots=True, eq=False, repr=False)
class Literal:
    """A value as it stands in the expression; `type` is a System type, or None for `{}`."""

    position: int
    value: Any
    type: str | None
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Variable:
    """`$this`, `$index` or `$total`."""

    position: int
    name: str
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class External:
    """`%resource`, `%ucum`, `%vs-name`: what comes from outside."""

    position: int
    name: str
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Child:
    """`target.name`; without a target the name begins a path: an element of the focus, or its type."""

    position: int
    target: Node | None
    name: str
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """`target.name(arguments)`; without a target on the focus."""

    position: int
    target: Node | None
    name: str
    arguments: list[Node]
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Index:
    """`target[index]`."""

    position: int
    target: Node
    index: Node
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Sign:
    """`-operand` or `+operand`."""

    position: int
    operator: str
    operand: Node
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Operation:
    """An infix operator; `and`, `or` and `|` take all operands of a chain at once, others two."""

    position: int
    operator: str
    operands: list[Node]
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class TypeTest:
    """`operand is Type` and `operand as Type`; the type as written, 'FHIR.Patient' or 'Patient'."""

    position: int
    operator: str
    operand: Node
    type: str
    depth: int = 1


Node: TypeAlias = Literal | Variable | External | Child | Call | Index | Sign | Operation | TypeTest
