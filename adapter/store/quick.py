"""Reading by one statement on the driver's own connection, outside of any transaction: what is asked most often.

A pool that begins and rolls back a transaction for each question costs ten times what the question does. One statement
sees one moment by itself; what needs several uses Engines.reading.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

KEPT = 8
"""Connections that are kept open for the next question; more are made while more are needed."""


class Quick:
    """Connections for single statements that read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: deque[Any] = deque()

    def rows(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Every row of a statement in the driver's own words.

        A connection that was kept may be one to a server that has been restarted since: then a new one is asked.
        """
        cursor = self._kept()
        if cursor is not None:
            try:
                return self._ask(cursor, statement, values)
            except self._engine.dialect.loaded_dbapi.OperationalError:
                self.close()
        return self._ask(self._made(), statement, values)

    def close(self) -> None:
        """Close what is kept."""
        while (cursor := self._kept()) is not None:
            cursor.connection.close()

    def _kept(self) -> Any:
        try:
            return self._free.pop()
        except IndexError:
            return None

    def _ask(self, cursor: Any, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except BaseException:
            cursor.connection.close()
            raise
        if len(self._free) < KEPT:
            self._free.append(cursor)
        else:
            cursor.connection.close()
        return rows

    def _made(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name == "sqlite":
            return connection.cursor()
        connection.autocommit = True
        return connection.cursor(binary=True)
