"""The order of a search in SQL: what a resource is sorted by, and what comes after the last that was shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, false, func, or_, select

from adapter.store.index_value import FIRST, HIGHEST, LAST, LOWEST
from adapter.store.schema import resource
from adapter.store.schema.index import SEARCHED
from adapter.store.search_query import Order

LAST_OF = {"date": (LAST + 1, FIRST - 1), "string": ("\U0010ffff", ""), "number": (f"{HIGHEST}~", LOWEST)}
"""Kind -> what stands for a missing value, which comes last: ascending, descending."""

LEAST = {"date": "low", "string": "value", "number": "low"}
"""Kind -> the column that its order is by: of a span its beginning."""


def key_of(i: int, order: Order) -> ColumnElement[Any]:
    """The value by which the `i`-th key sorts a resource; what lacks it gets the value that comes last."""
    if order.kind == "id":
        return resource.c.id
    if order.kind == "updated":
        return resource.c.updated
    table: Table = SEARCHED[order.kind]
    least = table.c[LEAST[order.kind]]
    ends = func.max(least) if order.descending else func.min(least)
    at = table.c.place.in_([bindparam(f"o{i}_p{k}") for k in order.places])
    found = select(ends).where(table.c.resource == resource.c.number, at).correlate(resource).scalar_subquery()
    return func.coalesce(found, LAST_OF[order.kind][order.descending])


def after(orders: tuple[Order, ...], keys: list[ColumnElement[Any]], number: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a resource comes after the one that the page before ended with."""
    other = resource.alias("other")
    place = select(other.c.number).where(other.c.type == bindparam("type"), other.c.id == bindparam("after"))
    steps: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for i, (key, order) in enumerate(zip(keys, orders, strict=True)):
        held: ColumnElement[Any] = bindparam(f"k{i}")
        steps.append(and_(*same, key < held if order.descending else key > held))
        same.append(key == held)
    beyond = or_(false(), *steps, and_(*same, number > place.scalar_subquery()))
    if not keys:
        return beyond
    bound: ColumnElement[Any] = bindparam("k0")  # says nothing new, and lets an index begin there
    return and_(keys[0] <= bound if orders[0].descending else keys[0] >= bound, beyond)
