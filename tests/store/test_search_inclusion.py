from __future__ import annotations

from typing import Any

import pytest

from adapter.store import search_inclusion
from adapter.store.index_path import Place
from adapter.store.search import Query
from adapter.store.shapes import Version
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store
from tests.store.rows import emitted, push, write

EVERYTHING = Sight(restricted=True)


def to(*paths: str) -> dict[str, Any]:
    return {"derivedFrom": [{"reference": path} for path in paths]}


@pytest.fixture
def filled(store: Store) -> Store:
    made = (
        emitted("a"),
        emitted("b", restricted=True),
        emitted("c", **to("Observation/a", "Observation/b", "Observation/gone", "Patient/x", "#local", "urn:uuid:1")),
        emitted("d", **to("Observation/a/_history/1")),
        emitted("e", restricted=True, **to("Observation/a")),
    )
    for resource in made:
        push(store, write(resource.id, restricted="{}" if resource.restricted else None, resources=(resource,)))
    return store


def places(store: Store) -> tuple[Place, ...]:
    return store.catalogue.of("Observation")["derived-from"].places


def versions(store: Store, *ids: str) -> list[Version]:
    found = store.search(EVERYTHING, Query("Observation")).versions
    return [version for version in found if version.address.id in ids]


def included(store: Store, sight: Sight, *ids: str, reverse: bool = False) -> list[str]:
    found = store.included(sight, versions(store, *ids), places(store), ["Observation"], reverse=reverse)
    return [version.address.id for version in found]


def test_what_is_referred_to_comes_along_as_far_as_it_may_be_seen(filled: Store) -> None:
    assert included(filled, BLIND, "c", "d") == ["a"]
    assert included(filled, EVERYTHING, "c", "d") == ["a", "b"]
    assert included(filled, BLIND, "a") == []


def test_what_refers_comes_along_as_far_as_it_may_be_seen(filled: Store) -> None:
    assert included(filled, BLIND, "a", reverse=True) == ["c", "d"]
    assert included(filled, EVERYTHING, "a", reverse=True) == ["c", "d", "e"]
    assert included(filled, BLIND, reverse=True) == []


def test_what_is_deleted_does_not_come_along(filled: Store) -> None:
    push(filled, write("a", content='{"x":1}'))
    assert included(filled, BLIND, "c", "d") == []


def test_one_more_than_may_come_along_is_read_and_no_more(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_inclusion, "MOST", 0)
    assert included(filled, BLIND, "a", reverse=True) == ["c"]
