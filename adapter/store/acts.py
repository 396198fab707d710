"""What is done besides versions, as notes of the audit: what a push left beside them, answers, decisions, links.

    kind        target, version     what               digest of
    told        submission, count   told/7             every [record, content] of the push, in order, line by line
    alias       submission, count   alias/7            every [type, HMAC, id] of the push, in order, line by line
    key         submission, 1       key/7              sender, key, digest
    arrival     submission, 1       arrival/7          package, HMAC, SHA-256 of the content
    origin      record, version     origin/12/3        content
    aside       number, 1           injection/01-…     submission, kind, content
    query       query, position     query/5c0e…        subject, when, who, what, why, submission
    kept        number, 1           quarantine/4       submission, sender, site, form, content
    quarantine  number, position    quarantine/4       when, who, what, why, submission
    link        0, 1                link/01/9f…        subject, when

An open note tells nothing that hangs on what is restricted: no number of a row that is counted with restricted ones.
The format never changes (`adapter.store.chain`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection

from adapter.store.bulk import Sql
from adapter.store.chain import Note

TOLD, ALIAS = "told", "alias"
TOGETHER = (TOLD, ALIAS)
"""Kinds of which a push has one note for all of its rows."""

KEY, ARRIVAL, ORIGIN, ASIDE = "key", "arrival", "origin", "aside"
QUERY, KEPT, QUARANTINE, LINK = "query", "kept", "quarantine", "link"

_PAGE = 2000
"""Rows of `told` that are read at once."""


def beside(page: int) -> str:
    """The statement for what a push has left; of `told`, the first `page` rows."""
    return f"""
    SELECT * FROM (SELECT 0 AS kind, record AS target, 0 AS version, content, CAST(NULL AS text) AS what,
            CAST(NULL AS text) AS action, CAST(NULL AS text) AS reason, CAST(NULL AS text) AS subject,
            CAST(NULL AS text) AS at, CAST(NULL AS text) AS actor, 0 AS restricted
        FROM told WHERE submission = ? ORDER BY record LIMIT {page}) AS page
    UNION ALL SELECT 1, a.number, 1, a.content, r.form || '/' || r.key, a.kind, NULL, NULL, NULL, NULL,
            CASE WHEN r.part = 'open' THEN 0 ELSE 1 END
        FROM aside a JOIN record r ON r.number = a.record WHERE a.submission = ?
    UNION ALL SELECT 2, e.query, e.position, NULL, q.id, e.action, e.reason, q.subject, e.at, e.actor,
            CASE WHEN q.restricted THEN 1 ELSE 0 END
        FROM query_event e JOIN query q ON q.number = e.query WHERE e.submission = ?
    """


def told_after(page: int) -> str:
    """The statement for the next `page` rows of `told`."""
    return f"SELECT record, content FROM told WHERE submission = ? AND record > ? ORDER BY record LIMIT {page}"


_BESIDE, _TOLD = Sql(beside(_PAGE)), Sql(told_after(_PAGE))
_encode = msgspec.json.Encoder().encode


def of_push(connection: Connection, number: int) -> list[Note]:
    """What a push has left beside its versions, but for what is in quarantine."""
    told, notes = Together(TOLD, number), []
    rows = _BESIDE.rows(connection, number, number, number)
    rows.sort(key=itemgetter(0, 1, 2))  # here, where it costs less than in the statement
    for kind, target, version, content, what, action, reason, subject, at, actor, hidden in rows:
        if kind == 0:
            told.add(target, target, content)
        elif kind == 1:
            notes.append(of_aside(target, what, number, action, content, restricted=bool(hidden)))
        else:
            happened = (at, actor, action, reason, number)
            notes.append(of_query(target, version, what, subject, happened, restricted=bool(hidden)))
    while told.last and told.count % _PAGE == 0 and (more := _TOLD.rows(connection, number, told.last)):
        for record, content in more:
            told.add(record, record, content)
    return [*told.note(), *notes]


@dataclass(slots=True)
class Together:
    """The rows of one push in one table, hashed as they come, in their order."""

    kind: str
    submission: int
    count: int = 0
    last: int = 0
    _whole: Any = field(default_factory=sha256)

    def add(self, place: int, *values: Any) -> None:
        """Hash a row after the others."""
        self._whole.update(_encode(values) + b"\n")
        self.count, self.last = self.count + 1, place

    def note(self) -> Iterator[Note]:
        """The one note of it all; none where there is nothing."""
        if self.count:
            what = f"{self.kind}/{self.submission}"
            digest = self._whole.hexdigest()
            yield _note(self.kind, self.submission, self.count, what, "keep", None, digest, restricted=True)


def of_aliases(submission: int, rows: Iterable[tuple[str, str, str]]) -> Iterator[Note]:
    """How the sender of a push calls resources: type, HMAC, the id here."""
    named = Together(ALIAS, submission)
    for place, row in enumerate(sorted(rows)):
        named.add(place, *row)
    return named.note()


def of_key(submission: int, sender: str, key: str, digest: str) -> Note:
    """The key that a sender gave to a push."""
    return _note(KEY, submission, 1, f"key/{submission}", "keep", None, _digest(sender, key, digest), restricted=True)


def of_arrival(submission: int, package: str, mac: str | None, content: bytes | str | None) -> Note:
    """What a push brought, as it is kept; text only where somebody has put it, whose type SQLite does not hold to."""
    whole = content.encode() if isinstance(content, str) else content
    mark = sha256(whole).hexdigest() if whole is not None else None
    digest = _digest(package, mac, mark)
    return _note(ARRIVAL, submission, 1, f"arrival/{submission}", "keep", None, digest, restricted=True)


def of_origin(record: int, version: int, content: str) -> Note:
    """Whose word the items of a version are."""
    return _note(ORIGIN, record, version, f"origin/{record}/{version}", "keep", None, _digest(content), restricted=True)


def of_aside(number: int, what: str, submission: int, action: str, content: str, *, restricted: bool) -> Note:
    """What was sent of a record (`what`) and does not stand."""
    return _note(ASIDE, number, 1, what, action, None, _digest(submission, action, content), restricted=restricted)


Happened = tuple[str, str, str, str | None, int | None]
"""When, by whom, what, why, and the submission that it belongs to."""


def of_query(
    number: int, position: int, id_: str, subject: str | None, happened: Happened, *, restricted: bool
) -> Note:
    """What happened to a query."""
    _, _, action, reason, _ = happened
    digest = _digest(subject, *happened)
    return _note(QUERY, number, position, f"query/{id_}", action, reason, digest, restricted=restricted)


def of_kept(number: int, submission: int, sender: str, site: str | None, form: str | None, content: str | None) -> Note:
    """What was put into quarantine; it may reveal the arm."""
    digest = _digest(submission, sender, site, form, content)
    return _note(KEPT, number, 1, f"quarantine/{number}", "keep", None, digest, restricted=True)


def of_quarantine(number: int, position: int, happened: Happened) -> Note:
    """What happened to what is in quarantine."""
    _, _, action, reason, _ = happened
    return _note(QUARANTINE, number, position, f"quarantine/{number}", action, reason, _digest(*happened))


def of_link(site: str, mac: str, subject: str, at: str) -> Note:
    """Who a name of a site's patient is, the name as its HMAC."""
    return _note(LINK, 0, 1, f"link/{site}/{mac}", "link", None, _digest(subject, at))


def _note(
    kind: str,
    target: int,
    version: int,
    what: str,
    action: str,
    reason: str | None,
    digest: str,
    *,
    restricted: bool = False,
) -> Note:
    return Note(target, action, kind, what, version, restricted, reason, digest)


def _digest(*values: Any) -> str:
    return sha256(_encode(values)).hexdigest()


def of_every(kind: str, rows: Iterable[tuple[Any, ...]]) -> Iterator[Note]:
    """The notes of rows that are told together; each has its submission before its values, and they come in order."""
    named: Together | None = None
    for submission, *values in rows:
        if named is None or named.submission != submission:
            if named is not None:
                yield from named.note()
            named = Together(kind, submission)
        named.add(0, *values)
    if named is not None:
        yield from named.note()
