from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from adapter.store.schema import audit, chain_link, record_version, resource_version
from adapter.store.store import Store
from tests.store.rows import AT, emitted, push, write


def rows(store: Store) -> list[tuple[object, ...]]:
    columns = (audit.c.submission, audit.c.place, audit.c.action, audit.c.what, audit.c.version, audit.c.restricted)
    with store.engines.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(audit.c.submission, audit.c.place))]


def test_every_version_has_its_row_in_the_order_of_writing(store: Store) -> None:
    push(store, write("k", "{}", '{"kit":1}', (emitted("r"), emitted("kit", restricted=True))))
    push(store, write("k", "{}", '{"kit":1}', (emitted("r", value=2),)))
    assert rows(store) == [
        (1, 1, "create", "f/k", 1, False),
        (1, 2, "create", "f/k", 1, True),
        (1, 3, "create", "Observation/r", 1, False),
        (1, 4, "create", "Observation/kit", 1, True),
        (2, 1, "update", "Observation/r", 2, False),
        (2, 2, "delete", "Observation/kit", 2, True),
    ]


def test_what_is_voided_is_a_version_of_its_own_and_comes_back_as_another(store: Store) -> None:
    given = write("k", '{"a":1}', resources=(emitted("r"),))
    outcomes = [
        push(store, one)[0].outcome
        for one in (given, replace(given, resources=(), voided=True, reason="entered in error"), given, given)
    ]
    assert outcomes == ["created", "voided", "created", "unchanged"]
    assert [row[2] for row in rows(store)] == ["create", "create", "void", "delete", "update", "update"]
    with store.engines.reading() as connection:
        reasons = connection.execute(select(audit.c.reason).where(audit.c.submission == 2)).scalars().all()
        kinds = connection.execute(select(record_version.c.kind).order_by(record_version.c.version)).scalars().all()
    assert reasons == ["entered in error"] * 2
    assert kinds == ["stated", "voided", "stated"]


def test_a_push_that_writes_nothing_is_a_link_without_rows(store: Store) -> None:
    for _ in range(2):
        push(store, write("k"))
    assert [row[0] for row in rows(store)] == [1]
    with store.engines.reading() as connection:
        assert connection.execute(select(func.count()).select_from(chain_link)).scalar_one() == 2


def test_the_receipts_hash_is_that_of_the_link_and_says_nothing_of_what_is_restricted(store: Store) -> None:
    with store.push("tests", "digest", AT) as opened:
        shown = opened.close("{}")
    with store.engines.reading() as connection:
        assert connection.execute(select(chain_link.c.shown)).scalar_one() == shown


def test_writers_at_the_same_time_leave_chains_without_a_gap_and_a_row_for_each_version(store: Store) -> None:
    def send(number: int) -> None:
        for turn in range(5):
            push(store, write(f"k{number}", f'{{"a":{turn}}}', resources=(emitted(f"r{number}", value=turn),)))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.engines.reading() as connection:
        links = connection.execute(select(chain_link.c.chain, chain_link.c.position, chain_link.c.submission)).all()
        versions = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (record_version, resource_version)
        ]
    assert len({submission for _, _, submission in links}) == len(links) == 30
    for chain in {chain for chain, _, _ in links}:
        positions = sorted(position for one, position, _ in links if one == chain)
        assert positions == list(range(1, len(positions) + 1))
    assert len(rows(store)) == sum(versions) == 60


def test_nothing_is_written_after_a_push_is_closed(store: Store) -> None:
    made = write("k")
    with store.push("tests", "digest", AT) as opened:
        opened.claim([made.key])
        opened.close("{}")
        with pytest.raises(ValueError, match="closed"):
            opened.write([made])
        with pytest.raises(ValueError, match="closed"):
            opened.leave("[]")
        with pytest.raises(ValueError, match="closed"):
            opened.close("{}")
    assert rows(store) == []
