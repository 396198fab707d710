"""What the world does to a database: workers are killed, disks fill up, servers restart, everyone wants to write.

Nothing is stored by halves, nothing that was acknowledged is lost, and the store goes on without being opened again.
CRFHIR_KILLS sets how many workers are killed (`make soak`: 200).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from adapter.errors import StoreError
from adapter.store import locks
from adapter.store.dialect import Engines
from adapter.store.sight import BLIND
from adapter.store.store import Store, open_store
from adapter.store.verify import verify
from tests.databases import Server
from tests.store.rows import KEY, ZONE, emitted, push, write

KILLS = int(os.environ.get("CRFHIR_KILLS", "10"))
AT_ONCE = 5
"""Workers that push at the same time."""

ROOT = Path(__file__).resolve().parents[2]


def workers(url: str, names: list[str]) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.pusher", url]
    made = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True, cwd=ROOT) for name in names]
    for each in made:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    return made


def killed(worker: subprocess.Popen[str]) -> int:
    """Kill it; return how many pushes it had acknowledged."""
    worker.kill()
    assert worker.stdout is not None
    lines = worker.stdout.read().splitlines()
    worker.wait()
    worker.stdout.close()
    return len(lines)


def stored(url: str) -> Counter[str]:
    """How many records of each push there are."""
    engine = create_engine(url)
    with engine.connect() as connection:
        keys = connection.execute(text("SELECT key FROM record WHERE part = 'open' AND version = 1")).scalars().all()
    engine.dispose()
    return Counter(key.rsplit("-", 1)[0] for key in keys)


def test_a_killed_worker_leaves_what_it_acknowledged_and_nothing_by_halves(database: str) -> None:
    acknowledged: dict[str, int] = {}
    for first in range(0, KILLS, AT_ONCE):
        names = [f"w{number}" for number in range(first, min(first + AT_ONCE, KILLS))]
        running = workers(database, names)
        for name, worker in zip(names, running, strict=True):
            time.sleep(random.uniform(0.001, 0.1))
            acknowledged[name] = killed(worker)
    found = stored(database)
    assert set(found.values()) <= {3}
    for name, count in acknowledged.items():
        assert {f"{name}-{turn}" for turn in range(count)} <= set(found)
        assert f"{name}-{count + 1}" not in found
    engines = Engines(database)
    verdict = verify(engines, KEY)
    engines.dispose()
    assert verdict.findings == []
    assert verdict.counts["audit"] == verdict.counts["record_version"] + verdict.counts["resource_version"]
    assert verdict.counts["submission"] == verdict.counts["chain_link"] == len(found)


def test_a_restarted_postgresql_refuses_and_then_goes_on(postgresql: Server) -> None:
    url = postgresql.ready()
    store = open_store(url, ZONE, KEY)
    push(store, write("before"))
    postgresql.control("-m", "immediate", "stop")
    try:
        for _ in range(2):
            with pytest.raises(StoreError):
                push(store, write("lost"))
            with pytest.raises(StoreError):
                store.read(BLIND, "Observation", "r")
    finally:
        postgresql.start()
    assert store.read(BLIND, "Observation", "r") is None
    assert push(store, write("after"))[0].outcome == "created"
    assert verify(store.engines, KEY).findings == []
    store.close()
    postgresql.give_back(url)


def test_a_push_that_loses_its_server_is_a_store_error_and_leaves_nothing(postgresql: Server) -> None:
    url = postgresql.ready()
    store = open_store(url, ZONE, KEY)

    def cut() -> None:
        with store.push("tests", "digest", "2026-01-01T00:00:00.000Z") as opened:
            opened.claim([write("k").key])
            with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string()) as other:
                other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            opened.write([write("k", resources=(emitted("r"),))])

    with pytest.raises(StoreError):
        cut()
    assert push(store, write("k", resources=(emitted("r"),)))[0].outcome == "created"
    assert verify(store.engines, KEY).findings == []
    store.close()
    postgresql.give_back(url)


FULL = """
import resource, signal, sys
from adapter.errors import StoreError
from adapter.store.store import open_store
from tests.store.rows import ZONE, push, write

store = open_store(sys.argv[1], ZONE)
push(store, write("before"))
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limit[1]))
for number in range(3):
    try:
        push(store, write(f"lost{number}", '"' + "x" * 3_000_000 + '"'))
    except StoreError as reason:
        print(type(reason).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, limit)
print(push(store, write("after"))[0].outcome)
"""


def test_a_file_that_may_not_grow_is_a_store_error_and_the_store_goes_on(url: str) -> None:
    run = [sys.executable, "-c", textwrap.dedent(FULL), url]
    ended = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, check=True)
    assert ended.stdout.split() == ["StoreError"] * 3 + ["created"]
    engines = Engines(url)
    assert verify(engines, None).findings == []
    engines.dispose()
    assert stored(url).total() == 2


def test_a_storm_of_writers_gets_through_in_two_processes_and_many_threads(database: str) -> None:
    store = open_store(database, ZONE, KEY)
    others = workers(database, ["one"])
    failed: list[BaseException] = []

    def send(number: int) -> None:
        try:
            for turn in range(5):
                push(store, write("shared", f'{{"by":{number},"turn":{turn}}}'), write(f"own{number}"))
        except StoreError as reason:
            failed.append(reason)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    killed(others[0])
    assert failed == []
    assert verify(store.engines, KEY).findings == []
    store.close()


@pytest.fixture
def impatient(database: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose writers wait for a tenth of a second."""
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr("adapter.store.dialect.ON_POSTGRESQL", ("SET lock_timeout = '100ms'",))
    return open_store(database, ZONE)


def test_who_waits_too_long_for_another_writer_is_told_and_may_come_again(impatient: Store) -> None:
    def waiting() -> None:
        with closing(Other(impatient)):
            push(impatient, write("k"))

    with pytest.raises(StoreError):
        waiting()
    assert push(impatient, write("k"))[0].outcome == "created"
    impatient.close()


class Other:
    """A writer of another process, who holds what this one wants: SQLite's file, a record of PostgreSQL."""

    def __init__(self, store: Store) -> None:
        self._engines = Engines(store.engines.reader.url.render_as_string(hide_password=False))
        self._writing = self._engines.writing()
        connection = self._writing.__enter__()
        if not self._engines.sqlite:
            locks.hold_subjects(connection, ["s1"])

    def close(self) -> None:
        """Let go of it."""
        self._writing.__exit__(None, None, None)
        self._engines.dispose()
