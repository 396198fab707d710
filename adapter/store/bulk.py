"""Statements that every push runs, on the driver's own connection: SQLAlchemy's cost for each row would be the larger
part of them.

They run in the transaction of the SQLAlchemy connection that they are given. What the driver raises becomes a
StoreError where the transaction ends (adapter.store.dialect.told).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Connection, Integer, LargeBinary, Table, Text

_TYPES = {Boolean: "bool", LargeBinary: "bytea", Text: "text", BigInteger: "int8", Integer: "int4"}
_encode = msgspec.json.Encoder().encode


class Sql:
    """One statement in the words of both drivers: `?` stands for a value, `{among}` for `= any of a list`."""

    def __init__(self, text: str) -> None:
        self._sqlite = text.replace("{among}", "IN (SELECT value FROM json_each(?))")
        self._postgresql = text.replace("{among}", "= ANY(?)").replace("?", "%s")

    def rows(self, connection: Connection, *values: Any) -> list[tuple[Any, ...]]:
        """Every row that it finds."""
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            values = tuple(_encode(value).decode() if isinstance(value, list) else value for value in values)
            return driver.execute(self._sqlite, values).fetchall()  # type: ignore[no-any-return]
        return driver.execute(self._postgresql, values).fetchall()  # type: ignore[no-any-return]

    def each(self, connection: Connection, values: Sequence[tuple[Any, ...]]) -> None:
        """Run it once for each of these."""
        if not values:
            return
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            driver.executemany(self._sqlite, values)
        else:
            driver.cursor().executemany(self._postgresql, values)


class Adding:
    """The adding of rows to a table, all of these columns; rows whose unique key is taken are left out and not counted
    by `unless_there`."""

    def __init__(self, table: Table, *names: str) -> None:
        columns = [table.columns[name] for name in names] if names else list(table.columns)
        self._name = table.name
        self._types = [_type(column.type) for column in columns]
        listed = ", ".join(f'"{column.name}"' for column in columns)
        marks = ", ".join("?" for _ in columns)
        arrays = ", ".join(f"%s::{each}[]" for each in self._types)
        self._insert = f"INSERT INTO {table.name} ({listed}) VALUES ({marks})"
        self._copy = f"COPY {table.name} ({listed}) FROM STDIN (FORMAT BINARY)"
        self._unnest = f"INSERT INTO {table.name} ({listed}) SELECT * FROM unnest({arrays})"

    def rows(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add these rows."""
        if not rows:
            return
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            driver.executemany(self._insert, rows)
            return
        if len(rows) < _FEW:
            driver.execute(self._unnest, [list(column) for column in zip(*rows, strict=True)])
            return
        with driver.cursor() as cursor, cursor.copy(self._copy) as copy:
            copy.set_types(self._types)
            for row in rows:
                copy.write_row(row)

    def unless_there(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Add these rows in their order, but for those that are there; return how many were added."""
        if not rows:
            return 0
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            return int(driver.executemany(f"{self._insert} ON CONFLICT DO NOTHING", rows).rowcount)
        columns = [list(column) for column in zip(*rows, strict=True)]
        return int(driver.execute(f"{self._unnest} ON CONFLICT DO NOTHING", columns).rowcount)


_FEW = 8
"""Rows below which COPY, which costs more round trips, does not pay."""


def numbers(connection: Connection, table: Table, count: int) -> list[int]:
    """Numbers for this many new rows of a table: SQLite's writer owns the table, PostgreSQL's sequence gives them."""
    if count == 0:
        return []
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        (last,) = driver.execute(f"SELECT coalesce(max(number), 0) FROM {table.name}").fetchone()
        return list(range(last + 1, last + 1 + count))
    sequence = f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'number')) FROM generate_series(1, %s)"
    return [number for (number,) in driver.execute(sequence, (count,)).fetchall()]


def _type(type_: object) -> str:
    return next(name for kind, name in _TYPES.items() if isinstance(type_, kind))
