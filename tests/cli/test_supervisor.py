"""The supervisor, with small commands in the place of the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapter.cli.supervisor import Supervisor

HARNESS = """
import subprocess, sys
from adapter.cli.supervisor import Supervisor

def start():
    return subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)

sys.exit(Supervisor(start, grace=float(sys.argv[2])).run())
"""


def supervised(child: str, grace: float = 15.0) -> subprocess.Popen[str]:
    """A supervisor in a process of its own, whose server is this Python."""
    words = [sys.executable, "-c", textwrap.dedent(HARNESS), textwrap.dedent(child), str(grace)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def eventually(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


@pytest.fixture
def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)


def exiting(status: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", f"raise SystemExit({status})"])


@pytest.mark.parametrize("status", [1, 2])
@pytest.mark.usefixtures("unheard")
def test_a_server_that_refuses_to_start_is_not_started_again(status: int) -> None:
    started: list[int] = []
    supervisor = Supervisor(lambda: started.append(1) or exiting(status))  # type: ignore[func-returns-value]
    assert supervisor.run() == status
    assert len(started) == 1


@pytest.mark.usefixtures("unheard")
def test_a_server_that_ends_is_started_again_after_longer_and_longer_waits() -> None:
    assert waits_of(75, 75, -9, 75) == [0.2, 0.4, 0.8, 1.6]


def waits_of(*ends: int) -> list[float]:
    """How long a supervisor waits after servers that end so; then there are no more."""
    statuses, waits = iter(ends), []
    with pytest.raises(StopIteration):
        Supervisor(lambda: _ended(next(statuses)), waits.append).run()
    return waits


def _ended(status: int) -> subprocess.Popen[bytes]:
    if status >= 0:
        return exiting(status)
    return subprocess.Popen([sys.executable, "-c", f"import os; os.kill(os.getpid(), {-status})"])


def test_sigterm_ends_the_server_and_then_the_supervisor(tmp_path: Path) -> None:
    mark = tmp_path / "up"
    running = supervised(f"""
        import pathlib, signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))
        pathlib.Path({str(mark)!r}).touch()
        time.sleep(60)
    """)
    eventually(mark.exists)
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert "starts again" not in running.communicate()[1]


def test_a_server_that_is_killed_comes_back(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    running = supervised(f"""
        import os, time
        with open({str(pids)!r}, "a") as file: file.write(f"{{os.getpid()}}\\n")
        time.sleep(60)
    """)
    eventually(lambda: pids.exists() and pids.read_text().count("\n") == 1)
    os.kill(int(pids.read_text()), signal.SIGKILL)
    eventually(lambda: pids.read_text().count("\n") == 2)
    running.terminate()
    assert running.wait(20) == 0
    assert "by signal 9): it starts again" in running.communicate()[1]


def test_a_server_does_not_outlive_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    pid, gone = tmp_path / "pid", tmp_path / "gone"
    running = supervised(f"""
        import os, pathlib, signal, sys, time
        from adapter.cli.supervisor import end_with_parent
        def end(*_):
            pathlib.Path({str(gone)!r}).touch()
            sys.exit()
        signal.signal(signal.SIGTERM, end)
        end_with_parent()
        pathlib.Path({str(pid)!r}).touch()
        time.sleep(60)
    """)
    eventually(pid.exists)
    running.kill()
    running.communicate(timeout=20)
    eventually(gone.exists)


@pytest.mark.usefixtures("unheard")
def test_what_keeps_a_server_from_serving_once_one_has_served_is_waited_out() -> None:
    assert waits_of(75, 1, 2, 1) == [0.2, 0.4, 0.8, 1.6]


def test_a_server_that_does_not_end_in_its_time_is_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    running = supervised(
        f"""
        import os, pathlib, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        pathlib.Path({str(pid)!r}).write_text(f"{{os.getpid()}}\\n")
        time.sleep(60)
        """,
        grace=0.5,
    )
    eventually(lambda: pid.exists() and pid.read_text().endswith("\n"))
    os.kill(int(pid.read_text()), signal.SIGSTOP)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=20)
    assert running.returncode == 0


def test_a_signal_ends_a_supervisor_that_waits_before_the_next_start(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    running = supervised(f"open({str(starts)!r}, 'a').write('.'); raise SystemExit(75)")
    eventually(lambda: starts.exists() and len(starts.read_text()) == 5)  # the next one is 3.2 seconds away
    running.terminate()
    running.communicate(timeout=20)
    assert running.returncode == 0
    assert len(starts.read_text()) == 5


def test_a_worker_does_not_outlive_a_server_that_was_killed(tmp_path: Path) -> None:
    pid, gone = tmp_path / "pid", tmp_path / "gone"
    running = supervised(f"""
        import os, pathlib, signal, sys, time
        from adapter.cli.supervisor import end_without
        server = os.getpid()
        if os.fork():
            time.sleep(60)
        def end(*_):
            pathlib.Path({str(gone)!r}).touch()
            sys.exit()
        signal.signal(signal.SIGTERM, end)
        end_without(server)
        pathlib.Path({str(pid)!r}).write_text(f"{{server}}\\n")
        time.sleep(60)
    """)
    eventually(lambda: pid.exists() and pid.read_text().endswith("\n"))
    os.kill(int(pid.read_text()), signal.SIGKILL)
    eventually(gone.exists)
    running.terminate()
    running.communicate(timeout=20)
