"""Fragments of records, kept in a temporary file until all have come, then given back record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapter.files.scratch import Scratch

_FRAGMENT = "record INTEGER, number INTEGER, packed BLOB, PRIMARY KEY (record, number)"
_TABLES = (
    "record (number INTEGER PRIMARY KEY, form TEXT, key TEXT, UNIQUE (form, key))",
    f"fragment ({_FRAGMENT}) WITHOUT ROWID",
)


@dataclass(slots=True)
class Fragments:
    """What resources tell of one record: its form and key, and their packed readings."""

    form: str
    key: str
    packed: bytes


class Spill(Scratch):
    """Fragments by (form, key), in order of the first appearance of their record, then in order of coming."""

    def __init__(self) -> None:
        super().__init__(*_TABLES)
        self._number = 0

    def add(self, fragments: Iterable[Fragments]) -> None:
        """Keep fragments."""
        self._database.execute("BEGIN")
        for fragment in fragments:
            self._number += 1
            self._database.execute(
                "INSERT INTO fragment VALUES (?, ?, ?)",
                (self._record(fragment), self._number, fragment.packed),
            )
        self._database.execute("COMMIT")

    def _record(self, fragment: Fragments) -> int:
        pair = (fragment.form, fragment.key)
        added = self._database.execute("INSERT OR IGNORE INTO record (form, key) VALUES (?, ?)", pair)
        if added.rowcount and added.lastrowid is not None:
            return added.lastrowid
        found = self._database.execute("SELECT number FROM record WHERE form = ? AND key = ?", pair).fetchone()
        return int(found[0])

    def forms(self) -> tuple[str, ...]:
        """Return the forms of the records, in order of first appearance."""
        rows = self._database.execute("SELECT form FROM record GROUP BY form ORDER BY min(number)")
        return tuple(str(form) for (form,) in rows)

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM record").fetchone()[0])

    def records(self) -> Iterator[tuple[str, str, list[bytes]]]:
        """Yield (form, key, packed fragments) of every record."""
        rows = self._database.execute(
            "SELECT r.number, r.form, r.key, f.packed FROM fragment f JOIN record r ON r.number = f.record"
            " ORDER BY f.record, f.number"
        )
        current, entry = None, ("", "", list[bytes]())
        for number, form, key, packed in rows:
            if number != current:
                if current is not None:
                    yield entry
                current, entry = number, (form, key, [])
            entry[2].append(packed)
        if current is not None:
            yield entry
