"""One condition of a search in SQL: what a row of the index must be, or that a resource has such a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, not_, or_, select

from adapter.store.schema import resource
from adapter.store.schema.index import SEARCHED
from adapter.store.search_query import Comparison, Match

Bind = Callable[[int], ColumnElement[Any]]
"""The value of a test by its place among the test's values."""


def condition_of(i: int, match: Match, number: ColumnElement[int] | None, rows: Any = None) -> ColumnElement[bool]:
    """The condition of the search's `i`-th match: on the rows of its table given as `rows`, or on the resource of this
    number."""
    if match.kind == "id":
        return or_(false(), *(resource.c.id == _bind(i, j)(0) for j, _ in enumerate(match.tests)))
    if match.kind == "updated":
        return or_(false(), *(_updated(test.how, _bind(i, j)) for j, test in enumerate(match.tests)))
    table = rows if rows is not None else SEARCHED[match.kind].alias(f"t{i}")
    held = and_(*_at(i, match, table))
    if number is None:
        return held
    found = exists(select(1).select_from(table).where(table.c.resource == number, held).correlate_except(table))
    absent = match.negated or match.missing is True
    return not_(found) if absent else found


def _at(i: int, match: Match, table: Any) -> list[ColumnElement[bool]]:
    places: list[ColumnElement[int]] = [bindparam(f"m{i}_p{k}") for k in range(len(match.places))]
    at = table.c.place == places[0] if len(places) == 1 else table.c.place.in_(places)
    if match.missing is not None:
        return [at]
    if len(match.tests) > 1 and all(test.how == "bare" for test in match.tests):
        codes: list[ColumnElement[int]] = [_bind(i, j)(0) for j, _ in enumerate(match.tests)]
        return [at, table.c.code.in_(codes), table.c.system == 0]  # one walk of the index, and not one for each
    return [at, or_(false(), *(_TESTS[match.kind](test, table, _bind(i, j)) for j, test in enumerate(match.tests)))]


def _bind(i: int, j: int) -> Bind:
    return lambda k: bindparam(f"m{i}_{j}_{k}")


def _token(test: Comparison, table: Any, value: Bind) -> ColumnElement[bool]:
    if test.how == "system":
        return table.c.system == value(0)  # type: ignore[no-any-return]
    code: ColumnElement[bool] = table.c.code == value(0)
    if test.how == "code":
        return code
    return and_(code, table.c.system == (value(1) if test.how == "both" else 0))


def _string(test: Comparison, table: Any, value: Bind) -> ColumnElement[bool]:
    if test.how == "contains":
        return table.c.value.like(value(0), escape="\\")  # type: ignore[no-any-return]
    if test.how == "exact":
        return and_(table.c.value == value(0), table.c.exact == value(1))
    return and_(table.c.value >= value(0), table.c.value < value(1))


def _date(test: Comparison, table: Any, value: Bind) -> ColumnElement[bool]:
    """R4's prefixes, of spans from `low` (included) to `high` (excluded)."""
    from_, to = table.c.low, table.c.high

    def within() -> ColumnElement[bool]:
        return and_(from_ >= value(0), from_ <= value(1), to <= value(1))  # the second, for the index

    made: dict[str, Callable[[], ColumnElement[bool]]] = {
        "eq": within,
        "ne": lambda: not_(within()),
        "gt": lambda: to > value(1),
        "lt": lambda: from_ < value(0),
        "ge": lambda: or_(to > value(1), within()),
        "le": lambda: or_(from_ < value(0), within()),
        "sa": lambda: from_ >= value(1),
        "eb": lambda: to <= value(0),
        "ap": lambda: and_(from_ < value(1), to > value(0)),
    }
    return made[test.how]()


def _number(test: Comparison, table: Any, value: Bind) -> ColumnElement[bool]:
    """R4's prefixes: `eq`, `ne` and `ap` of the span that the precision gives, the others of the value itself."""
    prefix, _, units = test.how.partition(" ")
    low, high = table.c.low, table.c.high

    def within() -> ColumnElement[bool]:
        return and_(low >= value(0), low < value(1), high < value(1))  # the second, for the index

    made: dict[str, Callable[[], ColumnElement[bool]]] = {
        "eq": within,
        "ne": lambda: not_(within()),
        "gt": lambda: high > value(2),
        "lt": lambda: low < value(2),
        "ge": lambda: high >= value(2),
        "le": lambda: low <= value(2),
        "sa": lambda: low > value(2),
        "eb": lambda: high < value(2),
        "ap": lambda: and_(high >= value(0), low < value(1)),
    }
    if units == "any":
        return made[prefix]()
    if units == "unit":
        return and_(made[prefix](), or_(table.c.code == value(3), table.c.unit == value(3)))
    return and_(made[prefix](), table.c.code == value(3), table.c.system == value(4))


def _updated(prefix: str, value: Bind) -> ColumnElement[bool]:
    at = resource.c.updated

    def within() -> ColumnElement[bool]:
        return and_(at >= value(0), at < value(1))

    made: dict[str, Callable[[], ColumnElement[bool]]] = {
        "eq": within,
        "ap": within,
        "ne": lambda: not_(within()),
        "gt": lambda: at >= value(1),
        "sa": lambda: at >= value(1),
        "lt": lambda: at < value(0),
        "eb": lambda: at < value(0),
        "ge": lambda: at >= value(0),
        "le": lambda: at < value(1),
    }
    return made[prefix]()


_TESTS: dict[str, Callable[[Comparison, Any, Bind], ColumnElement[bool]]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "number": _number,
}
