"""Finding resources: one by its address, many by a query; what a reader may not see is never looked at.

The condition of what may be seen stands in every statement, before count, order and paging: a page of what a blinded
reader may see is counted from what a blinded reader may see. Pages go on after the last resource that was shown, named
by its id: never after a row's number, whose gaps would tell of rows that are hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, and_, func, not_, select

from adapter.store.dialect import Engines
from adapter.store.schema import resource, resource_version
from adapter.store.search_query import BOUND, After, Comparison, Match, Order, Page, Query
from adapter.store.search_statement import ROW, keyed_page_of, page_of, total_of, version_of
from adapter.store.shapes import Version
from adapter.store.sight import Sight

Ask = Callable[[str, Any], Sequence[Any]]
"""From a statement's text and its values to its rows."""

_CURRENT = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)


def read(connection: Connection, sight: Sight, type_: str, id_: str, version: int | None = None) -> Version | None:
    """One resource as it stands, or one of its versions; None when there is none that may be seen."""
    which = (
        _CURRENT
        if version is None
        else and_(resource_version.c.resource == resource.c.number, resource_version.c.version == version)
    )
    statement = select(*ROW).select_from(resource.join(resource_version, which))
    row = connection.execute(statement.where(resource.c.type == type_, resource.c.id == id_, sight.resources())).first()
    return version_of(row) if row is not None else None


def search(connection: Connection, sight: Sight, query: Query) -> Page:
    """The resources that match, in the order of the query, after `query.after`, at most `query.count`."""
    return _search(
        lambda text, values: connection.exec_driver_sql(text, values).all(), connection.dialect, sight, query
    )


def search_alone(engines: Engines, sight: Sight, query: Query) -> Page:
    """The same outside of any transaction: the total may be of a moment after that of the page."""
    return _search(engines.rows, engines.reader.dialect, sight, query)


def _search(ask: Ask, dialect: Dialect, sight: Sight, query: Query) -> Page:
    if query.count == 0:
        return Page(_total(ask, dialect, sight, query), (), more=False)
    rows: Sequence[Any] = ()
    for made in (keyed_page_of, page_of):
        found = made(query, sight, dialect)
        if found is not None and len(rows) <= query.count:
            rows = ask(found[0].text, found[0].values(found[1]))
    shown, more = rows[: query.count], len(rows) > query.count
    last = shown[-1] if shown else None
    after = After(tuple(last[len(ROW) :]), last[1]) if last is not None else None
    whole = query.after is None and not more
    total = len(shown) if whole and query.total != "none" else _total(ask, dialect, sight, query)
    return Page(total, tuple(map(version_of, shown)), more, after)


def _total(ask: Ask, dialect: Dialect, sight: Sight, query: Query) -> int | None:
    if query.total == "none":
        return None
    statement, values = total_of(query, sight, dialect)
    found: int = ask(statement.text, statement.values(values))[0][0]
    return None if query.total == "bounded" and found > BOUND else found


def count_resources(connection: Connection, sight: Sight) -> dict[str, int]:
    """How many resources each type has."""
    counted = select(resource.c.type, func.count()).where(sight.resources(), not_(resource.c.deleted))
    rows = connection.execute(counted.group_by(resource.c.type)).all()
    return {row[0]: row[1] for row in rows}


__all__ = [
    "After",
    "Comparison",
    "Match",
    "Order",
    "Page",
    "Query",
    "count_resources",
    "read",
    "search",
    "search_alone",
]
