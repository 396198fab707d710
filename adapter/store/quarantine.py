"""Quarantine: what could not be accepted, as it may be kept, until a person or a link decides on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, select, update

from adapter.fhir import json
from adapter.store.acts import of_kept, of_quarantine
from adapter.store.audit import Acting
from adapter.store.queries import Event
from adapter.store.schema import arrival, quarantine, quarantine_event, submission

WAITING, REPLAYED, CORRECTED, REJECTED = "waiting", "replayed", "corrected", "rejected"
STATUSES = (WAITING, REPLAYED, CORRECTED, REJECTED)


@dataclass(frozen=True, slots=True)
class Kept:
    """A push, or a part of one, in quarantine: whose it is, what came (None: too broken to be kept), and why it waits.

    `form` None: `content` is a list of {where, resource, came, alias}; else of that form's JSON records. `awaits` are
    the HMACs of the names of a patient who is not linked, one text.
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


def keep(push: Acting, found: Sequence[Kept]) -> list[int]:
    """Put into quarantine; return the numbers. What waits there already from the same sender is not put there twice."""
    contents = [json.encode(one.content).decode() for one in found if one.content is not None]
    waiting = select(quarantine.c.sender, quarantine.c.form, quarantine.c.content, quarantine.c.number)
    waiting = waiting.where(quarantine.c.status == WAITING, quarantine.c.content.in_(contents))
    held = {tuple(row[:3]): row[3] for row in push.connection.execute(waiting)} if contents else {}
    return [_keep(push, one, held) for one in found]


def _keep(push: Acting, kept: Kept, held: dict[tuple[Any, ...], int]) -> int:
    content = json.encode(kept.content).decode() if kept.content is not None else None
    if (kept.sender, kept.form, content) in held:
        return held[kept.sender, kept.form, content]
    row = {
        "submission": push.number,
        "sender": kept.sender,
        "site": kept.site,
        "form": kept.form,
        "awaits": kept.awaits,
        "status": WAITING,
        "content": content,
        "issues": json.encode(list(kept.issues)).decode(),
    }
    number = int(push.connection.execute(insert(quarantine).returning(quarantine.c.number), row).scalar_one())
    push.note([of_kept(number, push.number, kept.sender, kept.site, kept.form, content)])
    happened(push, number, Event(push.at, kept.sender, "kept", None, push.number))
    return number


def decide(push: Acting, number: int, status: str, event: Event) -> None:
    """Change the status, and keep how it came about."""
    push.connection.execute(update(quarantine).where(quarantine.c.number == number).values(status=status))
    happened(push, number, event)


def await_other(connection: Connection, number: int, awaits: str | None, issues: Sequence[Mapping[str, Any]]) -> None:
    """Note what it waits for now, after a replay that did not pass."""
    values = {"awaits": awaits, "issues": json.encode(list(issues)).decode()}
    connection.execute(update(quarantine).where(quarantine.c.number == number).values(values))


def happened(push: Acting, number: int, event: Event) -> None:
    """Keep what happened to what this transaction has made, claimed or decided on."""
    last = select(func.coalesce(func.max(quarantine_event.c.position), 0))
    position = push.connection.execute(last.where(quarantine_event.c.quarantine == number)).scalar_one() + 1
    row = {"quarantine": number, "position": position, "at": event.at, "actor": event.actor}
    more = {"action": event.action, "reason": event.reason, "submission": event.submission}
    push.connection.execute(insert(quarantine_event), row | more)
    told = event.at, event.actor, event.action, event.reason, event.submission
    push.note([of_quarantine(number, position, told)])


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


def waiting_as(connection: Connection, sender: str, mac: str) -> int | None:
    """The number of what waits of a sender, with a resource that it calls so (the HMAC of its name); None for none."""
    named = quarantine.c.content.contains(f'"alias":{json.encode(mac).decode()}', autoescape=True)
    found = select(quarantine.c.number).where(quarantine.c.status == WAITING, quarantine.c.sender == sender, named)
    number: int | None = connection.execute(found.order_by(quarantine.c.number).limit(1)).scalar()
    return number


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
    """The numbers of what waits for one of these names of patients, in their order."""
    waiting = select(quarantine.c.number, quarantine.c.awaits).where(
        quarantine.c.awaits.is_not(None), quarantine.c.status == WAITING
    )
    wanted = frozenset(macs)
    found = connection.execute(waiting.order_by(quarantine.c.number))
    return [number for number, names in found if not wanted.isdisjoint(names.split())]


def awaited_of(connection: Connection, push: int) -> list[tuple[int, str | None, list[str]]]:
    """What of a push waits for a patient: the number, the site, and the patient's names."""
    columns = (quarantine.c.number, quarantine.c.site, quarantine.c.awaits)
    own = and_(quarantine.c.submission == push, quarantine.c.status == WAITING, quarantine.c.awaits.is_not(None))
    found = connection.execute(select(*columns).where(own).order_by(quarantine.c.number))
    return [(number, site, names.split()) for number, site, names in found]


def statuses(connection: Connection, numbers: Collection[int]) -> list[str]:
    """The statuses of these."""
    return list(connection.execute(select(quarantine.c.status).where(quarantine.c.number.in_(list(numbers)))).scalars())


def settled_by(connection: Connection, numbers: Collection[int]) -> list[tuple[int, str]]:
    """The pushes that these were sent again with and stored, in their order: number and instant of each."""
    columns = quarantine_event.c.submission, quarantine_event.c.at
    sent = quarantine_event.c.quarantine.in_(list(numbers)), quarantine_event.c.action.in_((REPLAYED, CORRECTED))
    found = connection.execute(select(*columns).where(*sent, quarantine_event.c.submission.is_not(None)))
    return sorted({(number, at) for number, at in found})


def came_first(connection: Connection, push: int) -> tuple[str, bool] | None:
    """When what this push takes out of quarantine came, and whether it came from files; None for any other push."""
    joined = quarantine_event.join(quarantine, quarantine.c.number == quarantine_event.c.quarantine)
    joined = joined.join(submission, submission.c.number == quarantine.c.submission)
    joined = joined.outerjoin(arrival, arrival.c.submission == quarantine.c.submission)
    taken = quarantine_event.c.submission == push, quarantine_event.c.action.in_((REPLAYED, CORRECTED))
    columns = submission.c.received_at, arrival.c.content.is_(None)
    row = connection.execute(select(*columns).select_from(joined).where(*taken).limit(1)).first()
    return (row[0], bool(row[1])) if row is not None else None


def waits(connection: Connection, push: int, after: int) -> bool:
    """True if something of a push waits under a number greater than `after`."""
    own = and_(quarantine.c.status == WAITING, quarantine.c.number > after, quarantine.c.submission == push)
    return connection.execute(select(quarantine.c.number).where(own).limit(1)).first() is not None


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
