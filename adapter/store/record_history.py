"""What a record was: every version of its open part, with who made it, when and why."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from adapter.fhir import json
from adapter.store.provenance import Words, words
from adapter.store.records import VOIDED
from adapter.store.schema import arrival, record, record_version, residue, resource, submission, told
from adapter.store.shapes import OPEN, Address
from adapter.store.sight import Sight


@dataclass(frozen=True, slots=True)
class Past:
    """One version: its number and time, who sent it and in which push, why it was made, and its JSON text."""

    version: int
    at: str
    sender: str
    submission: int
    reason: str | None
    source_at: str | None
    voided: bool
    content: str


def history(connection: Connection, sight: Sight, form: str, key: str, count: int, before: int | None) -> list[Past]:
    """The versions of a record before the version `before`, the newest first, at most `count`."""
    columns = (
        record_version.c.version,
        record_version.c.at,
        submission.c.sender,
        submission.c.number,
        record_version.c.reason,
        record_version.c.source_at,
        record_version.c.kind,
        record_version.c.content,
    )
    joined = record.join(record_version, record_version.c.record == record.c.number)
    statement = select(*columns).select_from(
        joined.join(submission, submission.c.number == record_version.c.submission)
    )
    statement = statement.where(*_open(sight, form, key)).order_by(record_version.c.version.desc()).limit(count)
    if before is not None:
        statement = statement.where(record_version.c.version < before)
    return [
        Past(version, at, sender, number, reason, source, kind == VOIDED, content)
        for version, at, sender, number, reason, source, kind, content in connection.execute(statement)
    ]


def resources_of(connection: Connection, sight: Sight, form: str, key: str) -> list[Address]:
    """The resources that a record stands for, in the order of their types and ids."""
    statement = select(resource.c.type, resource.c.id, resource.c.version, resource.c.updated).select_from(
        resource.join(record, record.c.number == resource.c.record)
    )
    statement = statement.where(*_open(sight, form, key), sight.resources(), resource.c.deleted.is_(False))
    return [Address(*row) for row in connection.execute(statement.order_by(resource.c.type, resource.c.id))]


def words_of(connection: Connection, sight: Sight, form: str, key: str) -> tuple[str, Words] | None:
    """The content of a record's open part as it stands, and whose word each of its items is."""
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    statement = select(record.c.number, record_version.c.content).select_from(record.join(record_version, current))
    found = connection.execute(statement.where(*_open(sight, form, key))).first()
    if found is None:
        return None
    return found.content, words(connection, {found.number: found.number})[found.number]


def pointers_of(connection: Connection, sight: Sight, form: str, key: str) -> dict[int, list[dict[str, Any]]]:
    """Submission -> the fragments [{pointer, source, items}] in which it told of a record."""
    statement: Select[Any] = select(told.c.submission, told.c.content).select_from(
        told.join(record, record.c.number == told.c.record)
    )
    rows = connection.execute(statement.where(*_open(sight, form, key)))
    return {number: json.parse(content) for number, content in rows}


def residue_of(connection: Connection, sight: Sight, form: str, key: str) -> dict[int, list[dict[str, Any]]]:
    """Submission -> what no map read of the resources that told of a record: [{form, expression, value}].

    It may reveal the arm: nothing for a reader who may not see that. What files brought is not told apart by record.
    """
    if not sight.restricted:
        return {}
    pointers = pointers_of(connection, sight, form, key)
    kept = select(residue.c.submission, residue.c.content).where(residue.c.submission.in_(list(pointers)))
    found: dict[int, list[dict[str, Any]]] = {}
    for number, content in connection.execute(kept.order_by(residue.c.submission, residue.c.part)):
        places = [f"{fragment['pointer']}/" for fragment in pointers[number]]
        own = [each for each in json.parse(content) if each["form"] == form and _is_below(each["expression"], places)]
        found.setdefault(number, []).extend(own)
    return {number: own for number, own in found.items() if own}


def _is_below(expression: str, places: Iterable[str]) -> bool:
    """True of a FHIRPath that leads into one of the resources at these JSON pointers."""
    _, *steps = expression.replace("[", ".").replace("]", "").split(".")
    return f"/{'/'.join(steps)}".startswith(tuple(places))


def _open(sight: Sight, form: str, key: str) -> tuple[Any, ...]:
    return record.c.form == form, record.c.key == key, record.c.part == OPEN, sight.records()


def packages_of(connection: Connection, submissions: Iterable[int]) -> dict[int, str]:
    """Submission -> the digest of the study package that read it."""
    rows = connection.execute(
        select(arrival.c.submission, arrival.c.package).where(arrival.c.submission.in_(list(submissions)))
    )
    return {row[0]: row[1] for row in rows}


def arrivals_of(connection: Connection, submissions: Iterable[int]) -> dict[int, list[Any]]:
    """Submission -> what it brought, as it was kept; nothing of one that loaded files."""
    named = arrival.c.submission.in_(list(submissions)), arrival.c.content.is_not(None)
    rows = connection.execute(select(arrival.c.submission, arrival.c.content).where(*named))
    return {number: json.parse(zlib.decompress(content)) for number, content in rows}


def contents(connection: Connection, sight: Sight, form: str, subject: str) -> list[str]:
    """The open parts of a subject's records of a form, in the order of their keys, but for what is voided."""
    current = and_(record_version.c.record == record.c.number, record_version.c.version == record.c.version)
    statement = select(record_version.c.content).select_from(record.join(record_version, current))
    named = (record.c.form == form, record.c.subject == subject, record.c.part == OPEN, sight.records())
    statement = statement.where(*named, record_version.c.kind != VOIDED).order_by(record.c.position, record.c.key)
    return list(connection.execute(statement).scalars())


def holds_openly(connection: Connection, form: str, item: str) -> bool:
    """True if the open part of any version of a record of this form answers an item. It looks at all of them."""
    answered = record_version.c.content.contains(f'"{item}":', autoescape=True)
    joined = record.join(record_version, record_version.c.record == record.c.number)
    found = select(record.c.number).select_from(joined).where(record.c.form == form, record.c.part == OPEN, answered)
    return connection.execute(found.limit(1)).first() is not None
