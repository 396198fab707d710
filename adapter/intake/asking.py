"""Queries that follow from what was stored: opened where an edit check or another sender says otherwise, closed when a
new version passes. What the study package declares, and nothing that hangs on a restricted item, decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapter.crf.query_check import Finding, Telling, across, is_own, looks_at, looks_back, of_record
from adapter.crf.record import Record
from adapter.fhir import json
from adapter.intake.precedence import Weighed
from adapter.outcome import Issue
from adapter.store import queries
from adapter.store.provenance import disputes, earlier
from adapter.store.quarantine import came_first
from adapter.store.queries import SYSTEM, About, Event
from adapter.store.shapes import OPEN, RESTRICTED, Key
from adapter.store.store import Push

if TYPE_CHECKING:
    from adapter.intake.desk import Desk
    from adapter.intake.storing import Coming

DISPUTED = "disputed"

TOGETHER = 50
"""Subjects whose records are read at once."""


class Asking:
    """The query checks of a study, compiled as they are first needed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._own: dict[str, Any] = {}
        self._across: dict[str, Any] = {}
        self._names: dict[tuple[str, bool], frozenset[str]] = {}

    def ask_of_records(self, push: Push, coming: Coming, weighed: Sequence[Weighed]) -> list[Issue]:
        """Open and close the queries of the records that this push has changed, by the checks of one record.

        Returns what is told of those that were opened.
        """
        received = None if coming.loaded else coming.now
        keys = [one.draft.key for one in weighed]
        changed = {key for key in keys if _is_changed(push, key) and self._rules(key.form, own=True)}
        found = {
            about.id: (about, text) for key in keys if key in changed for about, text in self._of(push, key, received)
        }
        held = queries.standing(push.connection, keys)
        own = {id_: one for id_, one in held.items() if one.about.key in changed and self._is_own(one.about)}
        _dispute(push, coming.sender.name, weighed, held)
        return _settle(push, found, own)

    def ask_of_subjects(self, push: Push, touched: Iterable[tuple[str, str]]) -> list[Issue]:
        """Open and close the queries of subjects, by the checks that look at several of their records."""
        forms: dict[str, set[str]] = {}
        for form, subject in touched:
            for other in self._asked_by.get(form, ()):
                forms.setdefault(subject, set()).add(other)
        waiting = iter(sorted((subject, asked) for subject, asked in forms.items() if subject))
        told: list[Issue] = []
        while some := dict(islice(waiting, TOGETHER)):
            told += self._ask_of(push, some)
        return told

    def _ask_of(self, push: Push, asked: Mapping[str, set[str]]) -> list[Issue]:
        """`asked`: subject -> the forms whose queries may have changed."""
        wanted = {form: looks_at(self._desk.study, self._desk.forms[form]) for form in set().union(*asked.values())}
        contents = push.open_contents(set().union(*wanted.values()), asked)
        found: dict[str, tuple[About, str]] = {}
        for subject, forms in asked.items():
            looked = {one for form in forms for one in wanted[form]}
            records = {form: self._records(form, contents.get((form, subject), ())) for form in looked}
            for finding in (each for form in sorted(forms) for each in self._finds_across(form)(records)):
                about = self._about(finding)
                found[about.id] = about, finding.text
        held = queries.of_subjects(push.connection, asked)
        across = {
            id_: one
            for id_, one in held.items()
            if one.about.key.form in asked[one.about.key.subject or ""] and self._is_across(one.about)
        }
        return _settle(push, found, across)

    def _is_own(self, about: About) -> bool:
        return about.rule in self._rules(about.key.form, own=True)

    def _is_across(self, about: About) -> bool:
        return about.rule in self._rules(about.key.form, own=False)

    def _records(self, form: str, contents: Iterable[str]) -> list[Record]:
        return [self._desk.stored(form, content) for content in contents]

    def _of(self, push: Push, key: Key, received: datetime | None) -> list[tuple[About, str]]:
        row = push.row(key, OPEN)
        if row is None or row.content is None or (row.standing is not None and row.standing.voided):
            return []
        past = earlier(push.connection, row.number, row.version) if looks_back(self._desk.forms[key.form]) else ()
        before = self._records(key.form, past)
        telling = Telling(self._desk.stored(key.form, row.content), received, before)
        found = self._finds(key.form)(telling)
        if any(self._is_of_time(key.form, finding) for finding in found):
            found = self._finds(key.form)(replace(telling, received=_reported(push, received)))
        return [(self._about(finding), finding.text) for finding in found]

    def _is_of_time(self, form: str, finding: Finding) -> bool:
        return any(one.id == finding.check and one.rule == "reported" for one in self._desk.forms[form].queries)

    def _about(self, finding: Finding) -> About:
        return About(self._desk.key(finding.form, finding.record), finding.item, finding.check)

    def _finds(self, form: str) -> Any:
        if form not in self._own:
            self._own[form] = of_record(self._desk.study, self._desk.forms[form])
        return self._own[form]

    def _finds_across(self, form: str) -> Any:
        if form not in self._across:
            self._across[form] = across(self._desk.study, self._desk.forms[form])
        return self._across[form]

    def _rules(self, form: str, *, own: bool) -> frozenset[str]:
        if (form, own) not in self._names:
            checks = self._desk.forms[form].queries
            self._names[form, own] = frozenset(check.id for check in checks if is_own(check) == own)
        return self._names[form, own]

    @cached_property
    def _asked_by(self) -> Mapping[str, frozenset[str]]:
        """Form -> the forms whose checks look at its records."""
        found: dict[str, set[str]] = {}
        for form in self._desk.forms.values():
            for source in looks_at(self._desk.study, form):
                found.setdefault(source, set()).add(form.id)
        return {form: frozenset(asked) for form, asked in found.items()}


def _reported(push: Push, received: datetime | None) -> datetime | None:
    """When what a push tells was reported: of what was in quarantine when it came; None where it came from files."""
    came = came_first(push.connection, push.number)
    if came is None:
        return received
    at, is_loaded = came
    return None if is_loaded else datetime.fromisoformat(at)


def _is_changed(push: Push, key: Key) -> bool:
    row = push.row(key, OPEN)
    return row is not None and row.standing is not None and row.standing.submission == push.number


def _settle(push: Push, found: Mapping[str, tuple[About, str]], held: Mapping[str, queries.Asked]) -> list[Issue]:
    """Open what is found and not open yet, close what is open and no longer found; return what is told of it."""
    opened = {id_: one for id_, one in found.items() if id_ not in held}
    queries.ask(push.connection, opened, Event(push.at, SYSTEM, "opened", None, push.number))
    passed = Event(push.at, SYSTEM, "closed", "A new version passes.", push.number)
    queries.close(push.connection, held.keys() - found.keys(), passed)
    return [_told(about, text) for about, text in opened.values()]


def _told(about: About, text: str) -> Issue:
    said = f"{text} It is stored, and a query is open: /crf/queries/{about.id}"
    return Issue("information", "informational", said, None, about.key.form, about.item, None, about.rule)


def _dispute(push: Push, sender: str, weighed: Sequence[Weighed], standing: Mapping[str, queries.Asked]) -> None:
    """Open a query on each disputed item, and close those on which the senders now agree."""
    found = {
        about.id: (about, _said(sender, item, value, part))
        for one in weighed
        for part, items in one.disputed.items()
        for item, value in items.items()
        if (about := About(one.draft.key, item, DISPUTED, part == RESTRICTED))
    }
    keys = {one.draft.key for one in weighed}
    held = {id_: one for id_, one in standing.items() if one.about.rule == DISPUTED and one.about.key in keys}
    opened = {id_: one for id_, one in found.items() if id_ not in held}
    queries.ask(push.connection, opened, Event(push.at, SYSTEM, "opened", None, push.number))
    rivals = _rivals(push, [one.about.key for one in held.values()])
    agreed = [
        id_ for id_, one in held.items() if id_ not in found and _agrees(push, sender, one.about, weighed, rivals)
    ]
    queries.close(push.connection, agreed, Event(push.at, SYSTEM, "closed", "The values agree.", push.number))


def _said(sender: str, item: str, value: Any, part: str) -> str:
    if part == RESTRICTED:
        return "Two systems have sent different values of this restricted item."
    sent = "nothing" if value is None else json.encode(value).decode()
    return f"Two systems have sent different values of {item}: {sender} has sent {sent[:60]}. Which one holds?"


def _rivals(push: Push, keys: Iterable[Key]) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    rows = [row.number for key in keys for part in (OPEN, RESTRICTED) if (row := push.row(key, part)) is not None]
    return disputes(push.connection, rows) if rows else {}


def _agrees(
    push: Push,
    sender: str,
    about: About,
    weighed: Sequence[Weighed],
    rivals: Mapping[int, Sequence[tuple[str, Mapping[str, Any]]]],
) -> bool:
    """True if every sender that disputed the item has sent since what is held, or what is held is what it sent."""
    row = push.row(about.key, RESTRICTED if about.restricted else OPEN)
    if row is None or row.content is None:
        return False
    held = json.parse(row.content).get(about.item)
    told = any(one.draft.key == about.key and about.item in one.draft.content for one in weighed)
    last: dict[str, Any] = {}
    for rival, items in rivals.get(row.number, ()):
        if about.item in items:
            last[rival] = items[about.item]
    return all(value == held or (told and rival == sender) for rival, value in last.items())
