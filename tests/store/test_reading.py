from __future__ import annotations

from adapter.store import reading, search
from adapter.store.sight import BLIND, Sight
from adapter.store.store import Store
from tests.store.rows import emitted, push, write


def test_it_reads_what_a_search_in_a_transaction_reads(store: Store) -> None:
    for turn in range(2):
        push(
            store, write("k", f'{{"a":{turn}}}', '{"kit":1}', (emitted("r", value=turn), emitted("x", restricted=True)))
        )
    push(store, write("k", '{"a":1}', '{"kit":1}', (emitted("x", restricted=True),)))
    asked = [(id_, version) for id_ in ("r", "x", "none") for version in (None, 1, 2, 3, 4)]
    for sight in (BLIND, Sight(restricted=True), Sight(sites=frozenset({"01"}))):
        with store.engines.reading() as connection:
            expected = [search.read(connection, sight, "Observation", *one) for one in asked]
        assert [reading.read(store.engines, sight, "Observation", *one) for one in asked] == expected
        found = [one for one, version in zip(asked, expected, strict=True) if version is not None]
        assert len(found) == {BLIND: 4, Sight(restricted=True): 6}.get(sight, 0)
