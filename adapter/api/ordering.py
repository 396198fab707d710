"""`_sort`: by which values, and which way."""

from __future__ import annotations

from collections.abc import Collection

from adapter.api.failure import failure, unsupported
from adapter.store.indexer import Catalogue
from adapter.store.search_query import Kind, Order

MOST = 4
"""Keys of one order."""

KINDS: dict[str, Kind] = {"date": "date", "string": "string", "number": "number", "quantity": "number"}
"""Types of parameter that have an order, and the table that it is in; codes and references have none that means
anything."""

OF_THE_ROW: dict[str, Kind] = {"_id": "id", "_lastUpdated": "updated"}


def sortable(catalogue: Catalogue, type_: str) -> Collection[str]:
    """The parameters that a type can be sorted by."""
    return [*OF_THE_ROW, *(code for code, each in catalogue.of(type_).items() if each.parameter.type in KINDS)]


def ordered(catalogue: Catalogue, type_: str, value: str | None) -> tuple[Order, ...]:
    """The order that a `_sort` asks for. Failure 400 for what has no order, whatever the handling: an answer in another
    order than was asked for would be taken for the one asked for."""
    names = value.split(",") if value is not None else []
    if len(names) > MOST or len({name.removeprefix("-") for name in names}) < len(names):
        raise failure("invalid", f"_sort takes at most {MOST} parameters, each once.")
    orders = [_order(catalogue, type_, name.removeprefix("-"), name.startswith("-")) for name in names]
    if orders and orders[-1].kind == "updated":
        orders.append(Order("id", (), orders[-1].descending))  # as the database's own index has it: no row is sorted
    return tuple(orders)


def _order(catalogue: Catalogue, type_: str, name: str, descending: bool) -> Order:
    if name in OF_THE_ROW:
        return Order(OF_THE_ROW[name], (), descending)
    sought = catalogue.of(type_).get(name)
    if sought is None or sought.parameter.type not in KINDS:
        known = ", ".join(sortable(catalogue, type_))
        raise unsupported(f"{type_} cannot be sorted by {name[:60]}: use {known}.")
    return Order(KINDS[sought.parameter.type], tuple(place.number for place in sought.places), descending)
