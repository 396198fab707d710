"""What a sender told of a record after a push of it came into quarantine: also what changed nothing, or took back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.intake.pointers import Pointers
from adapter.intake.precedence import Later
from adapter.intake.sender import Sender
from adapter.store import record_history
from adapter.store.provenance import told_after
from adapter.store.shapes import OPEN, Key
from adapter.store.store import Push

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


def later(desk: Desk, push: Push, sender: Sender, key: Key, waited: int) -> Later:
    """What a sender told of a record that is held, after the push of this number."""
    row = push.row(key, OPEN)
    if row is None:
        return Later(waited)
    found = told_after(push.connection, row.number, sender.name, waited)
    came = record_history.arrivals_of(push.connection, found)
    told: dict[str, str | None] = {}
    for number, pieces in sorted(found.items()):
        told |= Pointers(desk, key, pieces, came.get(number)).told()
    return Later(waited, told)
