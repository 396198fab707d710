"""The store as the pipeline and the service see it: open it, push into it, read from it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from adapter.fhir.search_parameters import CORE, SearchParameters
from adapter.store import reading, search, search_records
from adapter.store.audit import Ledger
from adapter.store.begin import begin, hold
from adapter.store.bulk import Adding, Sql
from adapter.store.chain import Link, Note
from adapter.store.check import require_safe
from adapter.store.checkpoint import Sealing
from adapter.store.dialect import Engines
from adapter.store.everything import EverythingQuery, everything
from adapter.store.history import HistoryPage, HistoryQuery, history
from adapter.store.index_keeping import page_key, reindex
from adapter.store.index_path import Place
from adapter.store.indexer import Catalogue
from adapter.store.key_check import require_key
from adapter.store.migrate import upgrade
from adapter.store.records import Claim, Moment, Row, claim, stored, write_records
from adapter.store.resources import write_resources
from adapter.store.schema import receipt, record, record_version, residue, submission
from adapter.store.search import Page, Query
from adapter.store.search_inclusion import referred, referring
from adapter.store.search_records import RecordPage, RecordQuery
from adapter.store.shapes import OPEN, RESTRICTED, Key, RecordVersion, Stored, Version, Write, Written
from adapter.store.sight import Sight

_OPEN_OF = Sql(
    "SELECT r.form, r.subject, v.content FROM record r"
    " JOIN record_version v ON v.record = r.number AND v.version = r.version"
    " WHERE r.form {among} AND r.part = 'open' AND r.subject {among} ORDER BY r.form, r.subject, r.position, r.key"
)
_LEAVE = Adding(residue)
_TELL = Adding(receipt)


class Push:
    """One push, inside its transaction: nothing of it is seen by others until all of it is."""

    def __init__(
        self,
        connection: Connection,
        moment: Moment,
        digest: str,
        sealing: Sealing,
        catalogue: Catalogue,
        held: Iterable[Key],
    ) -> None:
        self.number = moment.submission
        self.at = moment.at
        self.link: Link | None = None
        self._connection = connection
        self._moment = moment
        self._ledger = Ledger(connection, self.number, self.at, moment.sender, digest)
        self._sealing = sealing
        self._catalogue = catalogue
        self._held = frozenset(held)
        self._claimed: Claim = {}
        self._parts = 0

    @property
    def connection(self) -> Connection:
        """The transaction itself, for what is kept beside records and resources."""
        return self._connection

    def row(self, key: Key, part: str) -> Row | None:
        """The row of one part of a claimed record, as this push has left it; None where there is none yet."""
        return self._claimed.get((key.form, key.text, part))

    def claim(self, keys: Iterable[Key]) -> dict[Key, Stored]:
        """Hold these records until the push ends, at most BATCH at a time; return what each holds so far."""
        wanted = list(dict.fromkeys(keys))
        if not self._held.issuperset(wanted):
            hold(self._connection, wanted)
        self._claimed = claim(self._connection, wanted)
        return {key: stored(self._claimed, key) for key in wanted}

    def write(self, writes: Sequence[Write]) -> list[Written]:
        """Add what changed of the claimed records and of their resources; return what became of them, in
        order."""
        self._unsealed()
        if not writes:
            return []
        outcomes, of_records = write_records(self._connection, self._claimed, writes, self._moment)
        addresses, of_resources = write_resources(
            self._connection, self._claimed, writes, self._moment, self._catalogue
        )
        self._ledger.note([*of_records, *of_resources])
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

    def open_contents(self, forms: Iterable[str], subjects: Iterable[str]) -> dict[tuple[str, str], list[str]]:
        """The open parts of the records of these forms and subjects, by form and subject, in the order of their
        keys, as this push sees them."""
        found: dict[tuple[str, str], list[str]] = {}
        for form, subject, content in _OPEN_OF.rows(self._connection, sorted(forms), sorted(subjects)):
            found.setdefault((form, subject), []).append(content)
        return found

    def read(self, sight: Sight, type_: str, id_: str) -> Version | None:
        """One resource as this push sees it, if its sender may see it."""
        return search.read(self._connection, sight, type_, id_)

    def note(self, notes: Sequence[Note]) -> None:
        """Let the audit tell of what is done besides versions, with this push."""
        self._unsealed()
        self._ledger.note_beside(notes)

    def leave(self, content: str) -> None:
        """Keep some of what no map read with the submission, as JSON text."""
        self._unsealed()
        self._parts += 1
        _LEAVE.rows(self._connection, [(self.number, self._parts, content)])
        self._ledger.left(content)

    def close(self, content: str) -> str:
        """Keep the receipt with the submission, and seal the push: nothing can be written after.

        Returns the hash of its link in the audit's chain, of what a blinded sender may know of it.
        """
        self._unsealed()
        _TELL.rows(self._connection, [(self.number, content)])
        return self.seal(content).shown

    def seal(self, content: str = "") -> Link:
        """Append the link of this push to the audit's chain, once, and a checkpoint when one is due."""
        if self.link is None:
            self.link = self._ledger.seal(content)
            self._sealing.after(self._connection, self.link, self.at, self._ledger.versions)
        return self.link

    def _unsealed(self) -> None:
        if self.link is not None:
            raise ValueError("this push is closed: its link covers everything that it wrote")


@dataclass(frozen=True, slots=True)
class Store:
    """One database of one study. `zone` is the offset of dates that carry none (+08:00)."""

    engines: Engines
    zone: str
    key: bytes | None = None
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(CORE, "+00:00"))
    page_key: bytes = b""

    @contextmanager
    def push(
        self,
        sender: str,
        digest: str,
        at: str,
        keys: Sequence[Key] = (),
        gone: Sequence[tuple[str, str]] = (),
        *,
        every: bool = False,
    ) -> Iterator[Push]:
        """Give a push whose writes are all kept when the block ends, and none when it raises.

        It holds from its first moment the records of these keys, those of the resources at the addresses `gone`, or
        `every` record, where they are not known yet. It is made at `at`, or at the time of the push before if that is
        later: who waited for its turn, or whose clock went back, is not stored into a past that others have read.
        """
        with self.engines.writing() as connection:
            hold(connection, keys, gone, every=every)
            number, at = begin(connection, at, sender, digest)
            moment = Moment(number, sender, at, self.zone)
            push = Push(connection, moment, digest, Sealing(self.key), self.catalogue, keys)
            yield push
            push.seal()

    def held(self, keys: Sequence[Key]) -> dict[Key, Stored]:
        """What each of these records holds, at most BATCH of them, as it is now: others may change it."""
        with self.engines.reading() as connection:
            claimed = claim(connection, keys)
        return {key: stored(claimed, key) for key in keys}

    def ping(self) -> None:
        """StoreError unless the database answers."""
        with self.engines.reading() as connection:
            connection.exec_driver_sql("SELECT 1")

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

    def read(self, sight: Sight, type_: str, id_: str, version: int | None = None) -> Version | None:
        """One open resource as it stands, or one of its versions."""
        return reading.read(self.engines, sight, type_, id_, version)

    def included(
        self, sight: Sight, found: Sequence[Version], places: Sequence[Place], targets: Sequence[str], *, reverse: bool
    ) -> list[Version]:
        """What references at some places of some versions lead to, of these types; `reverse`: what refers to them."""
        with self.engines.reading() as connection:
            if reverse:
                return referring(connection, sight, found, places)
            return referred(connection, sight, found, places, targets)

    def search(self, sight: Sight, query: Query) -> Page:
        """The open resources that match, a page of them."""
        return search.search_alone(self.engines, sight, query)

    def history(self, sight: Sight, query: HistoryQuery) -> HistoryPage:
        """Versions, newest first, a page of them."""
        with self.engines.reading() as connection:
            return history(connection, sight, query)

    def everything(self, sight: Sight, query: EverythingQuery) -> tuple[Version, ...]:
        """What there is of one patient, a page of it and one more where more follow."""
        with self.engines.reading() as connection:
            return everything(connection, sight, query)

    def read_record(self, sight: Sight, form: str, key: str) -> RecordVersion | None:
        """The open part of one record."""
        with self.engines.reading() as connection:
            return search_records.read_record(connection, sight, form, key)

    def list_records(self, sight: Sight, query: RecordQuery) -> RecordPage:
        """The open parts of a form's records, a page of them."""
        with self.engines.reading() as connection:
            return search_records.list_records(connection, sight, query)

    def counts(self, sight: Sight) -> tuple[dict[str, int], dict[str, int]]:
        """How many open records each form has, and how many open resources each type."""
        with self.engines.reading() as connection:
            return search_records.count_records(connection, sight), search.count_resources(connection, sight)

    def close(self) -> None:
        """Let go of the database."""
        self.engines.dispose()


def open_store(url: str, zone: str, key: bytes | None = None, parameters: SearchParameters = CORE) -> Store:
    """Open a database by its URL (sqlite:///path or postgresql+psycopg://…) and bring its tables up to date.

    `key` signs the audit's checkpoints, without one none are made, and the links of pages, without one the database has
    its own. The database is indexed anew where it was indexed by other `parameters`. StoreError when it cannot be
    reached or written; UsageError for another key than its first.
    """
    engines = Engines(url)
    with ExitStack() as failing:
        failing.callback(engines.dispose)
        require_safe(engines)
        upgrade(engines)
        require_key(engines, key)
        catalogue = Catalogue(parameters, zone)
        reindex(engines, catalogue)
        pages = hmac.digest(key, b"pages", "sha256") if key is not None else page_key(engines)
        failing.pop_all()
    return Store(engines, zone, key, catalogue, pages)
