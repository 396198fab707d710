"""Records that pass the edit checks, made of any records: what a broken check names is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapter.crf.check import checker
from adapter.crf.derive import derive
from adapter.crf.record import Absent, Record
from adapter.crf.study import Check, Form, Study
from adapter.outcome import Issue

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ROUNDS = 20


def passing(study: Study, form_id: str, record: Record) -> Record | None:
    """Return the record without the answers that edit checks refuse; None where it needs or must keep one of them.

    The form `study` has one record, whose key is the study's.
    """
    form = study.forms[form_id]
    if form_id == "study":
        record = record | {item.id: study.facts[item.id] for item in form.keys if item.id in study.facts}
    check = checker(form, study.zone)
    for _ in range(ROUNDS):
        broken = check(record, NOW)
        if not broken:
            return record
        mended = _without(form, record, broken[0])
        if mended is None:
            return None
        record = mended
    return None


def _without(form: Form, record: Record, issue: Issue) -> Record | None:
    check = next(check for check in form.checks if check.id == issue.key)
    if check.rule == "begins_with":
        return _beginning(record, check)
    named = (
        [name for name in check.items if not form.items[name].derived] if check.rule == "only_with" else [issue.item]
    )
    group = form.items[check.items[0]].group
    drop = {str(name) for name in named} if group is None else {group}
    if check.rule == "needs" or any(form.items[name].key or form.items[name].required for name in drop):
        return None
    kept = {name: answer for name, answer in record.items() if name not in drop and form.items[name].rule is None}
    complete = derive(form, kept)
    return {name: complete[name] for name in form.items if name in complete}


def _beginning(record: Record, check: Check) -> Record | None:
    whole, beginning = check.items
    start: Any = record[beginning]
    if isinstance(start, Absent):
        return None
    return record | {whole: start + record[whole][len(start) :]}
