from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import func, select

from adapter.store.begin import horizon
from adapter.store.history import HistoryPage, HistoryQuery
from adapter.store.locks import BEGINNING, UNDER_WAY
from adapter.store.migrations.versions import v0007_acts
from adapter.store.schema import submission
from adapter.store.sight import BLIND
from adapter.store.store import Push, Store, open_store
from tests.databases import Server
from tests.store.rows import ZONE, emitted, push, write

EARLIER, LATER = "2026-01-01T00:00:01.000Z", "2026-01-01T00:00:02.000Z"


@pytest.fixture
def several(postgresql: Server) -> Iterator[Store]:
    """A store whose pushes run side by side."""
    url = postgresql.ready()
    opened = open_store(url, ZONE)
    yield opened
    opened.close()
    postgresql.give_back(url)


def put(opened: Push, key: str) -> None:
    made = write(key, subject=key, resources=(emitted(key),))
    opened.claim([made.key])
    opened.write([made])


def polled(store: Store, since: str | None) -> tuple[set[str], str | None]:
    """What a poller is told, and the time that it asks from the next time: that of the last version it was told."""
    page = store.history(BLIND, HistoryQuery(since=since))
    return {one.address.id for one in page.versions}, max((one.address.at for one in page.versions), default=since)


def test_who_asks_from_the_time_of_the_last_answer_loses_nothing_when_pushes_overlap(several: Store) -> None:
    push(several, write("before", subject="before", resources=(emitted("before"),)), at=EARLIER)
    told, since = polled(several, None)
    with several.push("one", "d", EARLIER) as slow:
        put(slow, "slow")
        with several.push("two", "d", LATER) as fast:
            put(fast, "fast")
        while_slow, since = polled(several, since)
    after, since = polled(several, since)
    assert told | while_slow | after == {"before", "slow", "fast"}
    assert polled(several, since)[0] == {"fast"}


def test_a_push_that_is_still_on_its_way_holds_back_the_history_of_all_and_of_none_by_its_name(several: Store) -> None:
    with several.push("one", "d", EARLIER) as slow:
        put(slow, "slow")
        push(several, write("fast", subject="fast", resources=(emitted("fast"),)), at=LATER)
        assert polled(several, None)[0] == set()
        found: HistoryPage = several.history(BLIND, HistoryQuery("Observation", "fast"))
        assert [one.address.id for one in found.versions] == ["fast"]
        assert several.read(BLIND, "Observation", "fast") is not None
    assert polled(several, None)[0] == {"slow", "fast"}


def test_a_push_that_failed_holds_back_nothing(several: Store) -> None:
    with pytest.raises(RuntimeError), several.push("one", "d", EARLIER):
        raise RuntimeError
    push(several, write("k", resources=(emitted("k"),)), at=LATER)
    assert polled(several, None)[0] == {"k"}


def test_who_begins_later_has_no_earlier_instant_whatever_the_clocks_say(several: Store) -> None:
    with ExitStack() as opened:
        pushes = [opened.enter_context(several.push("one", "d", at)) for at in (LATER, EARLIER, LATER)]
        assert [one.at for one in pushes] == [LATER] * 3
        assert sorted(one.number for one in pushes) == [one.number for one in pushes]


def test_who_cannot_take_a_number_lets_the_others_take_theirs(several: Store) -> None:
    for _ in range(2):
        push(several, write("k"), at=EARLIER)
    with several.engines.writing() as connection:
        connection.exec_driver_sql("ALTER SEQUENCE submission_number_seq MAXVALUE 2")
    with pytest.raises(psycopg.Error, match="maximum value"):
        push(several, write("lost"), at=EARLIER)
    with several.engines.writing() as connection:
        connection.exec_driver_sql("ALTER SEQUENCE submission_number_seq NO MAXVALUE")
        taken = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {BEGINNING[1]}"
        assert connection.exec_driver_sql(taken).scalar() == 0
    assert push(several, write("after"), at=LATER)[0].outcome == "created"


def test_the_function_and_the_store_name_the_same_locks() -> None:
    assert f"pg_advisory_lock({BEGINNING[0]}, {BEGINNING[1]})" in v0007_acts._BEGIN
    assert f"pg_advisory_xact_lock_shared({UNDER_WAY} + given_number)" in v0007_acts._BEGIN


def test_what_a_push_holds_at_its_beginning_comes_before_its_number(several: Store) -> None:
    """So versions of one record have their instants in the order in which they are made."""
    push(several, write("k", subject="s", resources=(emitted("k"),)), at=EARLIER)
    with several.push("one", "d", EARLIER, [write("k", subject="s").key], [("Observation", "k")]) as first:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
        assert first.connection.exec_driver_sql(held).scalar() == 1
    with several.push("one", "d", EARLIER, gone=[("Observation", "nothing")]) as second:
        assert second.connection.exec_driver_sql(held).scalar() == 256
    with several.push("one", "d", EARLIER, every=True) as third:
        assert third.connection.exec_driver_sql(held).scalar() == 256


def test_on_sqlite_all_that_is_seen_is_whole(lite: Store) -> None:
    push(lite, write("k"))
    with lite.engines.reading() as connection:
        assert horizon(connection) is None


def test_an_empty_database_has_no_horizon_to_look_beyond(several: Store) -> None:
    with several.engines.reading() as connection:
        assert horizon(connection) == 0
        assert connection.execute(select(func.count()).select_from(submission)).scalar_one() == 0
    assert several.history(BLIND, HistoryQuery()).versions == ()
