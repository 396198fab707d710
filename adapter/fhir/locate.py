"""Where elements stand in a text: the line and column of a FHIRPath expression in JSON or XML.

Read only when there is something to tell, so that sound input pays nothing. Expressions are those that our
issues carry: `Patient.name[0].given[1]`, `Observation.value.ofType(Quantity).code`; where an element is not in the
text (it is missing), what is around it is named.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from xml.parsers import expat

Position = tuple[int, int]  # line and column, from 1

# ++ and *+ never go back, so that nothing is kept of a long text.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.ASCII)
_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)(?:\[(\d+)\])?", re.ASCII)
MOST_TOKENS = 5_000_000
"""What is read of a text, some seconds' worth; of an element behind that, what is around it is named."""

MOST_ELEMENTS = 500_000
"""Elements of an XML text whose places are kept."""

_DOT = re.compile(r"\.(?![^(]*\))")
_OF_TYPE = re.compile(r"ofType\(([A-Za-z0-9]+)\)", re.ASCII)


class Node:
    """An element in a text: where it begins, and what is in it by name; of a list, its entries by index."""

    __slots__ = ("entries", "named", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.named: dict[str, Node] = {}
        self.entries: dict[int, Node] = {}


def locate_json(text: str, expressions: Iterable[str]) -> dict[str, Position]:
    """Return the position of each expression in a JSON text that parses."""
    every = list(expressions)
    if not every:
        return {}
    root, lines = _read_json(text, _wanted(every)), _Lines(text)
    return {each: lines.position(_found(root, each).start) for each in every}


def locate_xml(raw: bytes, expressions: Iterable[str]) -> dict[str, Position]:
    """Return the position of each expression in an XML text that parses."""
    places: list[Position] = []
    root = _read_xml(raw, places)
    return {each: places[_found(root, each).start] for each in expressions}


class _Lines:
    """Offsets as lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


Wanted = dict[str, dict[int, "Wanted"]]
"""What is looked for below an element: by name (a primitive's and that of what is beside it are one), then index."""


def _wanted(expressions: Iterable[str]) -> Wanted:
    root: Wanted = {}
    for expression in expressions:
        here = root
        for names, index in steps(expression):
            here = here.setdefault(names[0].removeprefix("_"), {}).setdefault(index or 0, {})
    return root


def _count(wanted: Wanted) -> int:
    """Return how many elements are looked for."""
    return sum(1 + _count(below) for entries in wanted.values() for below in entries.values())


class _Open:
    """An object or a list that is open, and what is looked for in it: nothing is kept of the rest."""

    __slots__ = ("count", "entries", "is_list", "node", "seen", "wanted")

    def __init__(
        self, node: Node | None, wanted: Wanted | None, entries: dict[int, Wanted], seen: set[int], *, is_list: bool
    ) -> None:
        self.node = node
        self.seen = seen  # the identities of what was found of what is looked for
        self.wanted = wanted
        self.entries = entries
        self.is_list = is_list
        self.count = -1

    def enter(self, key: str, start: int, *, is_list: bool) -> _Open:
        """Return what begins within, under a key or as the next entry."""
        self.count += 1
        if self.is_list:
            wanted = self.entries.get(self.count)
            below: dict[int, Wanted] = {}
        else:
            below = (self.wanted or {}).get(key.removeprefix("_"), {})
            wanted = below.get(0)
        if self.node is None or (wanted is None and not (below and is_list)):
            return _Open(None, None, {}, self.seen, is_list=is_list)
        node = Node(start)
        if wanted is not None and (self.is_list or not is_list):
            self.seen.add(id(wanted))
        if self.is_list:
            self.node.entries[self.count] = node
        else:
            self.node.named.setdefault(key, node)
        return _Open(node, wanted, below, self.seen, is_list=is_list)


def _read_json(text: str, wanted: Wanted) -> Node:
    """Return the positions of what is looked for; the text was parsed before, so its tokens are in order."""
    root = Node(0)
    stack: list[_Open] = []
    key: str | None = None
    seen: set[int] = set()
    count = _count(wanted)
    for match in islice(_TOKEN.finditer(text), MOST_TOKENS):
        if len(seen) == count and stack:
            break
        token = match[0]
        if token in ",:":
            continue
        if token in "}]":
            stack.pop()
            continue
        if stack and not stack[-1].is_list and key is None:
            key, start = token[1:-1], match.start()
            continue
        is_list = token == "["
        if stack:
            opened = stack[-1].enter(key or "", match.start() if key is None else start, is_list=is_list)
        else:
            root = Node(match.start())
            opened = _Open(root, wanted, {}, seen, is_list=is_list)
        key = None
        if is_list or token == "{":
            stack.append(opened)
    return root


def _read_xml(raw: bytes, places: list[Position]) -> Node:
    """Return the elements of an XML text; `start` is the index of the place in `places`."""
    parser = expat.ParserCreate(namespace_separator=" ")
    root = Node(0)
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(places) >= MOST_ELEMENTS:
            parser.StartElementHandler = parser.EndElementHandler = None
            return
        places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))
        node = Node(len(places) - 1)
        local = name.rpartition(" ")[2]
        parent = stack[-1]
        group = parent.named.setdefault(local, Node(node.start))
        group.entries[len(group.entries)] = node
        for attribute in attributes:
            node.named[attribute] = Node(node.start)
        stack.append(node)

    parser.StartElementHandler, parser.EndElementHandler = start, lambda _: stack.pop()
    with suppress(expat.ExpatError):  # it was read before: what expat alone refuses is a name of newer characters
        parser.Parse(raw, True)
    if not places:
        places.append((1, 1))
    return next(iter(root.named.values())).entries[0] if root.named else root


def _found(root: Node, expression: str) -> Node:
    """Return the node that an expression leads to, or the last one on the way there that the text has."""
    here = root
    way = list(steps(expression))
    for place, (names, index) in enumerate(way, 1):
        below = next((here.named[name] for name in names if name in here.named), None)
        if below is None:
            below = _wrapped(here, names)
        if below is None:
            return here
        here = below
        if here.entries and (index is not None or place < len(way)):  # a list as a whole begins with its key
            here = here.entries.get(index or 0, here)
    return here


def _wrapped(here: Node, names: list[str]) -> Node | None:
    """A resource within XML stands in an element of its type: <contained><Patient>."""
    inner = [below for name, below in here.named.items() if name[:1].isupper()]
    return next(
        (each.named[name] for only in inner for each in only.entries.values() for name in names if name in each.named),
        None,
    )


def steps(expression: str) -> Iterator[tuple[list[str], int | None]]:
    """Yield the steps below the type: the keys that each may have in the text, and the index."""
    parts = _DOT.split(expression)[1:]
    for place, part in enumerate(parts):
        if _OF_TYPE.fullmatch(part):
            continue
        step = _STEP.match(part)
        if step is None:
            return
        follow = _OF_TYPE.fullmatch(parts[place + 1]) if place + 1 < len(parts) else None
        named = step[1] if follow is None else f"{step[1]}{follow[1][0].upper()}{follow[1][1:]}"
        names = (
            [f"_{named}", named] if _is_beside(parts[place + (1 if follow is None else 2) :]) else [named, f"_{named}"]
        )
        yield names, None if step[2] is None else int(step[2])


def _is_beside(rest: list[str]) -> bool:
    """Tell whether what follows may stand beside a primitive: an extension, or its id."""
    return bool(rest) and (rest[0].startswith("extension") or rest[0] == "id")
