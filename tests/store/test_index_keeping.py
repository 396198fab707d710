from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from adapter.fhir.search_parameters import SearchParameters
from adapter.store import index_keeping
from adapter.store.index_keeping import page_key, reindex
from adapter.store.indexer import Catalogue
from adapter.store.schema.index import SEARCHED
from adapter.store.store import Store, open_store
from tests.store.rows import ZONE, emitted, push, write
from tests.store.test_indexer import OWN


def content(store: Store) -> dict[str, list[Any]]:
    with store.engines.reading() as connection:
        return {kind: sorted(map(tuple, connection.execute(select(table)).all())) for kind, table in SEARCHED.items()}


@pytest.fixture
def filled(store: Store) -> Store:
    for day in range(1, 6):
        resource = emitted(f"d{day}", effectiveDateTime=f"2025-06-0{day}", note=[{"text": "hm"}])
        push(store, write(f"k{day}", resources=(resource, emitted(f"h{day}", restricted=True)), restricted="{}"))
    push(store, write("k1", content='{"a":1}', resources=(emitted("d1", effectiveDateTime="2025-07"),)))
    push(store, write("k2", content='{"a":1}', resources=()))
    return store


def test_an_index_made_anew_is_the_one_that_was_kept(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_keeping, "BATCH", 2)
    kept = content(filled)
    with filled.engines.writing() as connection:
        for table in SEARCHED.values():
            connection.execute(delete(table))
        index_keeping._set(connection, "catalogue", b"another")
    reindex(filled.engines, filled.catalogue)
    assert content(filled) == kept


def test_opening_with_other_parameters_indexes_anew_and_back_again(filled: Store, database: str) -> None:
    kept = content(filled)
    other = open_store(database, ZONE, parameters=SearchParameters([OWN]))
    place = other.catalogue.of("Observation")["own"].places[0].number
    assert [row for row in content(other)["string"] if row[1] == place]
    other.close()
    open_store(database, ZONE).close()
    assert content(filled) == kept


def test_what_was_interrupted_goes_on_where_it_stood(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, wanted = content(filled), Catalogue(SearchParameters([OWN]), ZONE)
    monkeypatch.setattr(index_keeping, "BATCH", 2)
    mark = index_keeping.sha256(wanted.text.encode()).digest()
    assert index_keeping._batch(filled.engines, wanted, mark)
    assert content(filled) != kept
    reindex(filled.engines, wanted)
    with filled.engines.reading() as connection:
        indexed = connection.execute(select(func.count(SEARCHED["date"].c.resource.distinct()))).scalar()
    assert indexed == 4
    reindex(filled.engines, filled.catalogue)
    assert content(filled) == kept


def test_a_current_index_is_left_alone(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_keeping, "_batch", lambda *_: pytest.fail("indexed anew"))
    reindex(filled.engines, filled.catalogue)


def test_a_database_keeps_its_key(filled: Store) -> None:
    assert page_key(filled.engines) == page_key(filled.engines) == filled.page_key
    assert len(filled.page_key) == 32


def test_several_processes_index_together(filled: Store, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_keeping, "BATCH", 1)
    kept, wanted = content(filled), Catalogue(SearchParameters([OWN]), ZONE)
    stores = [open_store(database, ZONE) for _ in range(3)]
    for catalogue in (wanted, filled.catalogue):
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda store: reindex(store.engines, catalogue), stores))  # noqa: B023
    assert content(filled) == kept
    for store in stores:
        store.close()
