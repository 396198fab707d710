"""Proving that the database holds what was written: chain, checkpoints, versions and their bytes, counts, references.

What is found names rows, never what stands in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, func, select

from adapter.store.dialect import Engines, damage, steady
from adapter.store.key_check import fault
from adapter.store.migrate import require_current
from adapter.store.schema import chain_link, metadata
from adapter.store.verify_acts import acts
from adapter.store.verify_chain import Steps, Tail, chains, checkpoints
from adapter.store.verify_versions import records, resources

MOST = 1000
"""Findings that are told; a database with more is not looked at further."""

COUNTED = (
    "submission",
    "record",
    "record_version",
    "resource",
    "resource_version",
    "audit",
    "chain_link",
    "checkpoint",
)


@dataclass(slots=True)
class Verdict:
    """What was found wrong, how many rows each table has, and what no checkpoint covers yet.

    `signed`: whether there was a key to check the signatures with.
    """

    findings: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    tail: Tail = field(default_factory=Tail)
    signed: bool = False


Progress = Callable[[int, int], None]
"""Is told how many rows were looked at, of how many."""


def verify(
    engines: Engines, key: bytes | None, receipts: Iterable[str] = (), progress: Progress = lambda _done, _all: None
) -> Verdict:
    """Look at everything in one consistent view, while others read and write on.

    `receipts` are hashes that receipts carry: each must stand in the chain. What was cut off after the last checkpoint
    cannot be missed otherwise.
    """
    verdict = Verdict(signed=key is not None)
    with engines.reading() as connection, steady(connection):
        require_current(connection)
        for name in COUNTED:
            statement = select(func.count()).select_from(metadata.tables[name])
            verdict.counts[name] = connection.execute(statement).scalar_one()
        # Each row of the audit is looked at with its link, and beside the row that it tells of.
        total = verdict.counts["chain_link"] + 2 * verdict.counts["audit"]
        found = _all(connection, key, verdict, receipts, Steps(lambda done: progress(done, total)))
        verdict.findings += islice(found, MOST)
    return verdict


def _all(
    connection: Connection, key: bytes | None, verdict: Verdict, receipts: Iterable[str], steps: Steps
) -> Iterable[str]:
    yield from damage(connection)
    wrong, key = fault(connection, key)
    if wrong is not None:
        yield wrong
    yield from chains(connection, steps)
    yield from checkpoints(connection, key, verdict.tail)
    yield from records(connection, steps)
    yield from resources(connection, steps)
    yield from acts(connection, steps)
    for receipt in receipts:
        held = select(chain_link.c.submission).where(chain_link.c.shown == receipt)
        if connection.execute(held).first() is None:
            yield f"receipt {receipt}: its push does not stand in the chain"
