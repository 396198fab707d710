"""What a link of the audit's chain hashes, as text that two who do not know each other make alike: lines of JSON.

A link's `hash` covers everything that its submission wrote. Its `shown` covers what a blinded reader may know of it
and nothing else: a sender who knows all that it sent could try values for what it may not see against a hash of both.
The format never changes; another would be named by another word than `crfhir-1`.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

GENESIS = ""
"""What the first link of a chain has before it."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Note:
    """One version that was written: `target` is the number of its record or resource in this database, `what` its
    name anywhere (`Observation/01-001-crp`, `injection/01-001-c1d1`), `digest` the SHA-256 of the bytes as kept."""

    target: int
    action: str
    kind: str
    what: str
    version: int
    restricted: bool
    reason: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Act:
    """A submission as its link covers it; the digests are of its receipt and of its residue's parts, in order."""

    number: int
    at: str
    sender: str
    content: str
    receipt: str
    residue: str


@dataclass(slots=True)
class Rows:
    """The notes of one submission, hashed as they come: of a load there are too many to keep."""

    places: int = 0
    _all: Any = field(default_factory=sha256)
    _open: Any = field(default_factory=sha256)

    def add(self, notes: Sequence[Note]) -> None:
        """Hash these after the others; the open ones without their place, whose gaps would tell."""
        for note in notes:
            self.places += 1
            line = _encode([note.action, note.kind, note.what, note.version, note.restricted, note.reason, note.digest])
            self._all.update(b"%d %s\n" % (self.places, line))
            if not note.restricted:
                self._open.update(line + b"\n")

    @property
    def digests(self) -> tuple[str, str]:
        """Of all of them, and of the open ones."""
        return self._all.hexdigest(), self._open.hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it stands, and its two hashes."""

    chain: int
    position: int
    previous: str
    hash: str
    shown: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain, by which the next is made; that of an empty chain stands at 0."""

    chain: int
    position: int = 0
    hash: str = GENESIS
    shown: str = GENESIS

    def next(self, act: Act, rows: Rows) -> Link:
        """The link of `act` after this one."""
        every, open_ = rows.digests
        position = self.position + 1
        place = ["crfhir-1", self.chain, position]
        told = [act.number, act.at, act.sender, act.receipt]
        whole = _encode([*place, self.hash, *told, act.content, act.residue, every])
        shown = _encode([*place, self.shown, *told, open_])
        return Link(self.chain, position, self.hash, sha256(whole).hexdigest(), sha256(shown).hexdigest())


Heads = Sequence[tuple[int, int, str]]
"""(chain, position, hash) of every chain, in order."""


def heads_text(heads: Heads) -> str:
    """The heads as a checkpoint keeps them."""
    return _encode([list(head) for head in heads]).decode()


def sign(key: bytes, number: int, at: str, heads: str, previous: str) -> str:
    """The signature of a checkpoint: HMAC-SHA256 over all of it, and over the signature of the one before."""
    return hmac.new(key, _encode(["crfhir-1 checkpoint", number, at, heads, previous]), sha256).hexdigest()
