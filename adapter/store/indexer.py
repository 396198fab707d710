"""A resource's bytes -> the rows by which it is found: one walk through the keys that any parameter looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from adapter.fhir.search_parameters import SearchParameter, SearchParameters
from adapter.store.index_path import Leaf, Place, Sought, identifier_of, sought
from adapter.store.index_value import READERS, TABLES, Row

EXTRACTION = 1
"""Raised when the same resource would give other rows: every database is then indexed anew."""

OF_THE_ROW = ("_id", "_lastUpdated")
"""Parameters that the resource's own row answers."""

UNLIKE = frozenset({"phonetic"})
"""Parameters that compare in a way of their own, which is not done here."""

Rows = dict[str, list[Row]]
"""Table (token, string, date, number) -> its rows: resource, place, and the table's own columns."""

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(slots=True)
class _Node:
    """One key of JSON: what reads its values, and the keys below it; `only` as of a Step."""

    only: tuple[str, str] | None = None
    readers: list[tuple[str, int, Callable[[Any, str], Iterable[Row]]]] = field(default_factory=list)
    below: dict[str, list[_Node]] = field(default_factory=dict)


class Catalogue:
    """What each type is searched by, and the walk that finds its values; made for a type when it is first asked for."""

    def __init__(self, parameters: SearchParameters, zone: str) -> None:
        self.parameters = parameters
        self.zone = zone
        self._sought: dict[str, Mapping[str, Sought]] = {}
        self._walks: dict[str, _Node] = {}

    @property
    def text(self) -> str:
        """What the rows of any resource follow from: a database indexed by another must be indexed anew."""
        return f"{EXTRACTION} {self.zone} {self.parameters.text}"

    def of(self, type_: str) -> Mapping[str, Sought]:
        """Code -> where it looks, for the parameters by which resources of a type are found through the index."""
        if type_ not in self._sought:
            self._sought[type_] = dict(self._searched(type_))
        return self._sought[type_]

    def _searched(self, type_: str) -> Iterator[tuple[str, Sought]]:
        for code, parameter in self.parameters.of(type_).items():
            found = sought(parameter, type_) if self._is_searched(parameter) else None
            if found is not None and any(map(_is_read, found.places)):
                yield code, found

    def _is_searched(self, parameter: SearchParameter) -> bool:
        return parameter.code not in OF_THE_ROW and parameter.code not in UNLIKE

    def rows(self, type_: str, bodies: Sequence[tuple[int, bool, bytes]]) -> Rows:
        """The rows of some resources of one type: (number, restricted, bytes) of each.

        The places of what is restricted are negative: whoever does not see it never meets one of its rows.
        """
        walk = self._walk(type_)
        rows: Rows = {table: [] for table in ("token", "string", "date", "number")}
        for number, restricted, body in bodies:
            found: dict[tuple[str, Row], None] = {}
            _walk(_decode(body), walk, self.zone, found)
            for table, (place, *columns) in found:
                rows[table].append((number, -place if restricted else place, *columns))
        return rows

    def _walk(self, type_: str) -> _Node:
        if type_ not in self._walks:
            root = _Node()
            for place in dict.fromkeys(_all_places(self.of(type_).values())):
                for leaf in place.leaves:
                    _plant(root, place, leaf)
            self._walks[type_] = root
        return self._walks[type_]


def _is_read(place: Place) -> bool:
    return any(leaf.type in READERS[place.kind] for leaf in place.leaves)


def _all_places(searched: Iterable[Sought]) -> Iterator[Place]:
    for each in searched:
        for place in each.places:
            yield place
            if place.kind == "reference":
                yield identifier_of(place)


def _plant(root: _Node, place: Place, leaf: Leaf) -> None:
    reader = READERS[place.kind].get(leaf.type)
    if reader is None:
        return
    node = root
    for step in leaf.steps:
        beside = node.below.setdefault(step.key, [])
        known = next((each for each in beside if each.only == step.only), None)
        if known is None:
            known = _Node(step.only)
            beside.append(known)
        node = known
    node.readers.append((TABLES[place.kind], place.number, reader))


def _walk(element: Mapping[str, Any], node: _Node, zone: str, found: dict[tuple[str, Row], None]) -> None:
    below = node.below
    for key, value in element.items():
        for child in below.get(key, ()):
            for each in value if isinstance(value, list) else (value,):
                if each is None or (child.only is not None and each.get(child.only[0]) != child.only[1]):
                    continue
                for table, place, reader in child.readers:
                    for row in reader(each, zone):
                        found[table, (place, *row)] = None
                if child.below:
                    _walk(each, child, zone, found)
