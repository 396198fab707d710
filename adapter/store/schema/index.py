"""What a resource is found by: a table for each kind of value, a row for each value at each place.

A place is where a search parameter looks in a type (`index_path`), its number negative in rows of what is restricted:
who may not see it never meets one of them. The key is by resource, to ask about one and to forget it; the index is by
value. Nothing here says what a version's bytes do not: it can be made again from them (`index_keeping.reindex`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from adapter.store.schema.core import Identity, metadata

Sorted = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by its code points on every engine."""


def _key() -> tuple[Column[int], Column[int]]:
    return (
        Column("resource", Identity, primary_key=True, autoincrement=False),
        Column("place", Integer, primary_key=True, autoincrement=False),
    )


def _mark(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


search_token = Table(
    "search_token",
    metadata,
    *_key(),
    _mark("code"),
    _mark("system"),
    Index("search_token_by_code", "place", "code", "resource", "system"),
    sqlite_with_rowid=False,
)

search_string = Table(
    "search_string",
    metadata,
    *_key(),
    Column("value", Sorted, primary_key=True),
    _mark("exact"),
    Index("search_string_by_value", "place", "value", "resource"),
    sqlite_with_rowid=False,
)

search_date = Table(
    "search_date",
    metadata,
    *_key(),
    _mark("low"),
    _mark("high"),
    Index("search_date_by_low", "place", "low", "high", "resource"),
    sqlite_with_rowid=False,
)

search_number = Table(
    "search_number",
    metadata,
    *_key(),
    Column("low", Sorted, primary_key=True),
    Column("high", Sorted, primary_key=True),
    _mark("code"),
    _mark("unit"),
    _mark("system"),
    Index("search_number_by_low", "place", "low", "high", "resource"),
    sqlite_with_rowid=False,
)

search_state = Table(
    "search_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""`catalogue`: the digest of what the rows were made by; `reached`: the resource up to which they are; `key`: what the
links of pages are signed with where the configuration names no key; `key_check`: what the key that it names is known
by (`adapter.store.key_check`)."""

SEARCHED = {"token": search_token, "string": search_string, "date": search_date, "number": search_number}
"""Kind -> its table."""
