from __future__ import annotations

import pytest

from adapter.errors import UsageError
from adapter.store.dialect import Engines
from adapter.store.store import open_store
from adapter.store.verify import verify
from tests.store.rows import AT, KEY, ZONE, emitted, write

ANOTHER = b"another key, as long as it must be"
REFUSED = "signed with another key"


def pushed(url: str, key: bytes | None) -> None:
    """Open a database with a key, and push into it once: with a key, that makes a checkpoint."""
    store = open_store(url, ZONE, key)
    with store.push("tests", "digest", AT) as push:
        made = write("k", '{"a":1}', resources=(emitted("r", value=1),))
        push.claim([made.key])
        push.write([made])
        push.close("{}")
    store.close()


def ran(url: str, statement: str) -> None:
    engines = Engines(url)
    with engines.writing() as connection:
        connection.exec_driver_sql(statement)
    engines.dispose()


def findings(url: str, key: bytes | None) -> list[str]:
    engines = Engines(url)
    found = verify(engines, key).findings
    engines.dispose()
    return found


def test_the_first_key_is_the_databases_key_and_another_is_refused(database: str) -> None:
    open_store(database, ZONE, KEY).close()
    with pytest.raises(UsageError, match=REFUSED):
        open_store(database, ZONE, ANOTHER)
    open_store(database, ZONE, KEY).close()
    open_store(database, ZONE, None).close()


def test_a_database_without_a_check_value_is_known_by_its_last_checkpoint(database: str) -> None:
    pushed(database, KEY)
    ran(database, "DELETE FROM search_state WHERE name = 'key_check'")
    with pytest.raises(UsageError, match=REFUSED):
        open_store(database, ZONE, ANOTHER)
    pushed(database, KEY)
    assert findings(database, KEY) == []


def test_verify_tells_of_another_key_once(database: str) -> None:
    pushed(database, KEY)
    assert findings(database, ANOTHER) == [
        "key: this is not the key that the database is signed with, so no signature was checked"
    ]


def test_verify_misses_the_check_value_that_was_written(database: str) -> None:
    pushed(database, KEY)
    ran(database, "UPDATE search_state SET value = 'x' WHERE name = 'key_check'")
    assert findings(database, KEY) == ["key: its check value is not the one that was written"]
