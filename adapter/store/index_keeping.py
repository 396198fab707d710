"""Keeping the index: the rows of resources that changed, in the transaction that changes them; all of them anew when
what they are made by is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from secrets import token_bytes

from sqlalchemy import Connection, and_, delete, select, update

from adapter.store.bulk import Adding
from adapter.store.dialect import Engines, insert_unless_there, locked
from adapter.store.indexer import Catalogue, Rows
from adapter.store.schema import resource, resource_version
from adapter.store.schema.index import SEARCHED, search_state

BATCH = 500
"""Resources that are indexed anew in one transaction: pushes wait no longer than for one of these."""

_ADD = {kind: Adding(table) for kind, table in SEARCHED.items()}


@dataclass(frozen=True, slots=True)
class Indexed:
    """A version that now stands: its resource's number and type, whether it is restricted, its bytes (b"" if it is a
    deletion), and whether the resource had an earlier one."""

    number: int
    type: str
    restricted: bool
    body: bytes
    again: bool


def keep(connection: Connection, catalogue: Catalogue, changed: Sequence[Indexed]) -> None:
    """Make the index say what these versions say, and nothing of the ones before them."""
    forget(connection, [each.number for each in changed if each.again])
    standing = sorted((each for each in changed if each.body), key=lambda each: each.type)
    for type_, group in groupby(standing, key=lambda each: each.type):
        add(connection, catalogue.rows(type_, [(each.number, each.restricted, each.body) for each in group]))


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Take out every row of these resources."""
    for start in range(0, len(numbers), BATCH):
        for table in SEARCHED.values():
            connection.execute(delete(table).where(table.c.resource.in_(numbers[start : start + BATCH])))


def add(connection: Connection, rows: Rows) -> None:
    """Put rows in, the rows of one table at once."""
    for kind, found in rows.items():
        _ADD[kind].rows(connection, found)


def reindex(engines: Engines, catalogue: Catalogue) -> None:
    """Index every resource anew unless the index was made by this catalogue; in batches, each a transaction.

    Several processes may do it at the same time: each takes the next batch.
    """
    wanted = sha256(catalogue.text.encode()).digest()
    with engines.reading() as connection:
        if _state(connection, "catalogue") == wanted and _state(connection, "reached") is None:
            return
    while _batch(engines, catalogue, wanted):
        pass


def page_key(engines: Engines) -> bytes:
    """The key of this database that the links of pages are signed with; made when it is first asked for."""
    with engines.reading() as connection:
        found = _state(connection, "key")
    if found is not None:
        return found
    with engines.writing() as connection:
        made = insert_unless_there(connection, search_state)
        connection.execute(made, {"name": "key", "value": token_bytes(32)})
        return _state(connection, "key") or b""


def _batch(engines: Engines, catalogue: Catalogue, wanted: bytes) -> bool:
    """Index the next resources; False when there are no more."""
    with engines.writing() as connection:
        connection.execute(locked(connection, select(search_state.c.name).where(search_state.c.name == "catalogue")))
        if _state(connection, "catalogue") != wanted:
            for table in SEARCHED.values():
                connection.execute(delete(table))
            _set(connection, "catalogue", wanted)
            _set(connection, "reached", b"0")
        reached = _state(connection, "reached")
        if reached is None:
            return False
        found = list(_standing(connection, int(reached)))
        forget(connection, [each.number for each in found])
        keep(connection, catalogue, found)
        if found:
            _set(connection, "reached", str(found[-1].number).encode())
        else:
            connection.execute(delete(search_state).where(search_state.c.name == "reached"))
        return bool(found)


def _standing(connection: Connection, after: int) -> Iterator[Indexed]:
    """The next resources as they stand, held until the transaction ends: a push of one of them waits."""
    current = and_(resource_version.c.resource == resource.c.number, resource_version.c.version == resource.c.version)
    next_ = select(resource.c.number).where(resource.c.number > after).order_by(resource.c.number).limit(BATCH)
    numbers = list(connection.execute(locked(connection, next_)).scalars())
    rows = connection.execute(
        select(resource.c.number, resource.c.type, resource.c.restricted, resource_version.c.body)
        .select_from(resource.join(resource_version, current))
        .where(resource.c.number.in_(numbers))
        .order_by(resource.c.number)
    )
    for number, type_, restricted, body in rows:
        yield Indexed(number, type_, restricted, bytes(body), again=False)


def _state(connection: Connection, name: str) -> bytes | None:
    found = connection.execute(select(search_state.c.value).where(search_state.c.name == name)).scalar()
    return bytes(found) if found is not None else None


def _set(connection: Connection, name: str, value: bytes) -> None:
    # The row of `catalogue` is the lock of those that index: it is changed, and never replaced by another.
    changed = connection.execute(update(search_state).where(search_state.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(search_state.insert(), {"name": name, "value": value})
