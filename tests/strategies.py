"""Hypothesis strategies over a study: any record of any of its forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from adapter.crf.derive import derive
from adapter.crf.record import REASONS, Absent, Record
from adapter.crf.study import Item, Study

OFFSETS = ("+08:00", "Z", "-03:30", "+14:00", "+00:00")
TRICKY = st.sampled_from(
    [";", "\\", "\\;", "~", "~~", '"', ",", "\n", "风团", "😀", " x ", "~asked-unknown", "{a}", "=1+1"]
)


def records(study: Study, form_id: str, *, absent: bool = True, loose: bool = False) -> st.SearchStrategy[Record]:
    """Any record that parses: keys and required items always, others at times, derived ones by their rules.

    `absent` allows reasons in the place of answers that are no keys. The entries of a group differ in their
    first member, which each has, unless `loose`. Edit checks are not heeded.
    """
    form = study.forms[form_id]
    always: dict[str, st.SearchStrategy[Any]] = {}
    at_times: dict[str, st.SearchStrategy[Any]] = {}
    for item in form.items.values():
        if item.group is not None or item.rule is not None:
            continue
        value = entries(study, form_id, item, absent, loose) if item.type == "group" else answers(study, item)
        if absent and not item.key and item.type != "group":
            value = st.one_of(value, value, value, reasons())
        (always if item.key or item.required else at_times)[item.id] = value
    order = [item for item in form.items if "." not in item]

    def complete(record: Record) -> Record:
        derived = derive(form, {item: record[item] for item in order if item in record})
        return {item: derived[item] for item in order if item in derived}

    return st.fixed_dictionaries(always, optional=at_times).map(complete)


def reasons() -> st.SearchStrategy[Absent]:
    """Any reason why an answer is missing."""
    return st.sampled_from(REASONS).map(Absent)


def answers(study: Study, item: Item) -> st.SearchStrategy[Any]:
    """Any answer of an item; of a `many` item any set of them, codes in the codelist's order."""
    one = _VALUES[item.type](study, item)
    if not item.many:
        return one
    many = st.lists(one, min_size=1, max_size=4, unique=True)
    if item.type != "code":
        return many
    rows = list(study.codelists[item.codelist or ""].rows)
    return many.map(lambda codes: sorted(codes, key=rows.index))


def entries(study: Study, form_id: str, group: Item, absent: bool, loose: bool) -> st.SearchStrategy[list[Record]]:
    """Any entries of a group."""
    members = study.forms[form_id].members(group.id)
    values = {
        item.member: st.one_of(answers(study, item), reasons()) if absent else answers(study, item) for item in members
    }
    first = members[0].member
    needed = {item.member for item in members if item.required}
    if not loose:
        values[first] = answers(study, members[0])
        needed.add(first)
    always = {name: value for name, value in values.items() if name in needed}
    at_times = {name: value for name, value in values.items() if name not in needed}
    entry = st.fixed_dictionaries(always, optional=at_times).filter(bool)
    in_order = entry.map(lambda one: {name: one[name] for name in values if name in one})
    unique = None if loose else (lambda one: str(one[first]))
    return st.lists(in_order, min_size=1, max_size=3, unique_by=unique)


def texts() -> st.SearchStrategy[str]:
    """Any text that a record may hold: Unicode, line breaks, and what CSV and templates take for marks."""
    allowed = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    return st.one_of(st.text(allowed, min_size=1, max_size=20), TRICKY, st.tuples(TRICKY, TRICKY).map("".join)).filter(
        lambda text: bool(text.strip())
    )


def dates(*, whole: bool = False) -> st.SearchStrategy[str]:
    """Any date as text; partial ones too, unless `whole`."""
    days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
    near = st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(date.isoformat)
    full = st.one_of(near, near, days)
    return full if whole else st.one_of(full, full.map(lambda day: day[:7]), full.map(lambda day: day[:4]))


def datetimes() -> st.SearchStrategy[str]:
    """Any date, or time with seconds and offset, as text."""
    fraction = st.sampled_from(["", "", ".5", ".123", ".000"])
    time = st.builds("{}T{:%H:%M:%S}{}{}".format, dates(whole=True), st.times(), fraction, st.sampled_from(OFFSETS))
    return st.one_of(time, time, dates())


def decimals(item: Item) -> st.SearchStrategy[Decimal]:
    """Any number of the item's range, with up to three places and the zeros that were written."""
    low = Decimal(-1000) if item.low is None else item.low
    high = max(low, Decimal(100_000)) if item.high is None else item.high

    def scaled(places: int) -> st.SearchStrategy[Decimal]:
        ends = (int((end * 10**places).to_integral_value()) for end in (low, high))
        return st.integers(*ends).map(lambda number: Decimal(number).scaleb(-places))

    places = st.integers(0, 3).flatmap(scaled)
    return places.filter(lambda number: low <= number <= high)


def _integers(_study: Study, item: Item) -> st.SearchStrategy[int]:
    low = None if item.low is None else int(item.low)
    high = None if item.high is None else int(item.high)
    wide = 10**9
    return st.integers(-wide if low is None else low, max(low or 0, wide) if high is None else high)


def _pattern(study: Study, item: Item) -> st.SearchStrategy[str]:
    return st.from_regex(re.compile(study.patterns[item.type], re.ASCII), fullmatch=True)


def _codes(study: Study, item: Item) -> st.SearchStrategy[Any]:
    return st.sampled_from(list(study.codelists[item.codelist or ""].rows))


_TOKENS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=12)

_VALUES: dict[str, Callable[[Study, Item], st.SearchStrategy[Any]]] = {
    "subject": _pattern,
    "site": _pattern,
    "visit": _pattern,
    "token": lambda _study, _item: _TOKENS,
    "text": lambda _study, _item: texts(),
    "code": _codes,
    "boolean": lambda _study, _item: st.booleans(),
    "integer": _integers,
    "decimal": lambda _study, item: decimals(item),
    "date": lambda _study, _item: dates(),
    "fulldate": lambda _study, _item: dates(whole=True),
    "datetime": lambda _study, _item: datetimes(),
    "year": lambda _study, item: st.integers(int(item.low or 1900), int(item.high or 2100)),
}
