from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from adapter.errors import StoreError
from adapter.store import locks
from adapter.store.locks import Turn, alone, hold_subjects, slot
from adapter.store.store import Store, open_store
from tests.databases import Server
from tests.store.rows import ZONE

HOLD = "import sys; from pathlib import Path; from adapter.store.locks import Turn\n"
HOLD += "with Turn(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_threads_take_turns(tmp_path: Path) -> None:
    turn, inside, most = Turn(tmp_path / "lock"), 0, []

    def enter() -> None:
        nonlocal inside
        with turn:
            inside += 1
            most.append(inside)
            time.sleep(0.001)
            inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_processes_take_turns_and_a_killed_one_gives_its_turn_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.05)
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    turn = Turn(tmp_path / "lock")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="busy"), turn:
            pass
        other.kill()
    with turn:
        pass


def test_a_turn_that_cannot_be_taken_is_given_back(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "nowhere" / "lock")
    for _ in range(2):
        with pytest.raises(StoreError, match="No such file"), turn:
            pass


@pytest.fixture
def two(postgresql: Server) -> tuple[Store, str]:
    url = postgresql.ready()
    return open_store(url, ZONE), url


def test_writers_at_the_same_time_have_chains_of_their_own_and_one_makes_the_checkpoint(
    postgresql: Server, two: tuple[Store, str]
) -> None:
    store, url = two
    with store.engines.writing() as one, store.engines.writing() as other:
        assert (slot(one), slot(other)) == (0, 1)
        assert (alone(one), alone(other)) == (True, False)
        held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert one.execute(held).scalar_one() == 2
    with store.engines.writing() as one:
        assert slot(one) == 0
    store.close()
    postgresql.give_back(url)


def test_a_writer_without_a_free_chain_waits_for_one(
    postgresql: Server, two: tuple[Store, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, url = two
    monkeypatch.setattr(locks, "_FREE_SLOT", "SELECT NULL")
    taken: list[int] = []
    with store.engines.writing() as one:
        assert slot(one) == 0

        def wait() -> None:
            with store.engines.writing() as other:
                taken.append(slot(other))

        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.1)
        assert taken == []
    waiting.join()
    assert taken == [0]
    store.close()
    postgresql.give_back(url)


def test_no_push_holds_more_locks_than_there_are_buckets(postgresql: Server, two: tuple[Store, str]) -> None:
    store, url = two
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    with store.engines.writing() as one:
        hold_subjects(one, [f"s{number}" for number in range(5000)])
        assert one.execute(held).scalar_one() <= locks.BUCKETS
        hold_subjects(one, [], every=True)
        assert one.execute(held).scalar_one() == locks.BUCKETS
    store.close()
    postgresql.give_back(url)
