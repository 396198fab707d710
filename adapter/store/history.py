"""The versions of resources, newest first: of one, of a type, of all; what its reader may not see has none.

The order is that of the submissions, not of clocks. A page continues after a version that its reader has seen: the
numbers of submissions, whose gaps would tell of others, never leave the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, false, func, not_, or_, select, tuple_

from adapter.store.begin import horizon
from adapter.store.moment import Span
from adapter.store.schema import resource, resource_version, submission
from adapter.store.shapes import Address, Version
from adapter.store.sight import Sight

Place = tuple[str, str, int]
"""Type, id and version of the last version of a page."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which versions are looked for: of one type or all (None), of one id or all; made since an instant; that stood
    at some time of each span of `at`."""

    type: str | None = None
    id: str | None = None
    since: str | None = None
    at: tuple[Span, ...] = ()
    count: int = 50
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The versions of one page, whether more follow, and how many there are of one resource; None of several."""

    versions: tuple[Version, ...]
    more: bool
    total: int | None


_BEFORE = resource_version.alias("before")
_STOOD_BEFORE = exists(
    select(1)
    .select_from(_BEFORE)
    .where(
        _BEFORE.c.resource == resource_version.c.resource,
        _BEFORE.c.version == resource_version.c.version - 1,
        not_(_BEFORE.c.deleted),
    )
)
"""True of a version that followed on another, and not on a deletion."""

_ROW = (
    resource.c.type,
    resource.c.id,
    resource_version.c.version,
    resource_version.c.at,
    resource_version.c.body,
    resource_version.c.deleted,
    _STOOD_BEFORE,
)
_OF_ONE = resource.join(resource_version, resource_version.c.resource == resource.c.number)
_OF_MANY = resource_version.join(resource, resource_version.c.resource + 0 == resource.c.number)
"""Walked by the versions, newest first, until the page is full: the sum keeps a planner from sorting all resources."""


def history(connection: Connection, sight: Sight, query: HistoryQuery) -> HistoryPage:
    """A page of versions, newest first."""
    joined = _OF_ONE if query.id is not None else _OF_MANY
    matches = and_(sight.resources(), *_of_resource(query), *_of_version(query))
    total = None
    if query.id is None:
        seen = and_(sight.resources(), *_of_resource(query))
        # Said of the version, so that SQLite makes no filter of all resources for a page of fifty.
        matches = and_(case((resource_version.c.submission > 0, seen), else_=false()), *_of_version(query))
        last = horizon(connection)
        if last is not None:
            matches = and_(matches, resource_version.c.submission <= last)
    else:
        counted = select(func.count()).select_from(joined).where(matches)
        total = connection.execute(counted).scalar_one()
    if query.after is not None:
        place = connection.execute(_place(sight, query.after)).scalar()
        matches = and_(matches, _after(query.after, place if place is not None else 0))
    order = (resource_version.c.submission.desc(), resource.c.type, resource.c.id, resource_version.c.version.desc())
    page = select(*_ROW).select_from(joined).where(matches).order_by(*order).limit(query.count + 1)
    rows = connection.execute(page).all()
    return HistoryPage(tuple(map(_version, rows[: query.count])), len(rows) > query.count, total)


def _of_resource(query: HistoryQuery) -> list[ColumnElement[bool]]:
    named = ((resource.c.type, query.type), (resource.c.id, query.id))
    return [column == value for column, value in named if value is not None]


def _of_version(query: HistoryQuery) -> list[ColumnElement[bool]]:
    found = [_stood(span) for span in query.at]
    if query.since is not None:
        first = select(func.min(submission.c.number)).where(submission.c.received_at >= query.since).scalar_subquery()
        found += [resource_version.c.at >= query.since, resource_version.c.submission >= first]
    return found


def _stood(span: Span) -> ColumnElement[bool]:
    """True of a version that was the current one at some time of a span."""
    later = resource_version.alias("later")
    replaced = exists(
        select(1)
        .select_from(later)
        .where(
            later.c.resource == resource_version.c.resource,
            later.c.version == resource_version.c.version + 1,
            later.c.at <= span[0],
        )
    )
    return and_(resource_version.c.at < span[1], not_(replaced))


def _place(sight: Sight, after: Place) -> Select[Any]:
    type_, id_, version = after
    named = (resource.c.type == type_, resource.c.id == id_, resource_version.c.version == version)
    return select(resource_version.c.submission).select_from(_OF_ONE).where(*named, sight.resources())


def _after(after: Place, number: int) -> ColumnElement[bool]:
    """What follows a version of the submission of this number; its range is said apart, for the index."""
    type_, id_, version = after
    same = resource_version.c.submission == number
    of_same = and_(resource.c.type == type_, resource.c.id == id_)
    later = or_(
        resource_version.c.submission < number,
        and_(same, tuple_(resource.c.type, resource.c.id) > tuple_(type_, id_)),
        and_(same, of_same, resource_version.c.version < version),
    )
    return and_(resource_version.c.submission <= number, later)


def _version(row: Any) -> Version:
    type_, id_, version, at, body, deleted, followed = row
    return Version(Address(type_, id_, version, at), body, deleted, made=not (deleted or followed))
