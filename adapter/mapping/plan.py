"""The plan: a map checked and resolved, as plain values; place, lens, place. Closures are compiled from it.

A plan is what `crfhir study plan` prints and the goldens hold; nothing in it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapter.crf.study import Answer, Item


@dataclass(frozen=True, slots=True)
class Target:
    """What a Reference points at: a resource of this study, found by its identifier; id = `prefix` + identifier
    value.
    """

    type: str
    system: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a codelist that one hole uses: (column, system) in order; the first of a cell is written, all are
    read.
    """

    codelist: str
    columns: tuple[tuple[str, str | None], ...]
    rows: dict[Answer, dict[str, tuple[str, ...]]]
    silence: dict[str, tuple[str, ...]] | None
    words: dict[str, Answer]
    """Words of a site that mean an answer, read only."""
    codings: dict[Answer, tuple[tuple[str | None, str], ...]]
    """Further (system, code) of a site, read only."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A place that an item fills. `spoken` (`!`): silence is written; `repeat` (`=`): written and read, but no home.

    `unknown` is the code that stands here beside the reason of a missing answer; a `reasonless` place has none, though
    R4 requires a code of it, so no reason stands there; where R4 `needed` that code, there is always an answer.
    """

    item: Item
    type: str
    lens: str
    repeat: bool = False
    spoken: bool = False
    column: str | None = None
    table: Table | None = None
    target: Target | None = None
    unknown: Any = None
    reasonless: bool = False
    needed: bool = False

    @property
    def counts(self) -> bool:
        """True if an answer here keeps its element alive (rule 3)."""
        return not (self.item.key or self.repeat)


@dataclass(frozen=True, slots=True)
class Text:
    """An interpolated string: literals and holes."""

    parts: tuple[str | Hole, ...]


@dataclass(frozen=True, slots=True)
class Const:
    """A primitive constant, with the other values that are read for it."""

    value: Any
    others: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A key of an object and what stands there. `needed`: R4 requires it, so silence is written."""

    key: str
    type: str
    node: Node
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """A complex element: its members in R4's order, and other shapes of it that are only read (`also`).

    `exact` is the url of the extension that keeps the more exact date of a Period, where its ends cannot be compared.
    """

    type: str
    members: tuple[Member, ...]
    also: tuple[Object, ...] = ()
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A complex constant with alternatives: the first is written, all are read."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list, repeated over the answers of `each`, if that is given."""

    node: Node
    each: Item | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """A list element."""

    type: str
    entries: tuple[Entry, ...]


Node = Hole | Text | Const | Object | Choice | Array


@dataclass(frozen=True, slots=True)
class ResourcePlan:
    """One resource of a form: its element tree, its id (the identifier's value), and whether it may vanish."""

    form: str
    view: str
    """`clinical` or `form`: the view in which its presence and its homes are judged."""
    type: str
    root: Object
    id: Node
    prefix: str
    stands: bool
    """True for the resource that stands for its record and never vanishes."""
    restricted: bool
    each: Item | None = None
    file: str = ""
    line: int = 0


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below `node`; other shapes (`also`) too."""
    if isinstance(node, Object):
        yield from (member.node for member in node.members)
        yield from node.also
    elif isinstance(node, Array):
        yield from (entry.node for entry in node.entries)
    elif isinstance(node, Text):
        yield from (part for part in node.parts if isinstance(part, Hole))
    elif isinstance(node, Choice):
        yield from node.options


def holes(node: Node) -> Iterator[Hole]:
    """Yield every hole at or below `node`, read-only shapes included."""
    if isinstance(node, Hole):
        yield node
    for child in children(node):
        yield from holes(child)


def written_holes(node: Node) -> Iterator[Hole]:
    """Yield the holes at or below `node` that are written: those of `also` and of further choices are only read."""
    if isinstance(node, Hole):
        yield node
    elif isinstance(node, Object):
        for member in node.members:
            yield from written_holes(member.node)
    elif isinstance(node, Choice):
        yield from written_holes(node.options[0])
    else:
        for child in children(node):
            yield from written_holes(child)


def constant(node: Node) -> bool:
    """True if no item stands at or below `node`."""
    return next(holes(node), None) is None
