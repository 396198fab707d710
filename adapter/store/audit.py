"""Writing the audit: a row for each version that a push wrote, and the link that chains them to what was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import attrgetter
from typing import Any, Protocol

from sqlalchemy import Connection

from adapter.store.acts import of_push
from adapter.store.bulk import Adding, Sql
from adapter.store.chain import Act, Head, Link, Note, Rows
from adapter.store.locks import slot
from adapter.store.schema import audit, chain_link

_HEAD = Sql("SELECT position, hash, shown FROM chain_link WHERE chain = ? ORDER BY position DESC LIMIT 1")
_LINK = Adding(chain_link, "chain", "position", "submission", "previous", "hash", "shown")
_NAMES = ("target", "action", "kind", "what", "version", "restricted", "reason", "digest")
_VALUES = attrgetter(*_NAMES)
_AT_ONCE = 1000
"""Notes of what was done besides versions that are kept until they are added."""

_NOTE = Adding(audit, "submission", "place", *_NAMES)


class Acting(Protocol):
    """Who writes: a push, or an act that is audited as one."""

    @property
    def number(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def connection(self) -> Connection: ...
    def note(self, notes: Sequence[Note]) -> None:
        """Let the audit tell of what is done besides versions."""


@dataclass(slots=True)
class Ledger:
    """The audit of one push, inside its transaction."""

    connection: Connection
    number: int
    at: str
    sender: str
    content: str
    versions: int = 0
    """How many versions were noted so far."""
    _rows: Rows = field(default_factory=Rows)
    _residue: Any = field(default_factory=sha256)
    _beside: list[Note] = field(default_factory=list)

    def note(self, notes: Sequence[Note]) -> None:
        """Add a row for each of these versions."""
        self.versions += len(notes)
        self._add(notes)

    def note_beside(self, notes: Sequence[Note]) -> None:
        """Add a row for each of these too, together with others: they come one at a time."""
        self._beside += notes
        if len(self._beside) >= _AT_ONCE:
            self._add(self._beside)
            self._beside = []

    def _add(self, notes: Sequence[Note]) -> None:
        if not notes:
            return
        place = self._rows.places
        rows = [(self.number, place + count, *_VALUES(note)) for count, note in enumerate(notes, start=1)]
        self._rows.add(notes)
        _NOTE.rows(self.connection, rows)

    def left(self, content: str) -> None:
        """Hash a part of the residue, in the order in which they are kept."""
        self._residue.update(sha256(content.encode()).digest())

    def seal(self, receipt: str) -> Link:
        """Append the link of this push to a chain that is ours until it commits: the last thing that it writes."""
        self._add([*of_push(self.connection, self.number), *self._beside])
        act = Act(
            self.number, self.at, self.sender, self.content, digest_of(receipt.encode()), self._residue.hexdigest()
        )
        link = head(self.connection, slot(self.connection)).next(act, self._rows)
        _LINK.rows(self.connection, [(link.chain, link.position, self.number, link.previous, link.hash, link.shown)])
        return link


def head(connection: Connection, chain: int) -> Head:
    """The last link of a chain."""
    found = _HEAD.rows(connection, chain)
    return Head(chain, *found[0]) if found else Head(chain)


def digest_of(content: bytes) -> str:
    """The SHA-256 of what is kept."""
    return sha256(content).hexdigest()
