"""The edit checks that keep the data and open a query, compiled to closures over all records of one subject.

A rule of adapter.crf.check may open a query as well: it then looks at the record alone, as those here do that are in
OF_RECORD. The others look at what else the subject has, at the schedule, or at what the record said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapter.crf.answer import Record, answered, show
from adapter.crf.check import condition_of, failing_of
from adapter.crf.deviation import once_a_day, prohibited, scheduled
from adapter.crf.form_file import CHECK_RULES
from adapter.crf.instant import moment
from adapter.crf.item_type import parse_range
from adapter.crf.study import Check, Form, Study

OF_RECORD = frozenset({*CHECK_RULES, "answered", "reported", "unchanged"})
"""Rules that look at one record, and at when and how it was told, but at no other record."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One record as it is told: its values, when the push that tells it arrived (None: it is loaded from a file, which
    says nothing of that), and its values before, the oldest first."""

    record: Record
    received: datetime | None = None
    before: Sequence[Record] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A query to be open: about which record's item, by which check, and what was found."""

    form: str
    record: Record = field(hash=False)
    check: str
    item: str
    text: str


Finds = Callable[[Telling], Iterable[str]]
"""The items of a record that are to be queried."""
Across = Callable[[Mapping[str, Sequence[Record]]], Iterable[tuple[Record, str]]]
"""From the records of a subject by form to (record, item) to be queried."""


def of_record(study: Study, form: Form) -> Callable[[Telling], list[Finding]]:
    """Return what finds the queries of a record of this form by those checks that look at no other."""
    checks = [(check, _own(study, form, check)) for check in form.queries if is_own(check)]

    def find(telling: Telling) -> list[Finding]:
        return [_finding(form, check, telling.record, item) for check, finds in checks for item in finds(telling)]

    return find


def across(study: Study, form: Form) -> Callable[[Mapping[str, Sequence[Record]]], list[Finding]]:
    """Return what finds the queries of a subject's records of this form by those checks that look at others too."""
    checks = [(check, _across(study, form, check)) for check in form.queries if not is_own(check)]

    def find(records: Mapping[str, Sequence[Record]]) -> list[Finding]:
        return [_finding(form, check, record, item) for check, finds in checks for record, item in finds(records)]

    return find


def is_own(check: Check) -> bool:
    """True for a check that looks at one record alone."""
    return check.rule in OF_RECORD or (check.rule == "within" and "given" not in check.arguments)


def looks_back(form: Form) -> bool:
    """True if a check of this form asks what its record said before."""
    return any(check.rule in ("reported", "unchanged") for check in form.queries)


def looks_at(study: Study, form: Form) -> frozenset[str]:
    """Return the forms whose records the checks of `across` look at; none where the form has no such check."""
    found: set[str] = set()
    for check in form.queries:
        if not is_own(check):
            found.add(form.id)
            given = check.arguments.get("given")
            found |= {str(given["form"])} if isinstance(given, Mapping) else set()
            if check.rule in ("scheduled", "prohibited"):
                sources = study.facts.get("day_0") or ()
                named = sources.values() if isinstance(sources, Mapping) else sources
                found |= {str(source["form"]) for source in named}
    return frozenset(found)


def _own(study: Study, form: Form, check: Check) -> Finds:
    if check.rule in CHECK_RULES:
        failing = failing_of(form, check, study.zone)
        now = datetime.max.replace(tzinfo=UTC)
        return lambda telling: failing(telling.record, telling.received or now)
    return _OWN[check.rule](form, check)


def _answered(_form: Form, check: Check) -> Finds:
    return lambda telling: [item for item in check.items if answered(telling.record, item) is None]


def _within(form: Form, check: Check) -> Finds:
    outside, holds = _outside(check), condition_of(form, check)
    return lambda telling: outside(telling.record) if holds(telling.record) else []


def _outside(check: Check) -> Callable[[Record], list[str]]:
    low, high = parse_range(str(check.arguments["range"]))

    def outside(record: Record) -> list[str]:
        return [item for item in check.items if not _lies(answered(record, item), low, high)]

    return outside


def _lies(value: Any, low: Decimal | None, high: Decimal | None) -> bool:
    if value is None:
        return True
    return (low is None or value >= low) and (high is None or value <= high)


def _reported(form: Form, check: Check) -> Finds:
    holds, within = condition_of(form, check), timedelta(hours=int(check.arguments["hours"]))

    def find(telling: Telling) -> list[str]:
        # Only what tells it first reports it: a correction of later days is no late report.
        if telling.received is None or not holds(telling.record) or any(map(holds, telling.before)):
            return []
        return [item for item in check.items if _late(answered(telling.record, item), telling.received, within)]

    return find


def _late(value: Any, received: datetime, within: timedelta) -> bool:
    when = moment(value) if isinstance(value, str) else None
    return when is not None and received - when > within


def _unchanged(_form: Form, check: Check) -> Finds:
    since = str(check.arguments["since"])

    def find(telling: Telling) -> list[str]:
        if answered(telling.record, since) is None:
            return []
        first = next((past for past in telling.before if answered(past, since) is not None), telling.record)
        return [item for item in check.items if first.get(item) != telling.record.get(item)]

    return find


def _across(study: Study, form: Form, check: Check) -> Across:
    return _ACROSS[check.rule](study, form, check)


def _given(_study: Study, form: Form, check: Check) -> Across:
    """`within`, once another record of the subject answers an item: enrolment."""
    outside, holds, given = _outside(check), condition_of(form, check), check.arguments["given"]

    def find(records: Mapping[str, Sequence[Record]]) -> Iterator[tuple[Record, str]]:
        if any(answered(record, given["item"]) is not None for record in records.get(given["form"], ())):
            yield from ((r, item) for r in records.get(form.id, ()) if holds(r) for item in outside(r))

    return find


def _finding(form: Form, check: Check, record: Record, item: str) -> Finding:
    label = check.labels.get("en") or next(iter(check.labels.values()), check.id)
    value = answered(record, item)
    found = "not answered" if value is None else show(value).strip("'")
    return Finding(form.id, record, check.id, item, f"{label} Found: {item} {found}.")


_OWN: Mapping[str, Callable[[Form, Check], Finds]] = {
    "answered": _answered,
    "within": _within,
    "reported": _reported,
    "unchanged": _unchanged,
}
_ACROSS: Mapping[str, Callable[[Study, Form, Check], Across]] = {
    "within": _given,
    "scheduled": scheduled,
    "once_a_day": once_a_day,
    "prohibited": prohibited,
}
