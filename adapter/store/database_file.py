"""The file of a SQLite database: readable by its owner alone, for it holds what is restricted; and read as it lies
where it cannot be written."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path


def make_private(file: Path) -> None:
    """Make the file for its owner alone, if it is not there: SQLite gives those beside it the same mode."""
    with suppress(OSError):  # that it is there; whatever else it is, SQLite tells
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


def open_to_others(file: Path) -> bool:
    """True if every user of this machine may read the file."""
    try:
        return os.name == "posix" and bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def writable(file: Path) -> bool:
    """True if a database here can be written: SQLite needs its folder for that as well."""
    return os.access(file, os.W_OK) and os.access(file.absolute().parent, os.W_OK)


def connect_reading(file: Path) -> sqlite3.Connection:
    """Open a database that cannot be written: on a medium that is only read, or of another user.

    What stands in its -wal is read too; where there is none, nothing but the file is touched.
    """
    wal = Path(f"{file}-wal")
    whole = not wal.exists() or wal.stat().st_size == 0
    how = "mode=ro&immutable=1" if whole else "mode=ro"
    return sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, check_same_thread=False)
