from __future__ import annotations

import threading

import pytest
from sqlalchemy import Executable, Table, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from adapter.errors import StoreError, UsageError
from adapter.store import schema
from adapter.store.search_query import Query, identified, ids
from adapter.store.search_records import RecordQuery
from adapter.store.shapes import ClashError, Key
from adapter.store.sight import BLIND
from adapter.store.store import Store, open_store
from tests.store.rows import AT, KEY, ZONE, emitted, push, write

LATER = "2026-01-02T00:00:00.000Z"


def test_a_record_is_created_then_unchanged_then_changed(store: Store) -> None:
    assert [push(store, write("k", '{"a":1}'))[0].outcome for _ in range(2)] == ["created", "unchanged"]
    assert push(store, write("k", '{"a":2}'))[0].outcome == "changed"
    found = store.read_record(BLIND, "f", "k")
    assert found is not None
    assert (found.version, found.content) == (2, '{"a":2}')


def test_the_served_bytes_carry_version_and_time_and_are_else_as_emitted(store: Store) -> None:
    push(store, write("k", resources=(emitted("r", value=1),)))
    found = store.read(BLIND, "Observation", "r")
    assert found is not None
    assert found.body == (
        b'{"resourceType":"Observation","id":"r",'
        b'"meta":{"versionId":"1","lastUpdated":"2026-01-01T00:00:00.000Z"},'
        b'"identifier":[{"system":"urn:x","value":"r"}],"value":1}'
    )


def test_an_unchanged_resource_keeps_its_version_and_time(store: Store) -> None:
    for content, at in (("{}", AT), ('{"a":1}', LATER)):
        push(store, write("k", content, resources=(emitted("r"),)), at=at)
    found = store.read(BLIND, "Observation", "r")
    assert found is not None
    assert (found.address.version, found.address.at) == (1, AT)


def test_a_changed_resource_is_a_new_version_and_the_old_one_can_be_read(store: Store) -> None:
    for value in (1, 2):
        push(store, write("k", resources=(emitted("r", value=value),)))
    old, new = store.read(BLIND, "Observation", "r", 1), store.read(BLIND, "Observation", "r")
    assert old is not None
    assert new is not None
    assert old.body.endswith(b'"value":1}')
    assert new.body.endswith(b'"value":2}')


def test_a_resource_that_no_longer_follows_is_deleted_and_its_versions_stay(store: Store) -> None:
    push(store, write("k", resources=(emitted("r"),)))
    push(store, write("k", resources=()))
    gone, before = store.read(BLIND, "Observation", "r"), store.read(BLIND, "Observation", "r", 1)
    assert gone is not None
    assert gone.deleted
    assert before is not None
    assert not before.deleted
    assert store.search(BLIND, Query("Observation")).total == 0


def test_a_deleted_resource_comes_back_as_a_new_version(store: Store) -> None:
    for resources in ((emitted("r"),), (), (emitted("r"),)):
        push(store, write("k", resources=resources))
    found = store.read(BLIND, "Observation", "r")
    assert found is not None
    assert (found.deleted, found.address.version) == (False, 3)


def test_a_restricted_part_leaves_no_trace_in_the_open(store: Store) -> None:
    open_, kit = emitted("r"), emitted("kit", restricted=True)
    push(store, write("k", "{}", None, (open_,)))
    before = (store.read_record(BLIND, "f", "k"), store.read(BLIND, "Observation", "r"), store.counts(BLIND))
    written = push(store, write("k", "{}", '{"kit":"K1"}', (open_, kit)), at=LATER)
    assert written[0].outcome == "unchanged"
    assert [address.id for address in written[0].resources] == ["r"]
    assert (store.read_record(BLIND, "f", "k"), store.read(BLIND, "Observation", "r"), store.counts(BLIND)) == before
    assert store.read(BLIND, "Observation", "kit") is None
    assert store.read(BLIND, "Observation", "kit", 1) is None
    assert store.search(BLIND, Query("Observation")).total == 1
    assert store.search(BLIND, Query("Observation", (ids(["kit"]),))).total == 0
    assert store.search(BLIND, Query("Observation", (identified("Observation", [(None, "kit")]),))).total == 0


def test_a_restricted_part_is_held_for_the_next_push(store: Store) -> None:
    push(store, write("k", "{}", '{"kit":"K1"}'))
    with store.push("tests", "digest", AT) as opened:
        held = opened.claim([Key("f", "k", "s1")])[Key("f", "k", "s1")]
    assert (held.open, held.restricted) == ("{}", '{"kit":"K1"}')


def test_two_records_cannot_share_one_resource_and_nothing_of_the_push_stays(store: Store) -> None:
    push(store, write("k1", resources=(emitted("r"),)))
    with pytest.raises(ClashError, match="Observation/r"):
        push(store, write("k2", resources=(emitted("r"), emitted("r2"))))
    assert store.read_record(BLIND, "f", "k2") is None
    assert store.read(BLIND, "Observation", "r2") is None


def test_a_push_that_raises_leaves_nothing(store: Store) -> None:
    def interrupted() -> None:
        with store.push("tests", "digest", AT) as opened:
            opened.claim([Key("f", "k")])
            opened.write([write("k", subject=None)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.read_record(BLIND, "f", "k") is None
    assert not store.received("tests", "digest")


@pytest.mark.parametrize("table", schema.IMMUTABLE, ids=lambda table: table.name)
def test_versions_and_submissions_refuse_to_be_changed_or_deleted(database: str, table: Table) -> None:
    store = open_store(database, ZONE, KEY)
    with store.push("tests", "digest", AT) as opened:
        opened.claim([Key("f", "k", "s1")])
        opened.write([write("k", resources=(emitted("r"),))])
        opened.leave("[]")
        opened.close("{}")
    column = next(iter(table.primary_key)).name
    statements: list[Executable] = [delete(table), update(table).values({column: table.c[column]})]
    statements += [] if store.engines.sqlite else [text(f"TRUNCATE {table.name} CASCADE")]
    counted = select(func.count()).select_from(table)
    with store.engines.reading() as connection:
        before = connection.execute(counted).scalar_one()
    for statement in statements:
        with store.engines.writer.connect() as connection, pytest.raises(DBAPIError, match="only ever added"):
            connection.execute(statement)
    with store.engines.reading() as connection:
        assert connection.execute(counted).scalar_one() == before > 0
    store.close()


def test_many_threads_that_push_one_record_make_one(store: Store) -> None:
    outcomes: list[str] = []

    def send() -> None:
        outcomes.append(push(store, write("k", '{"a":1}', resources=(emitted("r"),)))[0].outcome)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created"] + ["unchanged"] * 19
    found = store.read(BLIND, "Observation", "r")
    assert found is not None
    assert found.address.version == 1


def test_records_are_listed_in_the_order_a_person_counts_and_page_by_page(store: Store) -> None:
    push(store, *[write(f"s1-W{week}") for week in (12, 2, 0, 24)], write("s2-W0", subject="s2"))
    first = store.list_records(BLIND, RecordQuery("f", "s1", count=3))
    assert [found.key.text for found in first.records] == ["s1-W0", "s1-W2", "s1-W12"]
    assert (first.total, first.more) == (4, True)
    last = first.records[-1].key.text
    from adapter.store.records import position

    rest = store.list_records(BLIND, RecordQuery("f", "s1", count=3, after=(position(last), last)))
    assert [found.key.text for found in rest.records] == ["s1-W24"]
    assert not rest.more


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(UsageError, match="name a file"):
        open_store("sqlite://", ZONE)


def test_a_database_that_cannot_be_opened_is_a_store_error(tmp_path: object) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}/nowhere/crfhir.db", ZONE)


def test_a_full_disk_is_a_store_error_and_the_store_recovers(lite: Store) -> None:
    with lite.engines.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        connection.rollback()
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        push(lite, write("k", '"' + "x" * 3_000_000 + '"'))
    with lite.engines.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        connection.rollback()
        raw.execute("PRAGMA max_page_count = 1073741823")
    assert push(lite, write("k"))[0].outcome == "created"


def test_pushes_for_one_subject_follow_one_another_and_see_each_other(store: Store) -> None:
    seen: list[int] = []
    start = threading.Barrier(6)

    def send(number: int) -> None:
        start.wait()
        made = write(f"k{number}", f'{{"a":{number}}}')
        with store.push("tests", f"digest {number}", AT) as opened:
            opened.claim([made.key])
            opened.write([made])
            seen.append(len(opened.contents("f", "s1")))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [1, 2, 3, 4, 5, 6]


def test_a_push_is_never_earlier_than_the_one_before_whatever_its_clock_says(store: Store) -> None:
    for at in (AT, LATER, AT):
        push(store, write(f"k{at}"), write("last", f'{{"at":"{at}"}}'), at=at)
    found = store.read_record(BLIND, "f", "last")
    assert found is not None
    assert (found.version, found.at) == (3, LATER)
