"""Finding: one resource or record by its address, many by a query; restricted and deleted rows are never
looked at.

The filter stands in the query itself, before count, order and paging: a page of what a blinded reader may see
is counted from what a blinded reader may see. Pages continue after a place in the order (type's ids, a form's
keys), never after a row's number, whose gaps would tell of rows that are hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, not_, or_, select, tuple_

from adapter.store.moment import Span
from adapter.store.schema import identifier, record, record_version, resource, resource_version
from adapter.store.shapes import OPEN, Address, Key, RecordVersion, Version

Dates = tuple[str, Span]
"""A prefix (eq, ne, lt, gt, ge, le, sa, eb, ap) and the span of the value that follows it."""

Token = tuple[str | None, str | None]
"""(system, value) of an identifier; None where the search leaves it open."""


@dataclass(frozen=True, slots=True)
class Query:
    """What resources of one type are looked for. Every entry of `dates`, `updated`, `tokens`, `subjects` and
    `ids` must hold, and holds when one of its alternatives does."""

    type: str
    subjects: tuple[tuple[str, ...], ...] = ()
    tokens: tuple[tuple[Token, ...], ...] = ()
    dates: tuple[tuple[Dates, ...], ...] = ()
    updated: tuple[tuple[Dates, ...], ...] = ()
    ids: tuple[tuple[str, ...], ...] = ()
    count: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """How many match in all, those of this page in order, and whether more follow."""

    total: int
    versions: tuple[Version, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """How many open records match in all, those of this page in order, and whether more follow."""

    total: int
    records: tuple[RecordVersion, ...]
    more: bool


_VISIBLE = and_(not_(resource.c.restricted), not_(resource.c.deleted))
_CURRENT = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)
_ROW = (
    resource.c.type,
    resource.c.id,
    resource_version.c.version,
    resource_version.c.at,
    resource_version.c.body,
    resource_version.c.deleted,
)


def read(connection: Connection, type_: str, id_: str, version: int | None = None) -> Version | None:
    """One open resource as it stands, or one of its versions; None when there is none that may be seen."""
    which = (
        _CURRENT
        if version is None
        else and_(resource_version.c.resource == resource.c.number, resource_version.c.version == version)
    )
    statement = select(*_ROW).select_from(resource.join(resource_version, which))
    row = connection.execute(
        statement.where(resource.c.type == type_, resource.c.id == id_, not_(resource.c.restricted))
    ).first()
    return _version(row) if row is not None else None


def search(connection: Connection, query: Query) -> Page:
    """The open resources that match, in the order of their ids, after `query.after`, at most
    `query.count`."""
    matches = and_(resource.c.type == query.type, _VISIBLE, *_conditions(query))
    total = connection.execute(select(func.count()).select_from(resource).where(matches)).scalar_one()
    if query.count == 0:
        return Page(total, (), more=False)
    if query.after is not None:
        matches = and_(matches, resource.c.id > query.after)
    page = select(*_ROW).select_from(resource.join(resource_version, _CURRENT)).where(matches)
    rows = connection.execute(page.order_by(resource.c.id).limit(query.count + 1)).all()
    return Page(total, tuple(map(_version, rows[: query.count])), more=len(rows) > query.count)


def read_record(connection: Connection, form: str, key: str) -> RecordVersion | None:
    """The open part of one record, or None."""
    row = connection.execute(_records().where(record.c.form == form, record.c.key == key)).first()
    return _record(row) if row is not None else None


def list_records(
    connection: Connection, form: str, subject: str | None, count: int, after: tuple[str, str] | None
) -> RecordPage:
    """The open parts of a form's records in the order of their keys, after the place `after`, at most
    `count`."""
    matches = and_(record.c.form == form, record.c.part == OPEN)
    if subject is not None:
        matches = and_(matches, record.c.subject == subject)
    total = connection.execute(select(func.count()).select_from(record).where(matches)).scalar_one()
    if after is not None:
        matches = and_(matches, tuple_(record.c.position, record.c.key) > tuple_(*after))
    page = _records().where(matches).order_by(record.c.position, record.c.key).limit(count + 1)
    rows = connection.execute(page).all()
    return RecordPage(total, tuple(map(_record, rows[:count])), more=len(rows) > count)


def count_records(connection: Connection) -> dict[str, int]:
    """How many records each form has, in the open."""
    counted = select(record.c.form, func.count()).where(record.c.part == OPEN).group_by(record.c.form)
    return _numbers(connection, counted)


def count_resources(connection: Connection) -> dict[str, int]:
    """How many open resources each type has."""
    counted = select(resource.c.type, func.count()).where(_VISIBLE).group_by(resource.c.type)
    return _numbers(connection, counted)


def _numbers(connection: Connection, counted: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(counted).all()}


def _records() -> Any:
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    named = (record.c.form, record.c.key, record.c.subject)
    version = (record_version.c.version, record_version.c.at, record_version.c.content)
    return select(*named, *version).select_from(record.join(record_version, current)).where(record.c.part == OPEN)


def _record(row: Sequence[Any]) -> RecordVersion:
    form, key, subject, version, at, content = row
    return RecordVersion(Key(form, key, subject), version, at, content)


def _version(row: Sequence[Any]) -> Version:
    type_, id_, version, at, body, deleted = row
    return Version(Address(type_, id_, version, at), body, deleted)


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    return [
        *(resource.c.subject.in_(subjects) for subjects in query.subjects),
        *(resource.c.id.in_(ids) for ids in query.ids),
        *(or_(false(), *(_identified(query.type, token) for token in tokens)) for tokens in query.tokens),
        *(or_(false(), *map(_dated, dates)) for dates in query.dates),
        *(or_(false(), *map(_updated, dates)) for dates in query.updated),
    ]


def _identified(type_: str, token: Token) -> ColumnElement[bool]:
    """A value is looked up in the index; a system alone is asked of each resource that else matches."""
    system, value = token
    named = [identifier.c.type == type_]
    if system is not None:
        named.append(identifier.c.system == system)
    if value is not None:
        named.append(identifier.c.value == value)
        return resource.c.number.in_(select(identifier.c.resource).where(*named))
    named.append(identifier.c.resource == resource.c.number)
    return exists(select(1).select_from(identifier).where(*named).correlate(resource))


def _dated(dates: Dates) -> ColumnElement[bool]:
    prefix, (low, high) = dates
    from_, to = resource.c.low, resource.c.high
    within = and_(from_ >= low, to <= high)
    return {
        "eq": within,
        "ne": not_(within),
        "gt": to > high,
        "lt": from_ < low,
        "ge": or_(to > high, within),
        "le": or_(from_ < low, within),
        "sa": from_ >= high,
        "eb": to <= low,
        "ap": and_(from_ < high, to > low),
    }[prefix]


def _updated(dates: Dates) -> ColumnElement[bool]:
    prefix, (low, high) = dates
    at = resource.c.updated
    within = and_(at >= low, at < high)
    after, before = at >= high, at < low
    return {
        "eq": within,
        "ne": not_(within),
        "gt": after,
        "lt": before,
        "ge": at >= low,
        "le": at < high,
        "sa": after,
        "eb": before,
        "ap": within,
    }[prefix]
