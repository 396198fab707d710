"""Queries: opened and closed in the transaction of the push that makes them, answered by people; nothing is removed.

The address of a query is made from what it is about, so that none tells how many others there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, true, tuple_

from adapter.store.bulk import Adding, Sql, numbers
from adapter.store.schema import query, query_event
from adapter.store.shapes import Key
from adapter.store.sight import Sight

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATUSES = (OPEN, ANSWERED, CLOSED)
SYSTEM = "crfhir"
"""Who opens and closes queries by itself."""

_OF_SUBJECTS = Sql(
    "SELECT number, id, form, key, subject, item, rule, restricted, status, text, at FROM query"
    " WHERE subject {among} AND status IN ('open', 'answered')"
)
_THERE = Sql("SELECT number, id FROM query WHERE id {among}")
_LAST = Sql("SELECT query, max(position) FROM query_event WHERE query {among} GROUP BY query")
_REOPEN = Sql("UPDATE query SET status = 'open', text = ? WHERE number = ?")
_CLOSE = Sql("UPDATE query SET status = 'closed' WHERE number = ?")
_ANSWER = Sql("UPDATE query SET status = CASE status WHEN 'open' THEN 'answered' ELSE status END WHERE number = ?")
"""Whatever its status: the row is held, so that two answers at the same time follow one another."""
_ADD = Adding(query)
_HAPPENED = Adding(query_event)


@dataclass(frozen=True, slots=True)
class About:
    """What a query is about: a record's item, by a rule; and whether it may reveal the arm."""

    key: Key
    item: str
    rule: str
    restricted: bool = False

    @property
    def id(self) -> str:
        """The address of the query."""
        return sha256("\0".join((self.key.form, self.key.text, self.rule, self.item)).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a query or to what is in quarantine: when, by whom, what, and why."""

    at: str
    actor: str
    action: str
    reason: str | None = None
    submission: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it stands."""

    number: int
    id: str
    about: About
    status: str
    text: str
    at: str


def standing(connection: Connection, keys: Collection[Key]) -> dict[str, Asked]:
    """Id -> the queries that are not closed, of these records' subjects; where a record has none, of the record."""
    found = of_subjects(connection, {key.subject for key in keys if key.subject is not None})
    places = [(key.form, key.text) for key in keys if key.subject is None]
    if places:
        which = tuple_(query.c.form, query.c.key).in_(places), query.c.status.in_((OPEN, ANSWERED))
        found |= {one.id: one for one in map(_read, connection.execute(_asked().where(*which)))}
    return found


def of_subjects(connection: Connection, subjects: Collection[str]) -> dict[str, Asked]:
    """Id -> the queries of these subjects that are not closed."""
    rows = _OF_SUBJECTS.rows(connection, sorted(subjects)) if subjects else []
    return {found.id: found for found in map(_read, rows)}


def ask(connection: Connection, abouts: Mapping[str, tuple[About, str]], event: Event) -> None:
    """Open these queries (id -> what it is about and its text), again where they were closed."""
    if not abouts:
        return
    there = _numbers(connection, abouts)
    fresh = sorted(abouts.keys() - there.keys())
    made = dict(zip(fresh, numbers(connection, query, len(fresh)), strict=True))
    _ADD.rows(connection, [_row(number, id_, *abouts[id_], event.at) for id_, number in made.items()])
    _happened(connection, made.values(), event)
    _REOPEN.each(connection, [(abouts[id_][1], number) for id_, number in there.items()])
    _happened(connection, there.values(), Event(event.at, event.actor, "reopened", None, event.submission))


def close(connection: Connection, ids: Iterable[str], event: Event) -> None:
    """Close these queries."""
    _change(connection, ids, _CLOSE, event)


def answer(connection: Connection, id_: str, event: Event) -> None:
    """Keep an answer: what is open is answered, what is closed stays so."""
    _change(connection, [id_], _ANSWER, event)


def read(connection: Connection, sight: Sight, id_: str) -> tuple[Asked, list[Event]] | None:
    """One query with all that happened to it, the oldest first; None when there is none to be seen."""
    row = connection.execute(_asked().where(query.c.id == id_, seen(sight))).first()
    if row is None:
        return None
    events = connection.execute(
        select(*_EVENT).where(query_event.c.query == row.number).order_by(query_event.c.position)
    )
    return _read(row), [Event(*event) for event in events]


def list_queries(
    connection: Connection, sight: Sight, wanted: Mapping[str, str], count: int, after: str | None
) -> tuple[int, Sequence[Asked], bool]:
    """How many queries there are that are as `wanted` (form, subject, status, subjects' beginning as `site`), a page
    of them in the order of their ids, and whether more follow."""
    matches = and_(seen(sight), *_conditions(wanted))
    total = connection.execute(select(func.count()).select_from(query).where(matches)).scalar_one()
    page = _asked().where(matches).order_by(query.c.id).limit(count + 1)
    if after is not None:
        page = page.where(query.c.id > after)
    rows = list(map(_read, connection.execute(page)))
    return total, rows[:count], len(rows) > count


def seen(sight: Sight) -> ColumnElement[bool]:
    """The condition on queries that this reader may see."""
    open_ = true() if sight.restricted else query.c.restricted.is_(False)
    return open_ if sight.sites is None else and_(open_, query.c.subject.is_(None))


def _conditions(wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    columns = {"form": query.c.form, "subject": query.c.subject, "status": query.c.status, "key": query.c.key}
    found: list[ColumnElement[bool]] = [columns[name] == value for name, value in wanted.items() if name in columns]
    if "site" in wanted:
        found.append(query.c.subject.startswith(wanted["site"], autoescape=True))
    return found


_EVENT = (
    query_event.c.at,
    query_event.c.actor,
    query_event.c.action,
    query_event.c.reason,
    query_event.c.submission,
)


def _asked() -> Select[Any]:
    return select(
        query.c.number,
        query.c.id,
        query.c.form,
        query.c.key,
        query.c.subject,
        query.c.item,
        query.c.rule,
        query.c.restricted,
        query.c.status,
        query.c.text,
        query.c.at,
    )


def _read(row: Any) -> Asked:
    number, id_, form, key, subject, item, rule, restricted, status, text, at = row
    return Asked(number, id_, About(Key(form, key, subject), item, rule, bool(restricted)), status, text, at)


def _row(number: int, id_: str, about: About, text: str, at: str) -> tuple[Any, ...]:
    key = about.key
    return (number, id_, key.form, key.text, key.subject, about.item, about.rule, about.restricted, OPEN, text, at)


def _numbers(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    wanted = sorted(ids)
    return {id_: number for number, id_ in _THERE.rows(connection, wanted)} if wanted else {}


def _change(connection: Connection, ids: Iterable[str], change: Sql, event: Event) -> None:
    found = sorted(_numbers(connection, ids).values())
    change.each(connection, [(number,) for number in found])
    _happened(connection, found, event)


def _happened(connection: Connection, queries: Collection[int], event: Event) -> None:
    if not queries:
        return
    last: dict[int, int] = dict(_LAST.rows(connection, list(queries)))
    told = event.at, event.actor, event.action, event.reason, event.submission
    _HAPPENED.rows(connection, [(number, last.get(number, 0) + 1, *told) for number in queries])
