"""A database in a temporary file, for what does not fit into memory: it vanishes when it is closed."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self


class Scratch:
    """What keeps its tables in such a database; `with` closes it."""

    def __init__(self, *tables: str) -> None:
        self._database = scratch()
        for table in tables:
            self._database.execute(f"CREATE TABLE {table}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database: the file is gone."""
        self._database.close()


def scratch() -> sqlite3.Connection:
    """Return a database in a temporary file that vanishes when it is closed, with a cache of 16 MB."""
    database = sqlite3.connect("", isolation_level=None)
    for setting in (
        "journal_mode = MEMORY",
        "synchronous = OFF",
        "locking_mode = EXCLUSIVE",
        "cache_size = -16000",
    ):
        database.execute(f"PRAGMA {setting}")
    return database
