"""What pushes stored, stored once more with nothing before it: the rows that the database took, as the limit of a push.

The same rows into the same tables, with their indexes and the same durability; a transaction for each push.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, create_engine, func, make_url, select, text
from sqlalchemy.exc import DBAPIError

from adapter.store.bulk import Adding
from adapter.store.dialect import Engines, sqlite_file
from adapter.store.migrate import upgrade
from adapter.store.schema import metadata, query_event, record_version, resource_version, submission

Pushes = dict[int, list[tuple[Table, list[tuple[Any, ...]]]]]
"""Submission -> the rows that it left, in an order in which they can be stored."""

OF_THE_DATABASE = ("search_state", "checkpoint", "link")
"""Tables whose rows are of no push."""


def last(url: str) -> int:
    """Return the number of the last submission."""
    engines = Engines(url)
    with engines.reading() as connection:
        found: int = connection.execute(select(func.coalesce(func.max(submission.c.number), 0))).scalar_one()
    engines.dispose()
    return found


def stored_again(url: str, home: Path, since: int, each: int, seconds: float) -> float:
    """Return how many resources a second a database takes, `each` in a push, of the pushes after `since` there."""
    engines = Engines(url)
    with engines.reading() as connection:
        pushes = _pushes(connection, since)
    engines.dispose()
    with _another(url, home) as target:
        engines = Engines(target)
        upgrade(engines)
        adding = {table: Adding(table) for table in metadata.sorted_tables}
        began, count = time.perf_counter(), 0
        for rows in pushes.values():
            with engines.writing() as connection:
                for table, found in rows:
                    adding[table].rows(connection, found)
            count += 1
            if time.perf_counter() - began > seconds:
                break
        spent = time.perf_counter() - began
        engines.dispose()
    return count * each / spent


def _pushes(connection: Connection, since: int) -> Pushes:
    of = {
        "record": _first(connection, record_version, "record", since),
        "resource": _first(connection, resource_version, "resource", since),
        "query": _first(connection, query_event, "query", since),
    }
    numbers = select(submission.c.number).where(submission.c.number > since).order_by(submission.c.number)
    pushes: Pushes = {number: [] for number in connection.execute(numbers).scalars()}
    for table in metadata.sorted_tables:
        if table.name in OF_THE_DATABASE:
            continue
        found: dict[int, list[tuple[Any, ...]]] = {}
        for row in connection.execute(select(table).where(_late(table, of, since))):
            push = _push_of(table, row, of)
            if push in pushes:
                found.setdefault(push, []).append(tuple(row))
        for push, rows in found.items():
            pushes[push].append((table, rows))
    return pushes


def _first(connection: Connection, table: Table, column: str, since: int) -> dict[int, int]:
    """The push that made each record, resource or query."""
    first = func.min(table.c.submission)
    late = select(table.columns[column]).where(table.c.submission > since)
    made = select(table.columns[column], first).where(table.columns[column].in_(late))
    made = made.group_by(table.columns[column]).having(first > since)
    return {row[0]: row[1] for row in connection.execute(made)}


def _late(table: Table, of: dict[str, dict[int, int]], since: int) -> ColumnElement[bool]:
    """The condition on rows that may be of these pushes, in columns by which they are found at once."""
    if table is submission:
        return submission.c.number > since
    if table.name in of:
        return table.c.number >= min(of[table.name], default=0)
    if "submission" in table.columns:
        return table.c.submission > since
    column = next(name for name in of if name in table.columns)
    return table.columns[column] >= min(of[column], default=0)


def _push_of(table: Table, row: Any, of: dict[str, dict[int, int]]) -> int:
    if table is submission:
        return int(row.number)
    if table.name in of:
        return of[table.name].get(row.number, 0)
    if "submission" in table.columns:
        return int(row.submission or 0)
    column = next(name for name in of if name in table.columns)
    return of[column].get(getattr(row, column), 0)


@contextmanager
def _another(url: str, home: Path) -> Iterator[str]:
    """Give a new database beside this one, and take it away."""
    if sqlite_file(url) is not None:
        yield f"sqlite:///{home / 'bare.db'}"
        return
    name = f"{make_url(url).database}_bare"
    engine = create_engine(make_url(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}"'))
    except DBAPIError as reason:
        raise SystemExit(f"The bare database beside could not be made: {reason.orig}") from None
    finally:
        engine.dispose()
