"""Who waits for whom: the one writer of SQLite, and the locks that PostgreSQL keeps for us until a commit."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from zlib import crc32

from sqlalchemy import Connection

from adapter.errors import StoreError

try:
    import fcntl
except ImportError:  # no such locks there: the database's own, which is asked again and again, has to do
    fcntl = None  # type: ignore[assignment]

WAIT_SECONDS = 30
"""How long a writer waits for another before it gives up with a StoreError."""

_SHORTEST, _LONGEST = 0.0005, 0.001
"""Seconds between two looks at another process's lock."""


class Turn:
    """The turn to write to a SQLite file: threads of a process queue in order, processes by a lock on a file beside.

    SQLite's own lock is still taken; but who waits for that one sleeps ever longer, and a few would wait for seconds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: int | None = None

    def __enter__(self) -> None:
        end = time.monotonic() + WAIT_SECONDS
        if not self._threads.acquire(timeout=WAIT_SECONDS):
            raise StoreError(_BUSY)
        try:
            self._file = self._locked(end)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if self._file is not None:
                os.close(self._file)
        finally:
            self._file = None
            self._threads.release()

    def _locked(self, end: float) -> int | None:
        if fcntl is None:
            return None
        try:
            # Opened anew each time: a lock belongs to the opened file, which a forked child would share.
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as reason:
            raise StoreError(
                f"{self._path} cannot be opened for writing ({reason.strerror}): it and its folder must belong to the "
                "user who runs this. Nothing was stored."
            ) from None
        pause = _SHORTEST
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > end:
                    os.close(file)
                    raise StoreError(_BUSY) from None
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST)
            else:
                return file


_BUSY = "The database is busy with another push: send again in a moment. Nothing was stored."

SLOTS = 64
"""Chains that writers at the same time can append to on PostgreSQL; a writer after these waits for one of them."""

_LOCKS = 0x63726668
"""The first of the two numbers of our advisory locks; the second is a slot's, or one of those after."""

_CHECKPOINT, _SCHEMA = SLOTS, SLOTS + 1

BEGINNING = (_LOCKS, SLOTS + 2)
"""The lock of who takes a number and an instant, for that moment alone (migration 0007)."""

_FREE_SLOT = f"SELECT n FROM generate_series(0, {SLOTS - 1}) n WHERE pg_try_advisory_xact_lock({_LOCKS}, n) LIMIT 1"


def slot(connection: Connection) -> int:
    """A chain that is ours alone until commit; SQLite has one, and its writer owns the whole database already."""
    if connection.dialect.name == "sqlite":
        return 0
    free = connection.exec_driver_sql(_FREE_SLOT).scalar()
    if free is not None:
        return int(free)
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCKS}, 0)")
    return 0


def alone(connection: Connection) -> bool:
    """True for one writer at a time, until it commits: who makes a checkpoint, while others go on."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_LOCKS}, {_CHECKPOINT})").scalar())


UNDER_WAY = 1 << 62
"""What the number of a push is added to, for the lock that it keeps until it ends: above every other lock that is named
by one number (`dialect.hold_same`)."""

_SUBJECTS = _LOCKS + 1
"""The same, of the locks on subjects."""

BUCKETS = 256
"""Locks that the subjects of a study share, so that no push, however large, holds more than these."""

_LOCK_SUBJECTS = f"SELECT count(pg_advisory_xact_lock({_SUBJECTS}, n)) FROM unnest(%(n)s::int[]) n"


def hold_subjects(connection: Connection, subjects: Iterable[str], *, every: bool = False) -> None:
    """Let no other push write these subjects until commit: what follows from several records of one subject (a
    score, a check over visits) must see them all. SQLite's writer owns the whole database already."""
    if connection.dialect.name == "sqlite":
        return
    buckets = range(BUCKETS) if every else sorted({crc32(subject.encode()) % BUCKETS for subject in subjects})
    connection.exec_driver_sql(_LOCK_SUBJECTS, {"n": list(buckets)})


def hold_schema(connection: Connection) -> None:
    """Let no other process change the tables until commit."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCKS}, {_SCHEMA})")
