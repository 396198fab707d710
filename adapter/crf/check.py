"""The edit checks that reject a record: named rules of docs/study-package.md, compiled to closures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapter.crf.answer import Absent, Record, answered, show
from adapter.crf.instant import is_before as lies_before
from adapter.crf.instant import moment, offset
from adapter.crf.literal import literal
from adapter.crf.study import Check, Form
from adapter.outcome import Issue

Checker = Callable[[Record, datetime], list[Issue]]
Failing = Callable[[Record, datetime], tuple[str, ...]]
"""From a record and the time of the check to the items that break the rule: none when it holds."""


def checker(form: Form, zone: str | None = None) -> Checker:
    """Return the function that finds the broken edit checks of a record at an aware `now`.

    `zone` is the study's offset, in which a day begins and ends; without it days are as they are written,
    and today is `now`'s own. Issues have the code business-rule, the check's id as key, and no place yet.
    """
    checks = [(check, _compile(form, check, zone)) for check in form.checks]

    def check_record(record: Record, now: datetime) -> list[Issue]:
        return [_issue(form, check, items, record) for check, failing in checks if (items := failing(record, now))]

    return check_record


def failing_of(form: Form, check: Check, zone: str | None) -> Failing:
    """Return what finds the items of a record that break a check, at an aware time."""
    return _compile(form, check, zone)


def condition_of(form: Form, check: Check) -> Callable[[Record], bool]:
    """Return whether a check's `when` holds of a record; one without `when` holds of every record."""
    return _condition(form, check, unjudged=False) if "when" in check.arguments else lambda _record: True


def judged(form: Form, issue: Issue, record: Record, told: frozenset[str]) -> bool:
    """Tell whether a broken check hangs on no silence of an item that could not be `told`."""
    check = next(check for check in form.checks if check.id == issue.key)
    return all(item in told or item in record or form.items[item].group in record for item in looked_at(check))


def looked_at(check: Check) -> tuple[str, ...]:
    """Return the items that decide a check: those it is about, and those of its condition."""
    return (*check.items, *_conditions(check))


def _compile(form: Form, check: Check, zone: str | None) -> Failing:
    failing = _RULES[check.rule](form, check, check.items, zone)
    group = form.items[check.items[0]].group
    return failing if group is None else _each_entry(group, failing)


def _each_entry(group: str, failing: Failing) -> Failing:
    """Judge every entry of a group as if its members were items of the record."""

    def check_entries(record: Record, now: datetime) -> tuple[str, ...]:
        broken: dict[str, None] = {}
        for entry in answered(record, group) or ():
            members = {f"{group}.{member}": value for member, value in entry.items()}
            broken |= dict.fromkeys(failing(record | members, now))
        return tuple(broken)

    return check_entries


def _issue(form: Form, check: Check, items: tuple[str, ...], record: Record) -> Issue:
    label = check.labels.get("en") or next(iter(check.labels.values()), check.id)
    named = dict.fromkeys((*items, *_conditions(check)))
    found = ", ".join(f"{item} {_found(record, item)}" for item in named)
    todo = _TODO[check.rule].format(items=", ".join(items))
    return Issue("error", "business-rule", f"{label} Found: {found}. {todo}", None, form.id, items[0], None, check.id)


def _conditions(check: Check) -> tuple[str, ...]:
    return tuple(check.arguments.get("when") or ())


def _found(record: Mapping[str, Any], item: str) -> str:
    group, _, member = item.rpartition(".")
    if group:
        entries = record.get(group)
        values = [entry.get(member) for entry in entries] if isinstance(entries, list) else []
        return "; ".join(_found({member: value}, member) for value in values)
    value = record.get(item)
    if value is None:
        return "not answered"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else show(value).strip("'")


def _not_before(_form: Form, _check: Check, items: tuple[str, ...], zone: str | None) -> Failing:
    later, earlier = items

    def failing(record: Record, _now: datetime) -> tuple[str, ...]:
        end, start = answered(record, later), answered(record, earlier)
        return items if end is not None and start is not None and lies_before(end, start, zone) else ()

    return failing


def _not_future(_form: Form, _check: Check, items: tuple[str, ...], zone: str | None) -> Failing:
    def failing(record: Record, now: datetime) -> tuple[str, ...]:
        return tuple(item for item in items if _is_future(answered(record, item), now, zone))

    return failing


def _is_future(value: str | None, now: datetime, zone: str | None) -> bool:
    if value is None:
        return False
    when = moment(value)
    if when is not None:
        return when > now
    today = (now if zone is None else now.astimezone(offset(zone))).date().isoformat()
    return value > today[: len(value)]


def _not_less(_form: Form, _check: Check, items: tuple[str, ...], _zone: str | None) -> Failing:
    greater, less = items

    def failing(record: Record, _now: datetime) -> tuple[str, ...]:
        high, low = answered(record, greater), answered(record, less)
        return items if high is not None and low is not None and high < low else ()

    return failing


def _known(_form: Form, _check: Check, items: tuple[str, ...], _zone: str | None) -> Failing:
    """No reason stands in the place of these answers; silence may."""
    return lambda record, _now: tuple(item for item in items if type(record.get(item)) is Absent)


def _begins_with(_form: Form, _check: Check, items: tuple[str, ...], _zone: str | None) -> Failing:
    whole, beginning = items

    def failing(record: Record, _now: datetime) -> tuple[str, ...]:
        text, start = answered(record, whole), answered(record, beginning)
        return items if text is not None and start is not None and not text.startswith(start) else ()

    return failing


def _only_with(form: Form, check: Check, items: tuple[str, ...], _zone: str | None) -> Failing:
    """Answers stand only where the condition holds; one that is missing for a reason cannot be judged.

    Where the check is `strict` a reason is an answer too, and fulfils no condition.
    """
    strict = check.arguments.get("strict") is True
    holds = _condition(form, check, unjudged=not strict)

    def failing(record: Record, _now: datetime) -> tuple[str, ...]:
        given = tuple(item for item in items if item in record and (strict or type(record[item]) is not Absent))
        return given if given and not holds(record) else ()

    return failing


def _needs(form: Form, check: Check, items: tuple[str, ...], _zone: str | None) -> Failing:
    """Where the condition holds the items are answered; a reason why one is missing is an answer."""
    holds = _condition(form, check, unjudged=False)

    def failing(record: Record, _now: datetime) -> tuple[str, ...]:
        return tuple(item for item in items if item not in record) if holds(record) else ()

    return failing


def _condition(form: Form, check: Check, *, unjudged: bool) -> Callable[[Record], bool]:
    """Return whether all of `when` hold; `unjudged` says what to think of an answer missing for a reason."""
    wanted = []
    for item_id, value in check.arguments["when"].items():
        item = form.items[item_id]
        values = value if isinstance(value, list) else [value]
        wanted.append((item.id, frozenset(literal(item, one) for one in values)))

    def holds(record: Record) -> bool:
        return all(_matches(record.get(item), values, unjudged) for item, values in wanted)

    return holds


def _matches(value: Any, values: frozenset[Any], unjudged: bool) -> bool:
    if type(value) is Absent:
        return unjudged
    return not values.isdisjoint(value) if isinstance(value, list) else value in values


_RULES: dict[str, Callable[[Form, Check, tuple[str, ...], str | None], Failing]] = {
    "not_before": _not_before,
    "not_future": _not_future,
    "not_less": _not_less,
    "begins_with": _begins_with,
    "known": _known,
    "only_with": _only_with,
    "needs": _needs,
}
_TODO = {
    "not_before": "Correct the one that is wrong.",
    "not_future": "Correct the date.",
    "not_less": "Correct the one that is wrong.",
    "begins_with": "Correct the one that is wrong.",
    "known": "Answer {items}: no reason can stand in its place.",
    "only_with": "Leave {items} out, or correct the answer that it depends on.",
    "needs": "Answer {items}, or give the reason why it is missing.",
}
