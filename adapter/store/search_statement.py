"""A search as one SQL statement, compiled once for each shape of search and run with the values of each.

Where one condition is likely to leave few resources, the statement begins at its rows in the index, which stand in the
order of the resources; else it walks the resources of the type in their order and asks the index about each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
)

from adapter.store.schema import resource, resource_version
from adapter.store.schema.index import SEARCHED, search_token
from adapter.store.search_condition import condition_of
from adapter.store.search_order import LAST_OF, LEAST, after, key_of
from adapter.store.search_query import BOUND, Match, Query
from adapter.store.shapes import Address, Version
from adapter.store.sight import Sight

ROW = (
    resource.c.type,
    resource.c.id,
    resource_version.c.version,
    resource_version.c.at,
    resource_version.c.body,
    resource_version.c.deleted,
)
"""What a version is made of."""


def version_of(row: Sequence[Any]) -> Version:
    """The version that a row of ROW holds; what stands behind is not looked at."""
    return Version(Address(row[0], row[1], row[2], row[3]), bytes(row[4]), bool(row[5]))


SHAPES = 200
"""Statements of each kind that are kept compiled; one of many values is long."""

_DRIVING = ("both", "bare", "code")


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text of a statement, the values that never change, and the names of all in their order; None where the
    driver takes them by name."""

    text: str
    constants: Mapping[str, Any]
    order: tuple[str, ...] | None

    def values(self, named: dict[str, Any]) -> Any:
        """The values as the driver takes them."""
        known = {**self.constants, **named}
        return known if self.order is None else tuple(known[name] for name in self.order)


def page_of(query: Query, sight: Sight, dialect: Dialect) -> tuple[Compiled, dict[str, Any]]:
    """The statement that gives a page and a row more, and its values."""
    seen = _seen(query, sight)
    return _kept(_page, seen, sight, dialect), _values(seen)


def keyed_page_of(query: Query, sight: Sight, dialect: Dialect) -> tuple[Compiled, dict[str, Any]] | None:
    """The statement that walks the index in the order of the one key that is asked for; None where something better, or
    nothing, can be walked. It finds what has the key: a page that it does not fill is for `page_of`."""
    seen = _seen(query, sight)
    orders = [each for each in seen.order if each.kind in LAST_OF and len(each.places) == 1]
    if len(orders) != 1 or len(seen.order) != 1 or _driver(seen.matches) is not None:
        return None
    return _kept(_keyed_page, seen, sight, dialect), _values(seen)


def total_of(query: Query, sight: Sight, dialect: Dialect) -> tuple[Compiled, dict[str, Any]]:
    """The statement that counts what matches, up to BOUND + 1 unless the search asks for all."""
    seen = _seen(query, sight)
    if seen.after is not None or seen.order:
        seen = replace(seen, after=None, order=())
    return _kept(_total, seen, sight, dialect), _values(seen)


Make = Callable[[Query, Sight, Dialect], Compiled]
"""From a shape to its statement."""

_made: dict[Make, dict[Hashable, Compiled]] = {}


def _kept(make: Make, seen: Query, sight: Sight, dialect: Dialect) -> Compiled:
    """The statement of a search's shape, made where it was not asked for before; of each kind the last SHAPES stay."""
    kept = _made.setdefault(make, {})
    key = (sight, dialect.name, *_marks(seen))
    found = kept.get(key)
    if found is None:
        while len(kept) >= SHAPES:
            kept.pop(next(iter(kept)), None)
        found = kept[key] = make(_shape(seen), sight, dialect)
    return found


def _marks(query: Query) -> tuple[Hashable, ...]:
    """What tells two shapes apart: all that `_shape` leaves, made for every search and hence of plain tuples."""
    matches = [
        (
            match.kind,
            len(match.places),
            tuple([(test.how, len(test.values)) for test in match.tests]),
            match.negated,
            match.missing,
            match.selective,
        )
        for match in query.matches
    ]
    order = [(each.kind, len(each.places), each.descending) for each in query.order]
    return tuple(matches), tuple(order), query.after is None, query.total


def _seen(query: Query, sight: Sight) -> Query:
    """The query over all places that this sight may look at: what is restricted stands at negative ones."""
    if not sight.restricted:
        return query
    matches = tuple(replace(match, places=_both(match.places)) for match in query.matches)
    return replace(query, matches=matches, order=tuple(replace(o, places=_both(o.places)) for o in query.order))


def _both(places: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sign * place for place in places for sign in (1, -1))


def _shape(query: Query) -> Query:
    """The query without its values: what its statement depends on."""
    matches = tuple(
        replace(
            match,
            places=tuple(range(len(match.places))),
            tests=tuple(replace(test, values=(None,) * len(test.values)) for test in match.tests),
        )
        for match in query.matches
    )
    order = tuple(replace(each, places=tuple(range(len(each.places)))) for each in query.order)
    after = None if query.after is None else replace(query.after, keys=(), id="")
    return replace(query, type="", matches=matches, order=order, count=0, after=after)


def _values(query: Query) -> dict[str, Any]:
    named: dict[str, Any] = {"type": query.type, "limit": query.count + 1, "bound": BOUND + 1}
    for i, match in enumerate(query.matches):
        named |= {f"m{i}_p{k}": place for k, place in enumerate(match.places)}
        named |= {f"m{i}_{j}_{k}": v for j, test in enumerate(match.tests) for k, v in enumerate(test.values)}
    for i, order in enumerate(query.order):
        named |= {f"o{i}_p{k}": place for k, place in enumerate(order.places)}
    if query.after is not None:
        named |= {f"k{i}": key for i, key in enumerate(query.after.keys)} | {"after": query.after.id}
    return named


def _page(shape: Query, sight: Sight, dialect: Dialect) -> Compiled:
    keys = [key_of(i, order) for i, order in enumerate(shape.order)]
    return _paged(shape, *_found(shape, sight), keys, dialect)


def _keyed_page(shape: Query, sight: Sight, dialect: Dialect) -> Compiled:
    order, rows = shape.order[0], SEARCHED[shape.order[0].kind].alias("keyed")
    key, again = rows.c[LEAST[order.kind]], rows.original.alias("again")  # type: ignore[attr-defined]
    same = [again.c[name] == rows.c[name] for name in ("resource", "place")]
    beyond = again.c[key.name] > key if order.descending else again.c[key.name] < key
    rest = [column.name for column in rows.c if column.name not in ("resource", "place", key.name)]
    before = tuple_(*(again.c[name] for name in rest)) < tuple_(*(rows.c[name] for name in rest))
    first = or_(beyond, and_(again.c[key.name] == key, before))
    others = [condition_of(i, each, rows.c.resource) for i, each in enumerate(shape.matches)]
    wanted = [
        rows.c.place == bindparam("o0_p0"),
        sight.resources(),
        not_(resource.c.deleted),
        not_(
            exists(select(1).select_from(again).where(*same, first))
        ),  # each by one row, that of its least or greatest
        *others,
    ]
    source = rows.join(resource, resource.c.number == rows.c.resource)
    return _paged(shape, source, wanted, rows.c.resource, [key], dialect)


def _paged(
    shape: Query,
    source: FromClause,
    wanted: Sequence[ColumnElement[bool]],
    number: ColumnElement[int],
    keys: list[ColumnElement[Any]],
    dialect: Dialect,
) -> Compiled:
    current = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)
    statement = select(*ROW, *(key.label(f"key{i}") for i, key in enumerate(keys)))
    statement = statement.select_from(source.join(resource_version, current)).where(*wanted)
    if shape.after is not None:
        statement = statement.where(after(shape.order, keys, number))
    order = [key.desc() if each.descending else key.asc() for key, each in zip(keys, shape.order, strict=True)]
    return _compiled(statement.order_by(*order, number).limit(bindparam("limit")), dialect)


def _total(shape: Query, sight: Sight, dialect: Dialect) -> Compiled:
    source, wanted, number = _found(shape, sight)
    rows = select(number.label("number")).select_from(source).where(*wanted)
    if shape.total == "bounded":
        rows = rows.limit(bindparam("bound"))
    return _compiled(select(func.count()).select_from(rows.subquery()), dialect)


def _compiled(statement: Select[Any], dialect: Dialect) -> Compiled:
    made = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    order = getattr(made, "positiontup", None)
    constants = {name: value for name, value in made.params.items() if value is not None}
    return Compiled(str(made), constants, tuple(order) if order is not None else None)


def _found(shape: Query, sight: Sight) -> tuple[FromClause, list[ColumnElement[bool]], ColumnElement[int]]:
    """Where the rows come from, what must hold of them, and the column that they are in the order of."""
    driver = _driver(shape.matches)
    standing = [sight.resources(), not_(resource.c.deleted)]
    others = [condition_of(i, each, resource.c.number) for i, each in enumerate(shape.matches) if i != driver]
    if driver is None:
        return resource, [resource.c.type == bindparam("type"), *standing, *others], resource.c.number
    match = shape.matches[driver]
    if _is_one(match):
        rows = search_token.alias("driver")
        source = rows.join(resource, resource.c.number == rows.c.resource)
        return source, [*_alone(driver, match, rows), *standing, *others], rows.c.resource
    table = SEARCHED[match.kind].alias("driver")
    chosen = select(table.c.resource).where(condition_of(driver, match, None, table))
    return resource, [resource.c.number.in_(chosen), *standing, *others], resource.c.number


def _driver(matches: tuple[Match, ...]) -> int | None:
    """The condition to begin with: a selective one, else one of one token, else one that names a span or a text."""
    ranks = [(_rank(match), i) for i, match in enumerate(matches)]
    rank, best = min(ranks, default=(9, 0))
    return best if rank < 9 else None


def _rank(match: Match) -> int:
    if match.negated or match.missing is not None or match.kind in ("id", "updated") or not match.tests:
        return 9
    if match.kind == "token" and all(test.how in _DRIVING for test in match.tests):
        return (0 if match.selective else 2) + (0 if _is_one(match) else 1)
    if match.kind == "string":
        return 4
    return 5 if all(test.how.partition(" ")[0] in ("eq", "ap") for test in match.tests) and match.kind != "token" else 9


def _is_one(match: Match) -> bool:
    return match.kind == "token" and len(match.places) == 1 and len(match.tests) == 1


def _alone(i: int, match: Match, rows: Any) -> Iterable[ColumnElement[bool]]:
    """The conditions on the rows of a driver, so that each resource is there once."""
    yield condition_of(i, match, None, rows)
    if match.tests[0].how == "code":  # one code may stand there in two systems
        again = search_token.alias("again")
        same = [again.c[name] == rows.c[name] for name in ("place", "code", "resource")]
        yield not_(exists(select(1).select_from(again).where(*same, again.c.system < rows.c.system)))
