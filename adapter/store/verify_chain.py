"""Proving the audit's chains and checkpoints: each link is made again from the rows that it covers."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, func, or_, select

from adapter.store.audit import digest_of
from adapter.store.chain import GENESIS, Act, Head, Note, Rows, sign
from adapter.store.checkpoint import heads
from adapter.store.schema import audit, chain_link, checkpoint, receipt, residue, submission

AT_ONCE = 500
"""Rows that are fetched at once."""

_LINKS = (
    select(
        chain_link.c.chain,
        chain_link.c.position,
        chain_link.c.submission,
        chain_link.c.previous,
        chain_link.c.hash,
        chain_link.c.shown,
        submission.c.received_at,
        submission.c.sender,
        submission.c.digest,
        receipt.c.content,
    )
    .select_from(
        chain_link.outerjoin(submission, submission.c.number == chain_link.c.submission).outerjoin(
            receipt, receipt.c.submission == chain_link.c.submission
        )
    )
    .order_by(chain_link.c.chain, chain_link.c.position)
)
_NOTES = select(
    audit.c.place,
    audit.c.target,
    audit.c.action,
    audit.c.kind,
    audit.c.what,
    audit.c.version,
    audit.c.restricted,
    audit.c.reason,
    audit.c.digest,
).order_by(audit.c.place)


@dataclass(slots=True)
class Tail:
    """What no checkpoint covers: how many links, and since when; `checkpoints` counts what there is."""

    links: int = 0
    since: str | None = None
    checkpoints: int = 0


@dataclass(slots=True)
class Steps:
    """Tells now and then how many rows were looked at so far."""

    tell: Callable[[int], None]
    done: int = 0

    def add(self, rows: int = 1) -> None:
        """Count these."""
        before, self.done = self.done, self.done + rows
        if before // AT_ONCE != self.done // AT_ONCE:
            self.tell(self.done)


def chains(connection: Connection, steps: Steps) -> Iterator[str]:
    """What is wrong with the chains, and which submissions stand in none."""
    head = Head(-1)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(_LINKS):
        if row.chain != head.chain:
            head = Head(row.chain)
        yield from _link(connection, head, row, steps)
        head = Head(row.chain, row.position, row.hash, row.shown)
    loose = select(submission.c.number).where(
        ~select(chain_link.c.submission).where(chain_link.c.submission == submission.c.number).exists()
    )
    for (number,) in connection.execute(loose.order_by(submission.c.number)):
        yield f"submission {number}: no link of the chain covers it"
    stray = select(audit.c.submission).where(
        ~select(chain_link.c.submission).where(chain_link.c.submission == audit.c.submission).exists()
    )
    for (number,) in connection.execute(stray.distinct()):
        yield f"submission {number}: its audit rows are covered by no link"


def _link(connection: Connection, head: Head, row: Row[*tuple[Any, ...]], steps: Steps) -> Iterator[str]:
    name = f"link {row.chain}/{row.position}"
    if row.received_at is None:
        yield f"{name}: its submission {row.submission} is gone"
        return
    if row.position != head.position + 1:
        yield f"{name}: it follows on position {head.position}, so links are missing"
        head = Head(row.chain, row.position - 1, row.previous, head.shown)
    if row.previous != head.hash:
        yield f"{name}: it names another link before it than there is"
    rows = _rows(connection, row.submission)
    steps.add(1 + rows.places)
    made = head.next(_act(connection, row), rows)
    if (made.hash, made.shown) != (row.hash, row.shown):
        yield f"{name}: submission {row.submission}, its receipt, residue or audit is not what was written"


def _act(connection: Connection, row: Row[*tuple[Any, ...]]) -> Act:
    parts = select(residue.c.content).where(residue.c.submission == row.submission).order_by(residue.c.part)
    left = sha256()
    for (content,) in connection.execute(parts):
        left.update(sha256(content.encode()).digest())
    told = digest_of((row.content or "").encode())
    return Act(row.submission, row.received_at, row.sender, row.digest, told, left.hexdigest())


def _rows(connection: Connection, number: int) -> Rows:
    rows = Rows()
    for place, *note in connection.execute(_NOTES.where(audit.c.submission == number)):
        if place == rows.places + 1:
            rows.add([Note(*note)])
    return rows


def checkpoints(connection: Connection, key: bytes | None, tail: Tail) -> Iterator[str]:
    """What is wrong with the checkpoints, and with what they sign; `tail` is told what the last leaves out."""
    previous, signed = GENESIS, "[]"
    statement = select(checkpoint).order_by(checkpoint.c.number)
    for count, row in enumerate(connection.execute(statement).all(), start=1):
        name = f"checkpoint {row.number}"
        if row.number != count or row.previous != previous:
            yield f"{name}: the one before it is not what it was"
        if key is not None and not hmac.compare_digest(row.mac, sign(key, row.number, row.at, row.heads, row.previous)):
            yield f"{name}: its signature is not of this key"
        yield from _signed(connection, name, _heads(row.heads))
        previous, signed, tail.checkpoints = row.mac, row.heads, count
    _leave(connection, _heads(signed), tail)


def _heads(text: str) -> list[tuple[int, int, str]]:
    try:
        return msgspec.json.decode(text, type=list[tuple[int, int, str]])
    except msgspec.DecodeError:
        return []


def _signed(connection: Connection, name: str, signed: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    for chain, position, mark in signed:
        held = select(chain_link.c.hash).where(chain_link.c.chain == chain, chain_link.c.position == position)
        if connection.execute(held).scalar() != mark:
            yield f"{name}: link {chain}/{position} that it signs is gone or changed"


def _leave(connection: Connection, signed: Sequence[tuple[int, int, str]], tail: Tail) -> None:
    covered = {chain: position for chain, position, _ in signed}
    after = [
        and_(chain_link.c.chain == chain, chain_link.c.position > covered.get(chain, 0))
        for chain, _, _ in heads(connection)
    ]
    if after:
        counted = select(func.count(), func.min(submission.c.received_at)).select_from(
            chain_link.join(submission, submission.c.number == chain_link.c.submission)
        )
        tail.links, tail.since = connection.execute(counted.where(or_(*after))).one()
