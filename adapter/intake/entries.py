"""What is held of a record, joined with what a fragment brings: a repeated resource tells one entry of its group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Content = dict[str, Any]
"""A record in its JSON form: item id -> JSON value."""


def joined(held: Content, brought: Content, told: Mapping[str, frozenset[str]]) -> Content:
    """Return the content of both; `brought` wins, and leaves untouched what it does not name.

    `told` are the items that repeated resources tell, a group with the members that tell its entries apart. Such a
    resource brings one entry, or one of many answers: the others stay.
    """
    lists = [item for item in told if isinstance(held.get(item), list) and isinstance(brought.get(item), list)]
    return {**held, **brought, **{item: _entries(held[item], brought[item], told[item]) for item in lists}}


def _entries(held: list[Any], brought: list[Any], members: frozenset[str]) -> list[Any]:
    if not members:
        return [*held, *(value for value in brought if value not in held)]
    found: dict[tuple[Any, ...], Content] = {}
    for entry in (*held, *brought):
        mark = tuple(str(entry.get(member)) for member in sorted(members))
        found[mark] = {**found.get(mark, {}), **entry}
    return list(found.values())
