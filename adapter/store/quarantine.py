"""Quarantine: what could not be accepted, as it may be kept, until a person or a link decides on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, select, update

from adapter.fhir import json
from adapter.store.queries import Event
from adapter.store.schema import quarantine, quarantine_event, submission

WAITING, REPLAYED, CORRECTED, REJECTED = "waiting", "replayed", "corrected", "rejected"
STATUSES = (WAITING, REPLAYED, CORRECTED, REJECTED)


@dataclass(frozen=True, slots=True)
class Kept:
    """A push, or a part of one, in quarantine: whose it is, what came (None: too broken to be kept), and why it waits.

    `form` None: `content` is a list of {where, resource, alias}; else of that form's JSON records. `awaits` is the HMAC
    of a patient's name that is not linked.
    """

    sender: str
    site: str | None
    content: Any
    issues: Sequence[Mapping[str, Any]]
    form: str | None = None
    awaits: str | None = None
    status: str = WAITING
    number: int = 0
    at: str = ""
    submission: int = 0
    events: Sequence[Event] = field(default=())


def keep(connection: Connection, push: int, at: str, found: Sequence[Kept]) -> list[int]:
    """Put into quarantine; return the numbers. What waits there already from the same sender is not put there twice."""
    contents = [json.encode(one.content).decode() for one in found if one.content is not None]
    waiting = select(quarantine.c.sender, quarantine.c.form, quarantine.c.content, quarantine.c.number)
    waiting = waiting.where(quarantine.c.status == WAITING, quarantine.c.content.in_(contents))
    held = {tuple(row[:3]): row[3] for row in connection.execute(waiting)} if contents else {}
    return [_keep(connection, push, at, one, held) for one in found]


def _keep(connection: Connection, push: int, at: str, kept: Kept, held: dict[tuple[Any, ...], int]) -> int:
    content = json.encode(kept.content).decode() if kept.content is not None else None
    if (kept.sender, kept.form, content) in held:
        return held[kept.sender, kept.form, content]
    row = {
        "submission": push,
        "sender": kept.sender,
        "site": kept.site,
        "form": kept.form,
        "awaits": kept.awaits,
        "status": WAITING,
        "content": content,
        "issues": json.encode(list(kept.issues)).decode(),
    }
    number = int(connection.execute(insert(quarantine).returning(quarantine.c.number), row).scalar_one())
    happened(connection, number, Event(at, kept.sender, "kept", None, push))
    return number


def decide(connection: Connection, number: int, status: str, event: Event) -> None:
    """Change the status, and keep how it came about."""
    connection.execute(update(quarantine).where(quarantine.c.number == number).values(status=status))
    happened(connection, number, event)


def await_other(connection: Connection, number: int, awaits: str | None, issues: Sequence[Mapping[str, Any]]) -> None:
    """Note what it waits for now, after a replay that did not pass."""
    values = {"awaits": awaits, "issues": json.encode(list(issues)).decode()}
    connection.execute(update(quarantine).where(quarantine.c.number == number).values(values))


def happened(connection: Connection, number: int, event: Event) -> None:
    """Keep what happened to it."""
    last = select(func.coalesce(func.max(quarantine_event.c.position), 0))
    position = connection.execute(last.where(quarantine_event.c.quarantine == number)).scalar_one()
    row = {"quarantine": number, "position": position + 1, "at": event.at, "actor": event.actor}
    more = {"action": event.action, "reason": event.reason, "submission": event.submission}
    connection.execute(insert(quarantine_event), row | more)


def claimed(connection: Connection, number: int) -> Kept | None:
    """What is in quarantine under a number, held until the transaction ends; None where there is nothing."""
    statement = _kept().where(quarantine.c.number == number)
    row = connection.execute(
        statement if connection.dialect.name == "sqlite" else statement.with_for_update(of=quarantine)
    ).first()
    return _read(row) if row is not None else None


def read(connection: Connection, number: int) -> Kept | None:
    """What is in quarantine under a number, with all that happened to it."""
    row = connection.execute(_kept().where(quarantine.c.number == number)).first()
    if row is None:
        return None
    events = connection.execute(
        select(
            quarantine_event.c.at,
            quarantine_event.c.actor,
            quarantine_event.c.action,
            quarantine_event.c.reason,
            quarantine_event.c.submission,
        )
        .where(quarantine_event.c.quarantine == number)
        .order_by(quarantine_event.c.position)
    )
    return _read(row, [Event(*event) for event in events])


def list_kept(
    connection: Connection, wanted: Mapping[str, str], count: int, after: int | None
) -> tuple[int, list[Kept], bool]:
    """How much is as `wanted` (status, site, sender), a page of it in its order, and whether more follows."""
    columns = {"status": quarantine.c.status, "site": quarantine.c.site, "sender": quarantine.c.sender}
    matches = and_(*(columns[name] == value for name, value in wanted.items()), quarantine.c.number > 0)
    total = connection.execute(select(func.count()).select_from(quarantine).where(matches)).scalar_one()
    page = _kept().where(matches, quarantine.c.number > (after or 0)).order_by(quarantine.c.number).limit(count + 1)
    rows = list(map(_read, connection.execute(page)))
    return total, rows[:count], len(rows) > count


def awaiting(connection: Connection, macs: Collection[str]) -> list[int]:
    """The numbers of what waits for these names of patients, in their order."""
    statement = select(quarantine.c.number).where(quarantine.c.awaits.in_(list(macs)), quarantine.c.status == WAITING)
    return list(connection.execute(statement.order_by(quarantine.c.number)).scalars())


def statuses(connection: Connection, numbers: Collection[int]) -> list[str]:
    """The statuses of these."""
    return list(connection.execute(select(quarantine.c.status).where(quarantine.c.number.in_(list(numbers)))).scalars())


def _kept() -> Select[Any]:
    return select(
        quarantine.c.sender,
        quarantine.c.site,
        quarantine.c.content,
        quarantine.c.issues,
        quarantine.c.form,
        quarantine.c.awaits,
        quarantine.c.status,
        quarantine.c.number,
        submission.c.received_at,
        quarantine.c.submission,
    ).select_from(quarantine.join(submission, submission.c.number == quarantine.c.submission))


def _read(row: Any, events: Sequence[Event] = ()) -> Kept:
    sender, site, content, issues, form, awaits, status, number, at, push = row
    parsed = json.parse(content) if content is not None else None
    return Kept(sender, site, parsed, json.parse(issues), form, awaits, status, number, at, push, events)
