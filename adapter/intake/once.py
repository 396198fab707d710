"""A push that is sent twice has its effect once: by the key that its sender gives it, or by its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from adapter.intake.receipt import Receipt, read_receipt
from adapter.outcome import Issue
from adapter.store.dialect import hold_same
from adapter.store.quarantine import WAITING, settled_by, statuses, waits
from adapter.store.store import Push, Store
from adapter.store.submissions import Submitted, claim_key, claimed_key, overtaken, standing, submitted

LONGEST = 255
"""Characters of a key."""

LONGEST_ID = 18
"""Digits of a receipt's id."""

ANY = 10**LONGEST_ID
"""Above every number of a push."""


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a push the same as another: the `Idempotency-Key` that it came with, if any, and the HMAC of what
    `came` under it (None: without a key of the server the push is known by what was made of it).

    `settles` is called with the push before all else, in its transaction: it takes what the push comes from out of
    quarantine, or raises to refuse it. `waited` is the number of the push with which that came: it ranks by then.
    """

    key: str | None = None
    came: str | None = None
    settles: Callable[[Push], None] | None = None
    waited: int | None = None


def digest(content: bytes) -> str:
    """The SHA-256 of a push's content."""
    return sha256(content).hexdigest()


def waited(once: Once | None) -> int | None:
    """The number of the push with which came what is sent again from quarantine; None for any other push."""
    return once.waited if once is not None else None


def other_content() -> Issue:
    """A key came a second time, with another content."""
    text = (
        "This Idempotency-Key came before with another content: "
        "give each push a key of its own, and the same key to the same push alone."
    )
    return Issue("error", "conflict", text, key="idempotency-key")


class ReplayError(Exception):
    """The same push came before: leaving the transaction by it, this one has no effect."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.id)
        self.receipt = receipt


def refuse_replay(push: Push, sender: str, mark: str, once: Once | None, *, anew: bool) -> None:
    """ReplayError when this push has come before: under the same key, or with the same content that still stands.

    `anew`: without a key it is carried out again. So is a push with a condition, for that to be judged again, and one
    that brings what may reveal the arm, for its receipt would tell whether that is what it was.
    """
    if once is not None and once.settles is not None:
        once.settles(push)
    hold_same(push.connection, f"{sender} {mark}")
    if once is not None and once.key is not None:
        own = mark if once.came is None else once.came
        taken = claim_key(push, sender, once.key, own)
        if taken is None:
            return
        number, content = taken
        if content != own:
            raise ReplayError(Receipt(issues=[other_content()], conflict=True))
        before = submitted(push.connection, number, sender)
        receipt = _with_fates(push.connection, before) if before is not None else None
    elif anew:
        return
    else:
        receipt = stood(push.connection, sender, mark, push.number)
    if receipt is not None:
        raise ReplayError(receipt)


def stood(connection: Connection, sender: str, mark: str, before: int = ANY) -> Receipt | None:
    """The receipt of the last push of this content whose number is less than `before`, if all of it still stands: what
    was stored of it, and what was put into quarantine waits or was stored since. None where it does not."""
    found = standing(connection, sender, mark, before)
    receipt = _with_fates(connection, found) if found is not None else None
    if receipt is None or receipt.submission is None:
        return None
    if receipt.quarantined and overtaken(connection, sender, receipt.submission, receipt.quarantined):
        return None
    return receipt


def earlier(store: Store, sender: str, once: Once | None) -> Receipt | None:
    """The receipt of the push that brought the same under this key before; None where none did, or none can be told."""
    if once is None or once.key is None or once.came is None:
        return None
    with store.engines.reading() as connection:
        taken = claimed_key(connection, sender, once.key)
        found = submitted(connection, taken[0], sender) if taken is not None and taken[1] == once.came else None
        return _with_fates(connection, found) if found is not None else None


def _with_fates(connection: Connection, before: Submitted) -> Receipt:
    """The receipt of a push, with what became of what is in quarantine."""
    receipt = again(before)
    if receipt.quarantined:
        receipt.fates = statuses(connection, receipt.quarantined)
        receipt.settled = settled_by(connection, receipt.quarantined)
        if receipt.unnamed and waits(connection, before.number, receipt.quarantined[-1]):
            receipt.fates.append(WAITING)
    return receipt


def again(before: Submitted) -> Receipt:
    """The receipt of a push that was stored before."""
    receipt = read_receipt(before.number, before.at, before.sender, before.content)
    receipt.replayed, receipt.chain = True, before.chain or ""
    return receipt


def receipt_of(store: Store, sender: str, id_: str) -> Receipt | None:
    """The receipt of one of a sender's pushes, with what became of what is in quarantine; None for no such one."""
    if not (id_.isascii() and id_.isdigit() and len(id_) <= LONGEST_ID):
        return None
    with store.engines.reading() as connection:
        found = submitted(connection, int(id_), sender)
        return _with_fates(connection, found) if found is not None else None
