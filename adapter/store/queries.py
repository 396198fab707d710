"""Queries: opened and closed in the transaction of the push that makes them, answered by people; nothing is removed.

The address of a query is made from what it is about, so that none tells how many others there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, select, true, tuple_, update

from adapter.store.dialect import insert_unless_there
from adapter.store.schema import query, query_event
from adapter.store.shapes import Key
from adapter.store.sight import Sight

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATUSES = (OPEN, ANSWERED, CLOSED)
SYSTEM = "crfhir"
"""Who opens and closes queries by itself."""


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
        found |= _standing(connection, tuple_(query.c.form, query.c.key).in_(places))
    return found


def of_subjects(connection: Connection, subjects: Collection[str]) -> dict[str, Asked]:
    """Id -> the queries of these subjects that are not closed."""
    return _standing(connection, query.c.subject.in_(sorted(subjects))) if subjects else {}


def _standing(connection: Connection, which: ColumnElement[bool]) -> dict[str, Asked]:
    rows = connection.execute(_asked().where(which, query.c.status.in_((OPEN, ANSWERED))))
    return {found.id: found for found in map(_read, rows)}


def ask(connection: Connection, abouts: Mapping[str, tuple[About, str]], event: Event) -> None:
    """Open these queries (id -> what it is about and its text), again where they were closed."""
    rows = [_row(id_, about, text, event.at) for id_, (about, text) in sorted(abouts.items())]
    for row in rows:
        fresh = insert_unless_there(connection, query).returning(query.c.number)
        if connection.execute(fresh, row).first() is not None:
            _happened(connection, [row["id"]], event)
        else:
            _set(connection, [row["id"]], OPEN, row["text"])
            _happened(connection, [row["id"]], Event(event.at, event.actor, "reopened", None, event.submission))


def close(connection: Connection, ids: Iterable[str], event: Event) -> None:
    """Close these queries."""
    found = sorted(ids)
    if found:
        _set(connection, found, CLOSED, None)
        _happened(connection, found, event)


def answer(connection: Connection, id_: str, event: Event) -> None:
    """Keep an answer: what is open is answered, what is closed stays so."""
    _set(connection, [id_], ANSWERED, None, query.c.status == OPEN)
    _happened(connection, [id_], event)


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
    about = About(Key(row.form, row.key, row.subject), row.item, row.rule, row.restricted)
    return Asked(row.number, row.id, about, row.status, row.text, row.at)


def _row(id_: str, about: About, text: str, at: str) -> dict[str, Any]:
    return {
        "id": id_,
        "form": about.key.form,
        "key": about.key.text,
        "subject": about.key.subject,
        "item": about.item,
        "rule": about.rule,
        "restricted": about.restricted,
        "status": OPEN,
        "text": text,
        "at": at,
    }


def _set(
    connection: Connection, ids: Sequence[str], status: str, text: str | None, also: ColumnElement[bool] | None = None
) -> None:
    values = {"status": status} | ({"text": text} if text is not None else {})
    statement = update(query).where(query.c.id.in_(ids)).values(values)
    connection.execute(statement if also is None else statement.where(also))


def _happened(connection: Connection, ids: Sequence[str], event: Event) -> None:
    last = (
        select(query.c.number, func.coalesce(func.max(query_event.c.position), 0))
        .select_from(query.outerjoin(query_event, query_event.c.query == query.c.number))
        .where(query.c.id.in_(ids))
        .group_by(query.c.number)
    )
    rows = [
        {
            "query": number,
            "position": position + 1,
            "at": event.at,
            "actor": event.actor,
            "action": event.action,
            "reason": event.reason,
            "submission": event.submission,
        }
        for number, position in connection.execute(last).all()
    ]
    connection.execute(insert(query_event), rows)
