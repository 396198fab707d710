"""What there is of one patient: the Patient, then all that belongs to its subject, by type and id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, false, literal, not_, null, or_, select, true, tuple_

from adapter.store.schema import resource, resource_version
from adapter.store.shapes import Address, Version
from adapter.store.sight import Sight

PATIENT = "Patient"


@dataclass(frozen=True, slots=True)
class EverythingQuery:
    """Whose resources are asked for, of which types, changed since an instant, and of which time; None: of any.

    A resource that says no time of its own is of any time. `after` is the type and id of the last of a page. `subject`
    is the patient's number, where the id tells it: what belongs to it may be there before the Patient is.
    """

    id: str
    types: frozenset[str] | None = None
    since: str | None = None
    start: str | None = None
    end: str | None = None
    count: int = 50
    after: tuple[str, str] | None = None
    subject: str | None = None


def everything(connection: Connection, sight: Sight, query: EverythingQuery) -> tuple[Version, ...]:
    """At most one resource more than asked for, in order, as far as its reader may see them.

    What is seen is said in a form that no index answers: the subject's index is the one to take.
    """
    rank = case((resource.c.type == PATIENT, 0), else_=1)
    current = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)
    row = (resource.c.type, resource.c.id, resource.c.version, resource_version.c.at, resource_version.c.body)
    statement = (
        select(*row)
        .select_from(resource.join(resource_version, current))
        .where(case((and_(sight.resources(), not_(resource.c.deleted)), true()), else_=false()))
        .where(*_conditions(sight, query))
        .order_by(rank, resource.c.type, resource.c.id)
        .limit(query.count + 1)
    )
    if query.after is not None:
        type_, id_ = query.after
        place = (literal(0 if type_ == PATIENT else 1), literal(type_), literal(id_))
        statement = statement.where(tuple_(rank, resource.c.type, resource.c.id) > tuple_(*place))
    return tuple(map(_version, connection.execute(statement)))


def _conditions(sight: Sight, query: EverythingQuery) -> list[ColumnElement[bool]]:
    patient = and_(resource.c.type == PATIENT, resource.c.id == query.id, sight.resources())
    subject = select(resource.c.subject).where(patient).correlate(None).scalar_subquery()
    found = [resource.c.subject == (subject if query.subject is None else query.subject)]
    if query.types is not None:
        found.append(resource.c.type.in_(sorted(query.types)))
    if query.since is not None:
        found.append(resource.c.updated >= query.since)
    if query.start is not None:
        found.append(or_(resource.c.high == null(), resource.c.high > query.start))
    if query.end is not None:
        found.append(or_(resource.c.low == null(), resource.c.low < query.end))
    return found


def _version(row: Any) -> Version:
    type_, id_, version, at, body = row
    return Version(Address(type_, id_, version, at), body, deleted=False)
