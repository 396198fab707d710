from __future__ import annotations

import pytest

from adapter.errors import StoreError
from adapter.store import check
from adapter.store.check import require_safe
from adapter.store.dialect import Engines
from adapter.store.migrate import HEAD
from adapter.store.store import Store, open_store
from tests.store.rows import ZONE


def test_a_database_of_ours_is_safe_and_says_what_it_is(store: Store) -> None:
    found = check.check(store.engines)
    assert found.engine.startswith(("SQLite 3.", "PostgreSQL "))
    assert (found.revision, found.faults) == (HEAD, [])
    assert ("2" if store.engines.sqlite else "on") in found.settings.values()


def test_tables_of_another_version_are_told(blank: str) -> None:
    engines = Engines(blank)
    assert check.check(engines).faults == [f"revision is none, not {HEAD}: crfhir db upgrade"]
    engines.dispose()


def test_a_database_that_can_lose_what_it_acknowledged_is_not_opened(
    blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapter.store import dialect

    unsafe = tuple(pragma.replace("synchronous = FULL", "synchronous = NORMAL") for pragma in dialect.PRAGMAS)
    monkeypatch.setattr(dialect, "PRAGMAS", unsafe)
    monkeypatch.setattr(dialect, "ON_POSTGRESQL", ("SET synchronous_commit = off",))
    with pytest.raises(StoreError, match=r"not safe to store in: synchronous(_commit)? is (1|off), not (2|on)"):
        open_store(blank, ZONE)


def test_a_postgresql_that_is_too_old_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if store.engines.sqlite:
        require_safe(store.engines)
        return
    monkeypatch.setattr(check, "OLDEST_POSTGRESQL", 990000)
    with pytest.raises(StoreError, match="not 99 or later"):
        require_safe(store.engines)
