"""Checkpoints: the heads of all chains, signed with a key that is kept outside the database, each over the one
before. Who can write the database but has no key cannot cut off or make anew what a checkpoint covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, text

from adapter.store.bulk import Sql
from adapter.store.chain import GENESIS, Heads, Link, heads_text, sign
from adapter.store.locks import alone
from adapter.store.schema import chain_link, checkpoint

EVERY = 500
"""Links of one chain after which a checkpoint is due."""

MANY = 1000
"""Versions of one push, a load for one, after which one is due."""

SECONDS = 60
"""Seconds after which one is due, at the next push."""


_LAST = Sql("SELECT number, at, mac FROM checkpoint ORDER BY number DESC LIMIT 1")

_CHAINS = text("""
WITH RECURSIVE chains(n) AS (
    SELECT min(chain) FROM chain_link
    UNION ALL SELECT (SELECT min(chain) FROM chain_link WHERE chain > chains.n) FROM chains WHERE chains.n IS NOT NULL
) SELECT n FROM chains WHERE n IS NOT NULL
""")
"""Every chain that has a link, each by one look into the index."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Makes checkpoints, if there is a key to sign them with."""

    key: bytes | None = None

    def after(self, connection: Connection, link: Link, at: str, versions: int) -> None:
        """Make a checkpoint if one is due after this link of so many versions, and no other writer is making one."""
        if self.key is None:
            return
        due = link.position % EVERY == 0 or versions >= MANY or _late(connection, at)
        if due and alone(connection):
            self.make(connection, at)

    def make(self, connection: Connection, at: str) -> None:
        """Sign the heads of all chains as this transaction sees them; nothing when there is no key."""
        if self.key is None:
            return
        last = _last(connection)
        number, previous = (last[0] + 1, last[2]) if last is not None else (1, GENESIS)
        signed = heads_text(heads(connection))
        mac = sign(self.key, number, at, signed, previous)
        row = {"number": number, "at": at, "heads": signed, "previous": previous, "mac": mac}
        connection.execute(insert(checkpoint), row)


def heads(connection: Connection) -> Heads:
    """The last link of every chain."""
    found: list[tuple[int, int, str]] = []
    for chain in connection.execute(_CHAINS).scalars().all():
        row = connection.execute(
            select(chain_link.c.position, chain_link.c.hash)
            .where(chain_link.c.chain == chain)
            .order_by(chain_link.c.position.desc())
            .limit(1)
        ).first()
        if row is not None:
            found.append((chain, row[0], row[1]))
    return found


def _last(connection: Connection) -> tuple[int, str, str] | None:
    found = _LAST.rows(connection)
    return (found[0][0], found[0][1], found[0][2]) if found else None


def _late(connection: Connection, at: str) -> bool:
    last = _last(connection)
    return last is None or (_time(at) - _time(last[1])).total_seconds() >= SECONDS


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at)
