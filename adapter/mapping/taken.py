"""What reading a resource takes: a log of answers in the order they were read, and notes on what was left.

A log is cheap to add to and to roll back; `gather` makes it a record's fragment in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from adapter.crf.record import Absent
from adapter.crf.study import Item
from adapter.mapping.coding import Rows, settle
from adapter.mapping.notes import MISS, SILENT, Notes, weight
from adapter.mapping.plan import Hole

ANSWER, REPEAT, CLAIM, ROWS, ENTRY, CONFLICT = range(6)
"""Kinds of a log entry: an answer at its home, one that is repeated (`=`), the value of a derived item, rows of a
codelist that are still possible, a whole entry of a many-valued item, and an entry in which two places disagree."""

KEPT = 1000
LONGEST = 200
"""How many shapes of an object and texts of a hole a reader remembers, and how long: hostile input must not fill the
memory.
"""

Slot = tuple[int, str, bool]
"""Kind, item id, and whether the item is derived."""

Logged = tuple[Slot, Any]


def slot_of(hole: Hole, kind: int | None = None) -> Slot:
    """Return where the answer of a hole goes."""
    item = hole.item
    if kind is None:
        kind = CLAIM if item.derived else REPEAT if hole.repeat and not item.key else ANSWER
    return kind, item.id, item.derived


class Taken:
    """The log and the notes of one reading; `id` is the resource's own id as it came."""

    __slots__ = ("id", "log", "notes")

    def __init__(self) -> None:
        self.log: list[Logged] = []
        self.notes: Notes = []
        self.id: Any = None

    def cost(self) -> tuple[int, int]:
        """How bad a reading is: leaves left unread and answers that disagree, then (fewer) items found."""
        found = gather(self.log)
        return weight(self.notes) + len(found.conflicts), -len({slot[1] for slot, _ in self.log})

    def absorb(self, other: Taken) -> None:
        """Take all that another reading has taken."""
        self.log.extend(other.log)
        self.notes.extend(other.notes)
        if other.id is not None:
            self.id = other.id


Read = Callable[[Any, Taken], bool]
"""Takes a value and returns True, or returns False with nothing taken."""


def unread(_value: Any, _taken: Taken) -> bool:
    """Read nothing: no place of the map is for this."""
    return False


Close = Callable[[Taken, int], None]
"""Makes what was read since a place in the log one entry."""


def closer(each: Item) -> Close:
    """Return the function that makes what was read one entry of a many-valued item or group; what is not of it stays
    as it is.
    """
    name, prefix, group = each.id, f"{each.id}.", each.type == "group"
    slot = ENTRY, name, each.derived

    def close(taken: Taken, start: int) -> None:
        log = taken.log
        inner = log[start:]
        del log[start:]
        own: list[Logged] = []
        for logged in inner:
            item_id = logged[0][1]
            if item_id == name or item_id.startswith(prefix):
                own.append(logged)
            elif not log or log[-1] != logged:  # every entry says the keys: once is enough
                log.append(logged)
        if len(own) == 1 and not group and own[0][0][0] != ROWS:
            log.append((slot, own[0][1]))
        elif own and (entry := _entry(own, len(prefix) if group else 0, taken)):
            log.append((slot, entry if group else entry[name]))

    return close


def _entry(own: list[Logged], prefix: int, taken: Taken) -> dict[str, Any]:
    """Return the answers of one entry by member, their ids shorn of the group's; where two places differ, that is
    logged.
    """
    members: dict[str, Any] = {}
    rows: dict[str, Rows] = {}
    for slot, answer in own:
        member = slot[1][prefix:]
        if slot[0] == ROWS:
            rows[member] = answer & rows[member] if member in rows else answer
        elif (known := members.setdefault(member, answer)) is not answer and known != answer:
            taken.log.append(((CONFLICT, slot[1], False), None))
    for member, possible in rows.items():
        answer = settle(possible)
        if answer is MISS:
            taken.log.append(((CONFLICT, own[0][0][1], False), None))
        elif answer is not SILENT:
            members.setdefault(member, answer)
    return members


class Found:
    """A log by item. `conflicts` are items for which two places disagree, `several` the rows of those with several
    left.
    """

    __slots__ = ("answers", "claims", "conflicts", "entries", "repeats", "several")

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.repeats: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.entries: dict[str, list[Any]] = {}
        self.conflicts: set[str] = set()
        self.several: dict[str, Rows] = {}


def gather(log: Iterable[Logged]) -> Found:
    """Return a log by item."""
    found = Found()
    by_kind = (found.answers, found.repeats, found.claims)
    rows: dict[str, tuple[Slot, Rows]] = {}
    for slot, answer in log:
        kind, item_id, _ = slot
        if kind < ROWS:
            known = by_kind[kind].setdefault(item_id, answer)
            if known is not answer and known != answer:
                found.conflicts.add(item_id)
        elif kind == ROWS:
            rows[item_id] = (slot, answer & rows[item_id][1] if item_id in rows else answer)
        elif kind == ENTRY:
            found.entries.setdefault(item_id, []).append(answer)
        else:
            found.conflicts.add(item_id)
    for slot, possible in rows.values():
        _settle(slot, possible, found)
    return found


def _settle(slot: Slot, possible: Rows, found: Found) -> None:
    """Turn the rows that all places of an item allow into its answer."""
    _, item_id, derived = slot
    answer = settle(possible)
    if answer is MISS and possible:
        found.several[item_id] = possible
    elif answer is MISS:
        found.conflicts.add(item_id)
    elif answer is not SILENT and not isinstance(found.answers.get(item_id), Absent):
        (found.claims if derived else found.answers)[item_id] = answer
