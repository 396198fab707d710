"""A search as the store understands it: what must hold, in which order, how many, after which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from adapter.store.index_path import number
from adapter.store.index_value import NOTHING, mark
from adapter.store.shapes import Version

Kind = Literal["token", "string", "date", "number", "id", "updated"]
Total = Literal["none", "bounded", "accurate"]

BOUND = 1_000
"""A total beyond this is counted only when it is asked for: `_total=accurate`."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One alternative: how a row is compared, and with what.

    token: `both` (code, system), `code` (code), `bare` (code, without a system), `system` (system).
    string: `starts` (from, to), `exact` (text, mark), `contains` (pattern).
    date, updated: a prefix (low, high). id: `is` (id).
    number: a prefix, and `any`, `unit` or `both` after a blank (low, high, value, and of `unit` the mark, of `both`
    code and system).
    """

    how: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A condition: one of its tests holds at one of its places; none does, when `negated`; nothing or something at all
    stands there, when `missing` is true or false. `selective`: few resources have one value of it."""

    kind: Kind
    places: tuple[int, ...] = ()
    tests: tuple[Comparison, ...] = ()
    negated: bool = False
    missing: bool | None = None
    selective: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One key of an order: the least value at its places, or the greatest when `descending`; of a span its
    beginning."""

    kind: Kind
    places: tuple[int, ...] = ()
    descending: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended: its last row's sort keys, and its id. Both are things that its reader saw."""

    keys: tuple[Any, ...]
    id: str


@dataclass(frozen=True, slots=True)
class Query:
    """What resources of one type are looked for: all of `matches` hold. Without `order`, as they were first stored."""

    type: str
    matches: tuple[Match, ...] = ()
    order: tuple[Order, ...] = ()
    count: int = 50
    after: After | None = None
    total: Total = "bounded"


@dataclass(frozen=True, slots=True)
class Page:
    """How many match in all (None where that was not counted), those of this page in order, whether more follow, and
    where this page ended."""

    total: int | None
    versions: tuple[Version, ...]
    more: bool
    after: After | None = None


def ids(wanted: Iterable[str]) -> Match:
    """The resource's id is one of these."""
    return Match("id", tests=tuple(Comparison("is", (id_,)) for id_ in wanted), selective=True)


def identified(type_: str, tokens: Iterable[tuple[str | None, str]]) -> Match:
    """The resource has one of these identifiers, (system, value); a system of None is any, of '' none."""
    return Match("token", (number(f"token {type_}.identifier"),), tuple(map(token, tokens)), selective=True)


def refers(places: Iterable[int], references: Iterable[str]) -> Match:
    """A reference at one of these places is one of these: `Patient/01-001`."""
    tests = tuple(Comparison("bare", (mark(reference),)) for reference in references)
    return Match("token", tuple(places), tests, selective=True)


def token(pair: tuple[str | None, str]) -> Comparison:
    """The test for a (system, code): `system|code`, `|code` where the system is '', `code` where it is None, `system|`
    where the code is ''."""
    system, code = pair
    if not code:
        return Comparison("system", (mark(system or ""),)) if system else Comparison("bare", (NOTHING,))
    if system is None:
        return Comparison("code", (mark(code),))
    return Comparison("both", (mark(code), mark(system))) if system else Comparison("bare", (mark(code),))
