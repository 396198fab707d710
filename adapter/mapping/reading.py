"""Resources → fragments of records → records: what was read of each, what was not, and what does not agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from adapter.crf.record import Absent, Record
from adapter.crf.study import Codelist, Form
from adapter.fhir.json import encode
from adapter.mapping import groups
from adapter.mapping.coding import Fewest
from adapter.mapping.notes import MISS, Note
from adapter.mapping.residue import Residue, path_of, split
from adapter.mapping.sorting import sorter
from adapter.mapping.taken import Found, Taken, gather
from adapter.outcome import Issue

Key = tuple[Any, ...]
Derive = Callable[[Record], None]


@dataclass(slots=True)
class Reading:
    """One resource as read: a fragment of the record `key` of `form`, or, with form None, nothing of this study's.

    `record` holds what was read at homes, `repeats` what repeats it elsewhere, `claims` the derived values that came.
    """

    form: str | None
    key: Key | None
    record: Record
    residue: list[Residue] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    repeats: Record = field(default_factory=dict)
    claims: Record = field(default_factory=dict)
    type: str = ""
    view: str = ""


@dataclass(slots=True)
class Merged:
    """A record as its fragments give it. `claims` are the values of derived items that came along."""

    form: str
    key: Key
    record: Record
    residue: list[Residue]
    dropped: list[str]
    issues: list[Issue]
    claims: Record

    def add(self, reading: Reading) -> None:
        """Take over what a fragment tells beside its record."""
        if reading.issues:
            self.issues += reading.issues
        if reading.claims:
            self.claims.update(reading.claims)
        if reading.residue or reading.dropped:
            self.residue += reading.residue
            self.dropped += reading.dropped


@dataclass(frozen=True, slots=True)
class Result:
    """What a handful of resources gives: records by form, in order of first appearance, and what they lose."""

    records: list[tuple[str, Record]]
    residue: list[Residue]
    dropped: list[str]
    issues: list[Issue]


class FormReading:
    """Turns what a resource's reader took into a fragment of a form's record, and fragments into the record."""

    def __init__(
        self,
        form: Form,
        codelists: Mapping[str, Codelist],
        derive: Derive | None,
        told_by: Mapping[str, frozenset[str]],
        fewest: Mapping[str, Fewest] | None = None,
    ) -> None:
        self.fewest = fewest or {}
        self.form = form
        self.told_by = told_by
        self.derive = derive
        self.keys = tuple(item.id for item in form.keys)
        self.key_of = _key_of(self.keys)
        self.top = tuple(item.id for item in form.items.values() if item.group is None)
        self.derived = frozenset(item.id for item in form.items.values() if item.derived)
        self.ruled = frozenset(item.id for item in form.items.values() if item.rule is not None)
        self.order = {item.id: sorter(item, form, codelists) for item in form.items.values() if item.many}

    def fragment(
        self, resource_type: str, view: str, taken: Taken, residue: list[Residue], dropped: list[str]
    ) -> Reading:
        """Return the reading of one resource, what was not read already told apart."""
        gathered = gather(taken.log)
        answers, repeats = gathered.answers, gathered.repeats
        notes = taken.notes
        issues = [self._unread(resource_type, note) for note in notes if note.item is not None] if notes else []
        if gathered.several or gathered.conflicts:
            self._settle(gathered)
            issues.extend(self._disagreement(item_id) for item_id in sorted(gathered.conflicts))
            issues.extend(self._several(item_id) for item_id in sorted(gathered.several))
        for item_id, entries in gathered.entries.items():
            into = gathered.claims if item_id in self.derived else answers
            into[item_id] = self.order[item_id](entries)
        record = {**repeats, **answers} if repeats else answers
        try:
            key = self.key_of(record)
        except KeyError:
            key = None
            issues.extend(self._no_key(item_id) for item_id in self.keys if item_id not in record)
        claims = gathered.claims
        return Reading(self.form.id, key, record, residue, dropped, issues, repeats, claims, resource_type, view)

    def _settle(self, gathered: Found) -> None:
        """Of several rows that are left, the one that fills fewest cells is meant: the others' cells did not come."""
        for item_id in [item_id for item_id in gathered.several if item_id in self.fewest]:
            row = self.fewest[item_id](gathered.several[item_id])
            if row is not MISS:
                del gathered.several[item_id]
                if row is not None:
                    (gathered.claims if item_id in self.derived else gathered.answers)[item_id] = row

    def completed(self, record: Record) -> Record:
        """Return the record with its derived items computed anew."""
        if self.derive is None:
            return record
        whole = dict(record)
        self.derive(whole)
        return whole

    def merge(self, readings: Iterable[Reading]) -> Merged:
        """Return the record of fragments that have one key; where two differ, an issue names the item.

        Repeated resources give their entries together; the clinical view and the form view must agree.
        """
        found = list(readings)
        first = found[0]
        merged = Merged(self.form.id, first.key or (), first.record, [], [], [], {})
        for reading in found:
            merged.add(reading)
        if len(found) > 1:
            merged.record = self._joined(found, merged.issues)
        if merged.claims or self.derive is not None:
            merged.record = self._computed(merged.record, merged.claims, merged.issues)
        merged.record = {item_id: merged.record[item_id] for item_id in self.top if item_id in merged.record}
        return merged

    def _joined(self, found: list[Reading], issues: list[Issue]) -> Record:
        """Return what all fragments say: of each view first, then of both."""
        views: dict[str, Record] = {}
        for reading in found:
            own = self._own(reading) if reading.repeats else reading.record
            if reading.view in views:
                self._join(views[reading.view], own, reading.type, issues)
            else:
                views[reading.view] = dict(own)
        record, *others = views.values()
        for other in others:
            self._join(record, other, "the other view", issues, views=True)
        for reading in found:
            if reading.repeats:
                self._join(record, reading.repeats, reading.type, issues)
        return record

    def _own(self, reading: Reading) -> Record:
        """What a fragment read at its homes; what only repeats another's comes behind."""
        return {k: v for k, v in reading.record.items() if k in self.keys or reading.repeats.get(k) is not v}

    def _join(self, record: Record, part: Record, source: str, issues: list[Issue], *, views: bool = False) -> None:
        for item_id, answer in part.items():
            known = record.setdefault(item_id, answer)
            if known is answer or known == answer:
                continue
            if item_id in self.told_by and not (isinstance(known, Absent) or isinstance(answer, Absent)):
                record[item_id] = self._united(item_id, known, answer, issues, views)
            else:
                issues.append(self._differing(item_id, source, answer, known))

    def _differing(self, item_id: str, source: str, answer: Any, known: Any) -> Issue:
        why = f"{source} says {show(answer)}, another resource of the same record {show(known)}; send one answer"
        return Issue("error", "conflict", why, form=self.form.id, item=item_id)

    def _united(self, item_id: str, first: Any, second: Any, issues: list[Issue], views: bool) -> Any:
        """Return what repeated resources give of many answers together. Across views one must hold all of the other."""
        if self.form.items[item_id].type == "group":
            united, torn = groups.united(first, second, self.told_by[item_id], views=views)
            issues.extend(self._disagreement(f"{item_id}.{member}") for member in sorted(torn))
        else:
            united = [*first, *(answer for answer in second if answer not in first)]
        if views and len(united) > max(len(first), len(second)):
            issues.append(self._differing(item_id, "the other view", second, first))
        return self.order[item_id](united)

    def _computed(self, answers: Record, claims: Record, issues: list[Issue]) -> Record:
        """Return the record with its derived items, compared with what was claimed (rule 13).

        What the record alone does not give (a score of other records) is taken as it came.
        """
        record = {**answers, **claims}
        if self.derive is not None:
            self.derive(record)
        for item_id, claim in claims.items():
            if item_id in self.ruled and item_id in record and record[item_id] != claim:
                issues.append(self._miscalculated(item_id, claim, record[item_id]))
        return record

    def _miscalculated(self, item_id: str, claim: Any, computed: Any) -> Issue:
        why = f"{show(claim)} was sent, {show(computed)} follows from the answers; correct the one or the other"
        return Issue("error", "business-rule", why, form=self.form.id, item=item_id, key="derived")

    def _unread(self, resource_type: str, note: Note) -> Issue:
        words, _, _ = path_of(resource_type, list(reversed(note.segments)))
        item = note.item
        code = "code-invalid" if item is not None and item.codelist is not None else "value"
        return Issue(
            "error",
            code,
            f"{show(note.value)} cannot be read; expected is {note.why}",
            expression=words,
            form=self.form.id,
            item=None if item is None else item.id,
        )

    def _disagreement(self, item_id: str) -> Issue:
        why = "two places give different answers; send one"
        return Issue("error", "conflict", why, form=self.form.id, item=item_id)

    def _several(self, item_id: str) -> Issue:
        why = "what was sent fits several answers; send the elements that tell them apart"
        return Issue("error", "incomplete", why, form=self.form.id, item=item_id)

    def _no_key(self, item_id: str) -> Issue:
        why = f"the resource does not say {item_id}, a part of the record's key; send it with the study's identifier"
        return Issue("error", "required", why, form=self.form.id, item=item_id)


def _key_of(keys: tuple[str, ...]) -> Callable[[Record], Key]:
    """Return the function of a record's key; it raises KeyError where a part is missing."""
    if len(keys) == 1:
        (only,) = keys
        return lambda record: (record[only],)
    return itemgetter(*keys)


def show(value: Any) -> str:
    """Return a value as a person reads it in a message, cut where it is long."""
    if isinstance(value, Absent):
        return f"absent ({value.reason})"
    if isinstance(value, (dict, list)):
        words = encode(value).decode()
    else:
        words = repr(value) if isinstance(value, str) else str(value)
    return words if len(words) <= 120 else f"{words[:117]}…"


def unknown_resource(resource: Mapping[str, Any], why: str, code: str = "not-supported") -> Reading:
    """Return the reading of a resource that no form of the study reads, with the reason. All of it is left unread."""
    kind = str(resource.get("resourceType", ""))
    residue, dropped = split(kind, [Note({k: v for k, v in resource.items() if k != "resourceType"})])
    issue = Issue("error", code, why, expression=kind or None)
    return Reading(None, None, {}, residue, dropped, [issue], type=kind)
