"""Whether the rule of a computed form fits the forms whose records it sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapter.crf.coherence import value_faults
from adapter.crf.faults import spell, text, word
from adapter.crf.item_type import DATES, NUMBERS
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map
from adapter.crf.study import Codelist, Form

WEEKLY = ("form", "item", "date", "days", "missing", "windows", "gives")
GIVES = {
    "start": DATES,
    "end": DATES,
    "sum": NUMBERS,
    "days": DATES,
    "window": ("code", "token", "text"),
    "prorated": ("boolean",),
}
"""What weekly_sum gives -> the types of the item that may take it; days, and windows too, may be many."""


def form_rule_faults(
    form: Form, rule: Mapping[str, Any], forms: Mapping[str, Form], codelists: Mapping[str, Codelist]
) -> Iterable[str]:
    """Say everything that is wrong with the rule of a computed form."""
    if list(rule) != ["weekly_sum"]:
        first = word(next(iter(rule), None))
        yield f"unknown rule {first}{hint(first, ['weekly_sum'])}"
        return
    weekly = rule["weekly_sum"]
    if not isinstance(weekly, Map):
        yield f"weekly_sum is a mapping, not {spell(weekly)}"
        return
    for key in weekly:
        if key not in WEEKLY:
            yield f"weekly_sum has no {word(key)}{hint(word(key), WEEKLY)}"
    yield from _form_item(weekly, "item", ("integer", "decimal"), forms)
    yield from _form_item(weekly, "date", DATES, forms)
    yield from _counts(weekly)
    yield from _windows(weekly, forms)
    yield from _gives(form, weekly, codelists)


def _form_item(where: Map, key: str, types: tuple[str, ...], forms: Mapping[str, Form]) -> Iterable[str]:
    form = forms.get(str(where.get("form")))
    if form is None:
        yield f"unknown form {text(where.get('form'))}{hint(str(where.get('form')), forms)}"
        return
    item = form.items.get(str(where.get(key)))
    if where.get(key) is None:
        yield f"{key} is missing: it names an item of {form.id}"
    elif item is None:
        yield f"{key}: {form.id} has no item {text(where.get(key))}{hint(str(where.get(key)), form.items)}"
    elif item.type not in types or item.many or item.group is not None:
        yield f"{key}: {item.id} is no {' or '.join(types)} with one answer"


def _counts(weekly: Map) -> Iterable[str]:
    days, missing = weekly.get("days"), weekly.get("missing", 0)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 1000:
        yield "days is the length of the window, a whole number from 1"
    elif isinstance(missing, bool) or not isinstance(missing, int) or not 0 <= missing < days:
        yield f"missing is how many days may be missing, 0 to {days - 1}"


def _windows(weekly: Map, forms: Mapping[str, Form]) -> Iterable[str]:
    windows = weekly.get("windows")
    if not isinstance(windows, Map) or not windows:
        yield "weekly_sum needs windows"
        return
    for name, window in windows.items():
        if isinstance(window, Map) and list(window) == ["before"] and isinstance(window["before"], Map):
            yield from (f"window {word(name)}: {why}" for why in _form_item(window["before"], "item", DATES, forms))
        elif not (isinstance(window, Map) and set(window) == {"every", "from", "to"} and _stretch(window)):
            shapes = "{before: {form: …, item: …}} or {every: DAYS, from: DAY, to: DAY}"
            yield f"window {word(name)}: {shapes}"


def _stretch(window: Map) -> bool:
    numbers = [window["every"], window["from"], window["to"]]
    whole = all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
    return whole and numbers[0] >= 1 and numbers[1] <= numbers[2]


def _gives(form: Form, weekly: Map, codelists: Mapping[str, Codelist]) -> Iterable[str]:
    gives = weekly.get("gives")
    if not isinstance(gives, Map) or "sum" not in gives:
        yield "weekly_sum says where its sum goes: gives: {sum: ITEM}"
        return
    for part, item_id in gives.items():
        why = _given(form, part, str(item_id))
        if why is not None:
            yield f"gives {word(part)}: {why}"
    window = form.items.get(str(gives.get("window")))
    if window is not None and isinstance(weekly.get("windows"), Map):
        yield from value_faults(window, list(weekly["windows"]), codelists)
    given = {str(item) for item in gives.values()}
    for key in form.keys:
        if key.type != "subject" and key.id not in given:
            yield f"the key {key.id} is given by nothing"


def _given(form: Form, part: Any, item_id: str) -> str | None:
    item = form.items.get(item_id)
    if part not in GIVES:
        return f"weekly_sum gives no such thing{hint(word(part), GIVES)}"
    if item is None:
        return f"{form.id} has no item {item_id}{hint(item_id, form.items)}"
    if item.type not in GIVES[part] or not (part == "window" or item.many is (part == "days")):
        return f"{item.id} cannot take it, it is {'many ' if item.many else ''}{item.type}"
    return None
