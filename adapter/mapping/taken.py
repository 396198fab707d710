"""What reading a resource has taken so far: answers by item, rows that are still open, and notes on the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.crf.record import Absent
from adapter.crf.study import Item
from adapter.mapping import coding
from adapter.mapping.notes import MISS, SILENT, Notes, weight
from adapter.mapping.plan import Hole


class Taken:
    """Answers found at homes (`answers`), at `=` places (`repeats`), of derived items (`claims`), and codelist rows still open.

    `conflicts` are the items for which two places disagree; `entries` the many-valued items and groups.
    """

    __slots__ = ("answers", "claims", "conflicts", "entries", "id", "notes", "repeats", "rows")

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.repeats: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.rows: dict[str, coding.Rows] = {}
        self.entries: dict[str, list[Any]] = {}
        self.conflicts: set[str] = set()
        self.notes: Notes = []
        self.id: Any = None

    def fresh(self) -> Taken:
        """Return an empty one, to try a reading that may not be kept."""
        return Taken()

    @property
    def cost(self) -> tuple[int, int]:
        """How bad a reading is: leaves left unread, then (fewer) answers found."""
        found = len(self.answers) + len(self.repeats) + len(self.claims) + len(self.rows) + len(self.entries)
        return weight(self.notes) + len(self.conflicts), -found

    def put(self, hole: Hole, answer: Any) -> None:
        """Take the answer, or the set of rows, of a hole."""
        item = hole.item
        if type(answer) is frozenset:
            self._narrow(item.id, answer)
            return
        into = self.claims if item.derived else self.repeats if hole.repeat and not item.key else self.answers
        self._keep(into, item.id, answer)

    def _keep(self, into: dict[str, Any], item_id: str, answer: Any) -> None:
        if item_id in into and into[item_id] != answer:
            self.conflicts.add(item_id)
        else:
            into[item_id] = answer

    def _narrow(self, item_id: str, rows: coding.Rows) -> None:
        known = self.rows.get(item_id)
        narrowed = rows if known is None else known & rows
        if narrowed:
            self.rows[item_id] = narrowed
        else:
            self.conflicts.add(item_id)

    def settle(self, derived: Callable[[str], bool]) -> set[str]:
        """Turn rows into answers. Returns the items of which several rows are still possible."""
        open_rows = set()
        for item_id, rows in self.rows.items():
            answer = coding.settle(rows)
            if answer is MISS:
                open_rows.add(item_id)
            elif answer is not SILENT and not isinstance(self.answers.get(item_id), Absent):
                self._keep(self.claims if derived(item_id) else self.answers, item_id, answer)
        self.rows = {}
        return open_rows

    def add_entry(self, each: Item, inner: Taken) -> None:
        """Take one entry of a many-valued item or group, as read by `inner`."""
        inner.settle(lambda _item: False)
        prefix = f"{each.id}."
        entry: dict[str, Any] = {}
        for found, mine in (
            (inner.repeats, self.repeats),
            (inner.claims, self.claims),
            (inner.answers, self.answers),
        ):
            for item_id, answer in found.items():
                if item_id == each.id or item_id.startswith(prefix):
                    entry[item_id.removeprefix(prefix)] = answer
                else:
                    self._keep(mine, item_id, answer)
        if entry:
            self.entries.setdefault(each.id, []).append(entry if each.type == "group" else entry[each.id])
        self._absorb_rest(inner)

    def _absorb_rest(self, inner: Taken) -> None:
        self.conflicts |= inner.conflicts
        self.notes.extend(inner.notes)
        if inner.id is not None:
            self.id = inner.id

    def absorb(self, other: Taken) -> None:
        """Take all that another reading has taken."""
        for mine, theirs in ((self.answers, other.answers), (self.repeats, other.repeats), (self.claims, other.claims)):
            for item_id, answer in theirs.items():
                self._keep(mine, item_id, answer)
        for item_id, rows in other.rows.items():
            self._narrow(item_id, rows)
        for item_id, entries in other.entries.items():
            self.entries.setdefault(item_id, []).extend(entries)
        self._absorb_rest(other)


Read = Callable[[Any, Taken], bool]
