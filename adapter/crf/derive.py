"""Derived items: the named rules of docs/study-package.md, compiled to closures over one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapter.crf.answer import Record, answered
from adapter.crf.item_type import parse_range
from adapter.crf.literal import literal
from adapter.crf.rule_coherence import sources
from adapter.crf.study import Form, Item, Study
from adapter.crf.weekly import weekly_sums

Deriver = Callable[[Record], None]
Rule = Callable[[Record], Any]
"""From a record to the value of a derived item; None where it has none."""


def derive(form: Form, record: Record) -> Record:
    """Return a copy of the record with every derived item that has a rule computed anew."""
    computed = dict(record)
    fill = deriver(form)
    if fill is not None:
        fill(computed)
    return computed


def deriver(form: Form) -> Deriver | None:
    """Return the function that fills the derived items into a record, in place; None where there is no rule.

    A value that was there is replaced, and removed where the rule gives none. The form's item order is kept.
    """
    rules = [(item.id, compile_rule(form, item)) for item in _in_dependence(form)]
    if not rules:
        return None
    ids = [item.id for item in form.items.values() if item.group is None]
    at_end = ids[len(ids) - len(rules) :] == [item for item, _ in rules]

    def fill(record: Record) -> None:
        for item, rule in rules:
            record.pop(item, None)
            value = rule(record)
            if value is not None:
                record[item] = value
        if not at_end:
            ordered = {item: record[item] for item in ids if item in record}
            record.clear()
            record.update(ordered)

    return fill


def compute(study: Study, form_id: str, records: Mapping[str, Sequence[Record]]) -> list[Record]:
    """Return the records of a computed form from one subject's records of other forms (form id -> records).

    A window whose sum cannot be computed gives no record. Sorted by key, which is also what makes two windows
    one record. ValueError for a form without a rule.
    """
    form = study.forms[form_id]
    if form.rule is None:
        raise ValueError(f"{form_id} is filled in, not computed")
    fill = deriver(form)
    found = weekly_sums(study, form, records)
    if fill is not None:
        for record in found:
            fill(record)
    return found


def _in_dependence(form: Form) -> list[Item]:
    """Return the items with rules, each after those that its rule reads."""
    waiting = {item.id: item for item in form.items.values() if item.rule is not None}
    ready: list[Item] = []
    while waiting:
        free = [item for item in waiting.values() if waiting.keys().isdisjoint(sources(item.rule or {}))]
        if not free:
            raise ValueError(f"the rules of {form.id} go round in a circle")
        ready += free
        for item in free:
            del waiting[item.id]
    return ready


def compile_rule(form: Form, item: Item) -> Rule:
    """Return the compiled rule of a derived item that a loaded study holds."""
    rule = item.rule or {}
    name = next(name for name in _RULES if name in rule)
    return _RULES[name](form, item, rule)


def _sum(_form: Form, item: Item, rule: Mapping[str, Any]) -> Rule:
    """Add the answered items; silent when more than `missing` of them are not answered, or none is."""
    items, missing = sources(rule), rule.get("missing", 0)
    start: int | Decimal = Decimal(0) if item.type == "decimal" else 0

    def add(record: Record) -> Any:
        values = [value for one in items if (value := answered(record, one)) is not None]
        if not values or len(items) - len(values) > missing:
            return None
        return sum(values, start)

    return add


def _band(_form: Form, item: Item, rule: Mapping[str, Any]) -> Rule:
    """Name the band in which a number lies; silent between bands."""
    source = sources(rule)[0]
    bands = [(literal(item, name), *parse_range(str(ends))) for name, ends in rule["bands"].items()]

    def name(record: Record) -> Any:
        value = answered(record, source)
        if value is None:
            return None
        for band, low, high in bands:
            if (low is None or value >= low) and (high is None or value <= high):
                return band
        return None

    return name


def _all(_form: Form, _item: Item, rule: Mapping[str, Any]) -> Rule:
    """Tell whether all answers are as wanted: false as soon as one is not, silent while one is missing."""
    wanted = [(item, expected) for expected, items in rule["all"].items() for item in items]

    def judge(record: Record) -> Any:
        answers = [(answered(record, item), expected) for item, expected in wanted]
        if any(answer is not None and answer is not expected for answer, expected in answers):
            return False
        return None if any(answer is None for answer, _ in answers) else True

    return judge


def _equals(form: Form, _item: Item, rule: Mapping[str, Any]) -> Rule:
    """Tell whether an answer is the one that the rule names; silent while there is none."""
    source = sources(rule)[0]
    expected = literal(form.items[source], rule["value"])

    def compare(record: Record) -> Any:
        value = answered(record, source)
        return None if value is None else value == expected

    return compare


_RULES = {"sum": _sum, "band": _band, "all": _all, "equals": _equals}
