"""Whether the edit checks that open queries fit the forms, the schedule and the facts that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adapter.crf.coherence import check_faults, condition_faults
from adapter.crf.faults import Faults, spell, text, word
from adapter.crf.form_file import CHECK_RULES
from adapter.crf.item_type import DATES, NUMBERS, parse_range
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Check, Codelist, Form

ARGUMENTS = {
    "within": ("items", "range", "when", "given"),
    "answered": ("items",),
    "reported": ("items", "hours", "when"),
    "unchanged": ("items", "since"),
    "scheduled": ("items", "when", "together"),
    "once_a_day": ("items", "when"),
    "prohibited": ("items", "groups", "until"),
}
TYPES = {"within": NUMBERS, "reported": ("datetime",), "scheduled": DATES, "once_a_day": DATES}
"""Rule -> the types of its items, each with one answer."""


def check_queries(facts: Map, forms: Mapping[str, Form], codelists: Mapping[str, Codelist], faults: Faults) -> None:
    """Note every fault of the checks that open queries."""
    for form in forms.values():
        for check in form.queries:
            for why in _faults(facts, forms, form, check, codelists):
                faults.add(check.file, check.line, f"the check {check.id}: {why}")


def _faults(
    facts: Map, forms: Mapping[str, Form], form: Form, check: Check, codelists: Mapping[str, Codelist]
) -> Iterable[str]:
    hidden = [item for item in check.items if item in form.items and form.items[item].restricted]
    if hidden:
        yield f"{', '.join(hidden)} may reveal the arm: a query about it would too"
    if check.rule in CHECK_RULES:
        yield from check_faults(form, check, codelists)
        return
    unknown = [item for item in check.items if item not in form.items]
    for item in unknown:
        yield f"unknown item {item}{hint(item, form.items)}"
    if not check.items:
        yield f"{check.rule} names no items"
    elif not unknown:
        yield from _type_faults(form, check)
    yield from condition_faults(form, check, codelists, ARGUMENTS[check.rule])
    for name, judge in _JUDGED.items():
        if name in ARGUMENTS[check.rule]:
            yield from judge(check.arguments.get(name), facts, forms, form)


def _type_faults(form: Form, check: Check) -> Iterable[str]:
    wanted = TYPES.get(check.rule)
    for item in check.items if wanted is not None else ():
        if form.items[item].type not in (wanted or ()) or form.items[item].many or form.items[item].group is not None:
            yield f"{item} is a {form.items[item].type}; {check.rule} takes one answer of {', '.join(wanted or ())}"
    if check.rule == "prohibited" and len(check.items) != 3:
        yield "prohibited takes three items, [code, start, end]"
    if check.rule in ("scheduled", "once_a_day") and len(check.items) != 1:
        yield f"{check.rule} takes one item, the date"


def _range(value: Any, _facts: Map, _forms: Mapping[str, Form], _form: Form) -> Iterable[str]:
    try:
        parse_range(text(value) or "")
    except ValueError as reason:
        yield str(reason)


def _given(value: Any, _facts: Map, forms: Mapping[str, Form], _form: Form) -> Iterable[str]:
    if value is None:
        return
    if not isinstance(value, Map) or set(value) != {"form", "item"}:
        yield "given is {form: …, item: …}"
        return
    named, item = forms.get(word(value["form"])), word(value["item"])
    if named is None:
        yield f"unknown form {word(value['form'])}{hint(word(value['form']), forms)}"
    elif item not in named.items:
        yield f"{named.id} has no item {item}{hint(item, named.items)}"
    elif named.items[item].restricted:
        yield f"{item} may reveal the arm: a query that hangs on it would too"


def _hours(value: Any, _facts: Map, _forms: Mapping[str, Form], _form: Form) -> Iterable[str]:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        yield f"hours is a number of hours, not {spell(value)}"


def _since(value: Any, _facts: Map, _forms: Mapping[str, Form], form: Form) -> Iterable[str]:
    if word(value) not in form.items:
        yield f"since names an item{hint(word(value), form.items)}"


def _together(value: Any, _facts: Map, _forms: Mapping[str, Form], form: Form) -> Iterable[str]:
    keys = [key.id for key in form.keys]
    if value is not None and word(value) not in keys:
        yield f"together names a key{hint(word(value), keys)}"


def _groups(value: Any, facts: Map, _forms: Mapping[str, Form], _form: Form) -> Iterable[str]:
    lines = facts.get(word(value))
    right = isinstance(lines, Seq) and all(
        isinstance(line, Map) and isinstance(line.get("atc"), Seq) and _lasts(line) for line in lines
    )
    if not right:
        yield "groups names a fact of study.yaml with lines {weeks: 12, atc: [codes]} or {ever: true, atc: [codes]}"


def _lasts(line: Map) -> bool:
    weeks = line.get("weeks")
    return line.get("ever") is True or (isinstance(weeks, int) and not isinstance(weeks, bool) and weeks >= 0)


def _until(value: Any, facts: Map, forms: Mapping[str, Form], _form: Form) -> Iterable[str]:
    schedule = facts.get("schedule")
    if word(value) not in forms or not isinstance(schedule, Map) or word(value) not in schedule:
        yield f"until names a form with planned occasions{hint(word(value), forms)}"


_JUDGED: Mapping[str, Callable[[Any, Map, Mapping[str, Form], Form], Iterable[str]]] = {
    "range": _range,
    "given": _given,
    "hours": _hours,
    "since": _since,
    "together": _together,
    "groups": _groups,
    "until": _until,
}
