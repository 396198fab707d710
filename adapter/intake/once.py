"""A push that is sent twice has its effect once: by the key that its sender gives it, or by its content."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from adapter.intake.receipt import Receipt, read_receipt
from adapter.outcome import Issue
from adapter.store.dialect import hold_same
from adapter.store.quarantine import statuses
from adapter.store.store import Push, Store
from adapter.store.submissions import Submitted, claim_key, standing, submitted

LONGEST = 255
"""Characters of a key."""

LONGEST_ID = 18
"""Digits of a receipt's id."""


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a push the same as another: the `Idempotency-Key` that it came with, if any."""

    key: str | None = None


def digest(content: bytes) -> str:
    """The SHA-256 of a push's content."""
    return sha256(content).hexdigest()


def other_content() -> Issue:
    """A key came a second time, with another content."""
    text = (
        "This Idempotency-Key came before with another content, which was stored: "
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
    hold_same(push.connection, f"{sender} {mark}")
    if once is not None and once.key is not None:
        taken = claim_key(push.connection, sender, once.key, mark, push.number)
        if taken is None:
            return
        number, content = taken
        if content != mark:
            raise ReplayError(Receipt(issues=[other_content()], conflict=True))
        before = submitted(push.connection, number, sender)
    elif anew:
        return
    else:
        before = standing(push.connection, sender, mark, push.number)
    if before is not None:
        raise ReplayError(again(before))


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
        receipt = again(found) if found is not None else None
        if receipt is not None:
            receipt.fates = statuses(connection, receipt.quarantined)
    return receipt
