"""What a person may see of what is in quarantine, to recognise it: forms, dates, and tokens of unlinked patients.

A token is the beginning of the HMAC of a name: two entries with a token in common are about one patient, and nobody
learns whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from adapter.intake.conformity import is_fhir, judge
from adapter.intake.linking import AWAITED
from adapter.intake.shapes import CELLS
from adapter.store.quarantine import Kept

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

TOKEN = 12
"""Hexadecimal digits of a token."""

MOST = 20
"""Resources or records of one entry that are looked at."""

DATES = ("effectiveDateTime", "occurrenceDateTime", "performedDateTime", "authored", "onsetDateTime", "recordedDate")
PERIODS = ("effectivePeriod", "performedPeriod", "period")
"""The elements that say when what a resource tells was, by R4's types."""

DAYS = ("fulldate", "date", "datetime")
"""The types of the items that say the same."""

_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?", re.ASCII)


def recognised(desk: Desk, kept: Kept) -> dict[str, list[str]]:
    """The `forms`, `dates` and `patients` (tokens) of an entry, each without repeats; what there is none of is left
    out."""
    given = kept.content[:MOST] if isinstance(kept.content, list) else []
    if kept.form is not None:
        found = {"dates": [date for one in given for date in _of_record(desk, kept.form, one)]}
    else:
        resources = [one["resource"] for one in given if isinstance(one.get("resource"), dict)]
        found = {
            "forms": [form for one in resources for form in _forms(desk, one)],
            "dates": [date for one in resources for date in _of_resource(one)],
            "patients": [mac[:TOKEN] for one in (kept.awaits or "", *_awaited(resources)) for mac in one.split()],
        }
    return {name: sorted(set(values)) for name, values in found.items() if values}


def _forms(desk: Desk, resource: Mapping[str, Any]) -> list[str]:
    if not is_fhir(judge(desk, resource)):
        return []
    reading = desk.read(resource)
    return [reading.form] if reading.form is not None and reading.record else []


def _of_resource(resource: Mapping[str, Any]) -> Iterator[str]:
    periods = [resource[name].get("start") for name in PERIODS if isinstance(resource.get(name), dict)]
    return _days([*(resource.get(name) for name in DATES), *periods])


def _of_record(desk: Desk, form: str, record: Any) -> Iterator[str]:
    cells = record.get(CELLS, record) if isinstance(record, dict) else {}
    dates = [item.id for item in desk.forms[form].items.values() if item.type in DAYS]
    return _days(cells.get(item) for item in dates if not desk.forms[form].items[item].restricted)


def _days(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        day = _DATE.match(value) if isinstance(value, str) else None
        if day is not None:
            yield day.group()


def _awaited(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if each.get("system") == AWAITED and isinstance(each.get("value"), str):
                yield each["value"]
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
