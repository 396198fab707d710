"""The store as the pipeline and the service see it: open it, push into it, read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from adapter.store import search
from adapter.store.dialect import Engines
from adapter.store.migrate import upgrade
from adapter.store.records import Claim, claim, stored, write_records
from adapter.store.resources import Moment, write_resources
from adapter.store.schema import receipt, record, record_version, residue, submission
from adapter.store.search import Page, Query, RecordPage
from adapter.store.shapes import OPEN, RESTRICTED, Key, RecordVersion, Stored, Version, Write, Written

BATCH = 400
"""Records that are claimed at once: below the number of variables that any database takes in one statement.
"""


class Push:
    """One push, inside its transaction: nothing of it is seen by others until all of it is."""

    def __init__(self, connection: Connection, number: int, at: str, zone: str) -> None:
        self.number = number
        self.at = at
        self._connection = connection
        self._zone = zone
        self._claimed: Claim = {}
        self._parts = 0

    def claim(self, keys: Iterable[Key]) -> dict[Key, Stored]:
        """Hold these records until the push ends, at most BATCH at a time; return what each holds so far."""
        wanted = list(dict.fromkeys(keys))
        self._claimed = claim(self._connection, wanted)
        return {key: stored(self._claimed, key) for key in wanted}

    def write(self, writes: Sequence[Write]) -> list[Written]:
        """Add what changed of the claimed records and of their resources; return what became of them, in
        order."""
        if not writes:
            return []
        outcomes = write_records(self._connection, self._claimed, writes, self.number, self.at)
        moment = Moment(self.number, self.at, self._zone)
        addresses = write_resources(self._connection, self._claimed, writes, moment)
        return [
            Written(write.key, outcome, found)
            for write, outcome, found in zip(writes, outcomes, addresses, strict=True)
        ]

    def contents(self, form: str, subject: str) -> list[Stored]:
        """Both parts of every record of one form and subject, in the order of their keys, as this push sees
        them."""
        current = (record_version.c.record == record.c.number) & (record_version.c.version == record.c.version)
        rows = self._connection.execute(
            select(record.c.key, record.c.part, record_version.c.content)
            .select_from(record.join(record_version, current))
            .where(record.c.form == form, record.c.subject == subject, record.c.part.in_((OPEN, RESTRICTED)))
            .order_by(record.c.position, record.c.key)
        )
        parts: dict[str, dict[str, str]] = {}
        for key, part, content in rows:
            parts.setdefault(key, {})[part] = content
        return [Stored(found.get(OPEN), found.get(RESTRICTED)) for found in parts.values()]

    def read(self, type_: str, id_: str) -> Version | None:
        """One open resource as this push sees it."""
        return search.read(self._connection, type_, id_)

    def leave(self, content: str) -> None:
        """Keep some of what no map read with the submission, as JSON text."""
        self._parts += 1
        row = {"submission": self.number, "part": self._parts, "content": content}
        self._connection.execute(insert(residue), row)

    def close(self, content: str) -> None:
        """Keep the receipt with the submission."""
        self._connection.execute(insert(receipt), {"submission": self.number, "content": content})


@dataclass(frozen=True, slots=True)
class Store:
    """One database of one study. `zone` is the offset of dates that carry none (+08:00)."""

    engines: Engines
    zone: str

    @contextmanager
    def push(self, sender: str, digest: str, at: str) -> Iterator[Push]:
        """Give a push whose writes are all kept when the block ends, and none when it raises."""
        with self.engines.writing() as connection:
            row = {"received_at": at, "sender": sender, "digest": digest}
            added = insert(submission).returning(submission.c.number)
            yield Push(connection, connection.execute(added, row).scalar_one(), at, self.zone)

    def analyze(self) -> None:
        """Let the database count what it holds, so that its planner takes the right index: after a large
        load."""
        with self.engines.writing() as connection:
            connection.exec_driver_sql("ANALYZE")

    def received(self, sender: str, digest: str) -> str | None:
        """The last receipt of this sender's content; None if it was never here."""
        statement = (
            select(receipt.c.content)
            .join(submission, submission.c.number == receipt.c.submission)
            .where(submission.c.sender == sender, submission.c.digest == digest)
            .order_by(submission.c.number.desc())
            .limit(1)
        )
        with self.engines.reading() as connection:
            return connection.execute(statement).scalar()

    def read(self, type_: str, id_: str, version: int | None = None) -> Version | None:
        """One open resource as it stands, or one of its versions."""
        with self.engines.reading() as connection:
            return search.read(connection, type_, id_, version)

    def search(self, query: Query) -> Page:
        """The open resources that match, a page of them."""
        with self.engines.reading() as connection:
            return search.search(connection, query)

    def read_record(self, form: str, key: str) -> RecordVersion | None:
        """The open part of one record."""
        with self.engines.reading() as connection:
            return search.read_record(connection, form, key)

    def list_records(self, form: str, subject: str | None, count: int, after: tuple[str, str] | None) -> RecordPage:
        """The open parts of a form's records, a page of them."""
        with self.engines.reading() as connection:
            return search.list_records(connection, form, subject, count, after)

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many open records each form has, and how many open resources each type."""
        with self.engines.reading() as connection:
            return search.count_records(connection), search.count_resources(connection)

    def close(self) -> None:
        """Let go of the database."""
        self.engines.dispose()


def open_store(url: str, zone: str) -> Store:
    """Open a database by its URL (sqlite:///path or postgresql+psycopg://…) and bring its tables up to date.

    StoreError when it cannot be reached or written.
    """
    engines = Engines(url)
    with ExitStack() as failing:
        failing.callback(engines.dispose)
        upgrade(engines)
        failing.pop_all()
    return Store(engines, zone)
