"""Keys that a sender does not know: which planned occasion a record belongs to, from its date and the schedule.

study.yaml: `completing: {injection: {from: time, together: cycle}}`: the keys of a form beside the subject follow from
the date of an item; occasions of one value of the key `together` are shifted together, as the records of it say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapter.crf.answer import Record, answered
from adapter.crf.day_0 import day_0
from adapter.crf.faults import Faults, spell, word
from adapter.crf.instant import day_of
from adapter.crf.item_type import DATES
from adapter.crf.nearest import hint
from adapter.crf.schedule import Occasion, occasions, study_day
from adapter.crf.strict_yaml import Map
from adapter.crf.study import Form, Study

NEAR = 3
"""Occasions that are told where none fits."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The occasions that a record may belong to, as their keys; one of them where `certain`. Day 0, if it is known."""

    candidates: tuple[Mapping[str, Any], ...]
    certain: bool
    zero: date | None


def completes(study: Study, form: str) -> str | None:
    """The item from whose date the keys of a form follow; None for a form whose keys are always given."""
    rule = (study.facts.get("completing") or {}).get(form)
    return str(rule["from"]) if isinstance(rule, Mapping) else None


def complete(study: Study, form: Form, record: Record, records: Mapping[str, Sequence[Record]]) -> Completion:
    """Find the occasion of a record that lacks keys, among the subject's `records` by form.

    A record at the occasion that says another time is another injection, or this one corrected: that is not certain.
    """
    rule = study.facts["completing"][form.id]
    item, zero = str(rule["from"]), day_0(study, records)
    day = day_of(answered(record, item), study.zone)
    given = {key.id: record[key.id] for key in form.keys if key.id in record}
    planned = [one for one in occasions(study, form.id) if _fits(one, given)]
    if zero is None or day is None:
        return Completion((), certain=False, zero=zero)
    shifts = _shifts(study, form, item, str(rule.get("together", "")), records, zero)
    exact = [one for one in planned if one.day + _shift(shifts, rule, one) == study_day(zero, day)]
    taken = any(_differs(held, one, record, item) for held in records.get(form.id, ()) for one in exact)
    near = exact or sorted(planned, key=lambda one: abs(one.day - study_day(zero, day)))[:NEAR]
    return Completion(tuple(one.keys for one in near), len(exact) == 1 and not taken, zero)


def _fits(occasion: Occasion, given: Record) -> bool:
    return all(given[key] == value for key, value in occasion.keys.items() if key in given)


def _shift(shifts: Mapping[Any, int], rule: Mapping[str, Any], occasion: Occasion) -> int:
    return shifts.get(occasion.keys.get(str(rule.get("together", ""))), 0)


def _shifts(
    study: Study, form: Form, item: str, together: str, records: Mapping[str, Sequence[Record]], zero: date
) -> dict[Any, int]:
    """By how many days the occasions of each value of `together` are shifted, as its first record with a date says."""
    found: dict[Any, int] = {}
    planned = occasions(study, form.id)
    for record in records.get(form.id, ()):
        day = day_of(answered(record, item), study.zone)
        own = next((one for one in planned if all(record.get(k) == v for k, v in one.keys.items())), None)
        if day is not None and own is not None and together in own.keys:
            found.setdefault(own.keys[together], study_day(zero, day) - own.day)
    return found


def _differs(held: Record, occasion: Occasion, record: Record, item: str) -> bool:
    same = all(held.get(key) == value for key, value in occasion.keys.items())
    return same and answered(held, item) != answered(record, item)


def check_completing(facts: Map, forms: Mapping[str, Form], faults: Faults) -> None:
    """Note what `completing` names and is not there."""
    given = facts.get("completing")
    if given is None:
        return
    if not isinstance(given, Map):
        faults.at(facts, "completing", f"completing is a mapping of forms, not {spell(given)}")
        return
    for form_id in given:
        for why in _faults(word(form_id), given[form_id], facts, forms):
            faults.at(given, form_id, why)


def _faults(form_id: str, rule: Any, facts: Map, forms: Mapping[str, Form]) -> Iterator[str]:
    form = forms.get(form_id)
    if form is None:
        yield f"unknown form {form_id}{hint(form_id, forms)}"
        return
    if not isinstance(rule, Map) or not {"from"} <= set(rule) <= {"from", "together"}:
        yield "the keys are completed by {from: ITEM, together: KEY}"
        return
    item = form.items.get(word(rule["from"]))
    if item is None or item.type not in DATES or item.many or item.restricted:
        yield f"{form.id} has no open date {word(rule['from'])}{hint(word(rule['from']), form.items)}"
    keys = [key.id for key in form.keys]
    if "together" in rule and word(rule["together"]) not in keys:
        yield f"together names a key{hint(word(rule['together']), keys)}"
    schedule = facts.get("schedule")
    if not isinstance(schedule, Map) or form_id not in schedule:
        yield f"{form_id} has no planned occasions in the schedule"
