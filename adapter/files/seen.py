"""Which business keys were met before, and where: in a temporary file, so that memory does not grow with the
records."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.files.scratch import Scratch


class Seen(Scratch):
    """A set of keys on disk. Each key keeps the place where it was met first."""

    def __init__(self) -> None:
        super().__init__("seen (key TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID")

    def add(self, keys: Sequence[tuple[str, str]]) -> dict[int, str]:
        """Add (key, place) pairs; return position in `keys` -> first place, of those that were there
        already."""
        execute = self._database.execute
        execute("SAVEPOINT batch")
        before = self._database.total_changes
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", keys)
        if self._database.total_changes - before == len(keys):
            execute("RELEASE batch")
            return {}
        execute("ROLLBACK TO batch")
        execute("RELEASE batch")
        return {position: first for position, pair in enumerate(keys) if (first := self._add_one(*pair)) is not None}

    def _add_one(self, key: str, place: str) -> str | None:
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, place)).rowcount
        if added:
            return None
        found = self._database.execute("SELECT place FROM seen WHERE key = ?", (key,)).fetchone()
        return str(found[0])
