"""Which key a database is signed with: its first, known by a check value, so that another is noticed before anything is
signed with it.

The check value is no secret and no proof: it tells a mistake of who sets the key, and the signatures tell the rest.
"""

from __future__ import annotations

import hmac

from sqlalchemy import Connection, select

from adapter.errors import UsageError
from adapter.store.bulk import Sql
from adapter.store.chain import sign
from adapter.store.dialect import Engines, insert_unless_there
from adapter.store.schema import search_state

NAME = "key_check"

_LAST = Sql("SELECT number, at, heads, previous, mac FROM checkpoint ORDER BY number DESC LIMIT 1")


def require_key(engines: Engines, key: bytes | None) -> None:
    """Keep what this key is known by, if it is the first that the database is opened with; without a key, nothing.

    UsageError for another key than the first: its checkpoints and names of patients would not fit those that are there.
    """
    if key is None:
        return
    with engines.reading() as connection:
        kept, fits = _kept(connection), known(connection, key)
    if kept is None and fits is not False:
        with engines.writing() as connection:
            made = insert_unless_there(connection, search_state)
            connection.execute(made, {"name": NAME, "value": _check(key)})
            fits = known(connection, key)
    if fits is False:
        raise UsageError(
            "This database is signed with another key than the one that CRFHIR_KEY_FILE or CRFHIR_KEY gives: set the "
            "key that it was first opened with. Nothing was changed."
        )


def known(connection: Connection, key: bytes) -> bool | None:
    """Whether this is the database's key; None where it was never opened with one."""
    kept = _kept(connection)
    return hmac.compare_digest(kept, _check(key)) if kept is not None else _signed(connection, key)


def fault(connection: Connection, key: bytes | None) -> tuple[str | None, bytes | None]:
    """What is wrong with the key, as a finding of `verify`; and the key, if signatures can be checked with it at
    all."""
    if key is None or known(connection, key) is not False:
        return None, key
    if _signed(connection, key):
        return "key: its check value is not the one that was written", key
    return "key: this is not the key that the database is signed with, so no signature was checked", None


def _check(key: bytes) -> bytes:
    return hmac.digest(key, b"crfhir-1 key", "sha256")


def _kept(connection: Connection) -> bytes | None:
    found = connection.execute(select(search_state.c.value).where(search_state.c.name == NAME)).scalar()
    return found if found is None or isinstance(found, bytes) else str(found).encode()


def _signed(connection: Connection, key: bytes) -> bool | None:
    """Whether the last checkpoint is of this key; None where there is none."""
    found = _LAST.rows(connection)
    if not found:
        return None
    number, at, heads, previous, mac = found[0]
    return hmac.compare_digest(sign(key, number, at, heads, previous), mac)
