"""Turn what was drawn into the typed values of a form's items (docs/study-package.md, Records)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import floor
from typing import Any

from adapter.crf.record import Absent, Record
from adapter.crf.study import Codelist, Form, Item

Codelists = Mapping[str, Codelist]

TENTHS = 1
"""Digits after the point of a decimal whose draw says none."""


def record_of(form: Form, codelists: Codelists) -> Callable[[Mapping[str, Any]], Record]:
    """Return what makes a record, in the form's order, of drawn values (item id -> value or None).

    Many answers are a set: codes stand in their codelist's order, entries by their members.
    """
    typed = [
        (item.id, _typed(form, item, codelists))
        for item in form.items.values()
        if item.group is None and not item.derived
    ]

    def build(drawn: Mapping[str, Any]) -> Record:
        return {name: as_type(drawn[name]) for name, as_type in typed if drawn.get(name) is not None}

    return build


def _typed(form: Form, item: Item, codelists: Codelists) -> Callable[[Any], Any]:
    one = _entry(form, item, codelists) if item.type == "group" else SCALARS.get(item.type, str)
    if not item.many:
        return lambda value: value if isinstance(value, Absent) else one(value)
    rank = _entry_rank(form, item, codelists) if item.type == "group" else _rank(item, codelists)
    return lambda value: value if isinstance(value, Absent) else sorted((one(each) for each in _list(value)), key=rank)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _entry(form: Form, group: Item, codelists: Codelists) -> Callable[[Any], dict[str, Any]]:
    members = {member.member: _typed(form, member, codelists) for member in form.members(group.id)}
    return lambda entry: {
        name: as_type(entry[name]) for name, as_type in members.items() if entry.get(name) is not None
    }


def _entry_rank(form: Form, group: Item, codelists: Codelists) -> Callable[[Mapping[str, Any]], Any]:
    ranks = [(member.member, _rank(member, codelists)) for member in form.members(group.id)]
    return lambda entry: [rank(entry[name]) if name in entry else (-1, "") for name, rank in ranks]


def _rank(item: Item, codelists: Codelists) -> Callable[[Any], Any]:
    """Return the place of an answer: of a code, its row; of others, by size, behind what is missing."""
    if item.codelist is None:
        return lambda answer: (0, answer.reason) if isinstance(answer, Absent) else (1, answer)
    rows = {answer: place for place, answer in enumerate(codelists[item.codelist].rows)}
    return lambda answer: (rows.get(answer, -1), "")


def whole(value: Any) -> int:
    """Return the nearest whole number, half up."""
    return value if isinstance(value, int) else floor(float(value) + 0.5)


def decimal(value: Any) -> Decimal:
    """Return a decimal with the digits it was declared with; a raw number gets one digit."""
    return Decimal(f"{value:.{TENTHS}f}") if isinstance(value, float) else Decimal(value)


SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "integer": whole,
    "year": whole,
    "decimal": decimal,
    "boolean": bool,
}
"""Item type -> what makes its value; every other type is the text as drawn."""
