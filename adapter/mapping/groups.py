"""The entries of a group, whose members may stand in several resources: which entries are one, and how they join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapter.mapping.plan import ResourcePlan, holes

Entry = dict[str, Any]


def told_by(plans: Iterable[ResourcePlan]) -> dict[str, frozenset[str]]:
    """Return the items that repeated resources tell, a group with the members that tell its entries apart."""
    found: dict[str, frozenset[str]] = {}
    for plan in plans:
        if plan.each is not None and plan.each.type != "group":
            found[plan.each.id] = frozenset()
        elif plan.each is not None:
            group = plan.each.id
            members = frozenset(hole.item.member for hole in holes(plan.id) if hole.item.group == group)
            found[group] = members & found.get(group, members) or members
    return found


def united(
    first: Sequence[Entry], second: Sequence[Entry], told: frozenset[str], *, views: bool = False
) -> tuple[list[Entry], set[str]]:
    """Return the entries of two fragments, those that are one joined, and the members on which joined ones differ.

    Entries are one if they have the members that tell them apart in common; where a group has no such members, if
    neither contradicts the other. So are entries of two views (`views`) that both came without those members: each
    view has every entry, and one of them may say less of it.
    """
    whole = [dict(entry) for entry in first]
    free = list(whole)
    torn: set[str] = set()
    by_equals = sorted(second, key=lambda entry: entry not in first) if len(second) > 1 else second
    for entry in by_equals:  # equal ones find each other first
        same = _same(entry, free, told, views)
        if same is None:
            whole.append(dict(entry))
            continue
        free = [one for one in free if one is not same]
        torn |= {member for member in entry.keys() & same.keys() if entry[member] != same[member]}
        same.update({member: value for member, value in entry.items() if member not in same})
    return whole, torn


def _same(entry: Entry, free: Iterable[Entry], told: frozenset[str], views: bool) -> Entry | None:
    """Return the entry that is one with another: an equal one, if there is any."""
    for one in free:
        if one == entry:
            return one
    return next((one for one in free if _are_one(one, entry, told, views)), None)


def _are_one(one: Entry, other: Entry, told: frozenset[str], views: bool) -> bool:
    untold = views and told.isdisjoint(one) and told.isdisjoint(other)
    if told and not untold:
        return all(member in one and one[member] == other.get(member) for member in told)
    shared = one.keys() & other.keys()
    return bool(shared) and all(one[member] == other[member] for member in shared)
