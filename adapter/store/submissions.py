"""Submissions as their senders know them: the same push is found again by its key or by its content."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, exists, insert, or_, select

from adapter.store.acts import of_arrival, of_key
from adapter.store.audit import Acting
from adapter.store.dialect import insert_unless_there
from adapter.store.quarantine import REJECTED, WAITING
from adapter.store.schema import (
    arrival,
    chain_link,
    claim_of_key,
    quarantine,
    quarantine_event,
    receipt,
    record,
    record_version,
    submission,
    told,
)
from adapter.store.shapes import OPEN


@dataclass(frozen=True, slots=True)
class Submitted:
    """A push that was stored: its number, its time, whose it was, its receipt as kept, the hash of its chain link."""

    number: int
    at: str
    sender: str
    content: str
    chain: str


def claim_key(push: Acting, sender: str, key: str, digest: str) -> tuple[int, str] | None:
    """Take a sender's key for a push; where it is taken, the submission that has it and the digest of its content."""
    row = {"sender": sender, "key": key, "digest": digest, "submission": push.number}
    fresh = insert_unless_there(push.connection, claim_of_key).returning(claim_of_key.c.submission)
    if push.connection.execute(fresh, row).first() is not None:
        push.note([of_key(push.number, sender, key, digest)])
        return None
    return claimed_key(push.connection, sender, key)


def claimed_key(connection: Connection, sender: str, key: str) -> tuple[int, str] | None:
    """The submission that has a sender's key, and the digest of its content; None where the key is free."""
    columns = (claim_of_key.c.submission, claim_of_key.c.digest)
    found = connection.execute(select(*columns).where(claim_of_key.c.sender == sender, claim_of_key.c.key == key))
    row = found.first()
    return (row.submission, row.digest) if row is not None else None


def submitted(connection: Connection, number: int, sender: str) -> Submitted | None:
    """A push of this sender; None when there is none of this number, or it is another's."""
    row = connection.execute(_submitted().where(submission.c.number == number, submission.c.sender == sender)).first()
    return Submitted(*row) if row is not None else None


def standing(connection: Connection, sender: str, digest: str, before: int) -> Submitted | None:
    """The last push of this content by this sender, if what it told still stands: nothing was written over it, and the
    sender has told nothing of the same records since.

    What others wrote of restricted items does not count: whether they did is not to be learned here.
    """
    found = connection.execute(
        _submitted()
        .where(submission.c.sender == sender, submission.c.digest == digest, submission.c.number < before)
        .order_by(submission.c.number.desc())
        .limit(1)
    ).first()
    if found is None or _told_again(connection, found.number, sender) or _written_over(connection, found.number):
        return None
    return Submitted(*found)


def overtaken(connection: Connection, sender: str, push: int, numbers: Collection[int]) -> bool:
    """True if some of what a push put into quarantine was decided otherwise than the push said: rejected, or stored
    later and overtaken since. `numbers` are what its receipt names; what waited before from another push is among them.
    """
    joined = quarantine.outerjoin(
        quarantine_event,
        (quarantine_event.c.quarantine == quarantine.c.number) & (quarantine_event.c.action == quarantine.c.status),
    )
    own = or_(quarantine.c.number.in_(list(numbers)), quarantine.c.submission == push)
    decided = select(quarantine.c.status, quarantine_event.c.submission).select_from(joined)
    found = connection.execute(decided.where(own, quarantine.c.status != WAITING)).all()
    return any(status == REJECTED for status, _ in found) or any(
        _told_again(connection, later, sender) or _written_over(connection, later)
        for later in {stored for _, stored in found if stored is not None}
    )


def keep_arrival(push: Acting, package: str, mac: str | None, content: bytes | None) -> None:
    """Keep what a push brought, freed of what identifies a person, the HMAC of what came, and which package read it."""
    packed = zlib.compress(content, 1) if content is not None else None
    row = {"submission": push.number, "package": package, "mac": mac, "content": packed}
    push.connection.execute(insert(arrival), row)
    push.note([of_arrival(push.number, package, mac, packed)])


def last_package(connection: Connection) -> str | None:
    """The digest of the study package that read the last push; None where there was none."""
    last = select(arrival.c.package).order_by(arrival.c.submission.desc()).limit(1)
    return connection.execute(last).scalar()


def _submitted() -> Select[Any]:
    columns = (submission.c.number, submission.c.received_at, submission.c.sender, receipt.c.content)
    joined = submission.join(receipt, receipt.c.submission == submission.c.number)
    joined = joined.outerjoin(chain_link, chain_link.c.submission == submission.c.number)
    return select(*columns, chain_link.c.shown).select_from(joined)


def _told_again(connection: Connection, number: int, sender: str) -> bool:
    later = told.alias()
    joined = later.join(told, told.c.record == later.c.record)
    joined = joined.join(submission, submission.c.number == later.c.submission)
    same = exists().select_from(joined)
    return bool(
        connection.execute(
            select(same.where(told.c.submission == number, later.c.submission > number, submission.c.sender == sender))
        ).scalar()
    )


def _written_over(connection: Connection, number: int) -> bool:
    joined = told.join(record, record.c.number == told.c.record)
    joined = joined.join(record_version, record_version.c.record == told.c.record)
    later = (told.c.submission == number, record_version.c.submission > number, record.c.part == OPEN)
    return bool(connection.execute(select(exists().select_from(joined).where(*later))).scalar())
