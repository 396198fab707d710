"""Keeps the server running: a process of its own, started again when it ends though nobody asked it to.

granian starts a worker again that dies, and gives up when several die in a row; then this starts granian again. What
keeps the first server from serving is told, and ends it all; what keeps a later one from it (a database that is down, a
certificate that is being replaced) is waited out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

import typer

from adapter.cli.forked import Process, Start

FIRST_WAIT = 0.1
LONGEST_WAIT = 10.0
STEADY = 60.0
"""Seconds after which a server that ran has proved itself: its next end is waited for as briefly as the first."""

GRACE = 15.0
"""Seconds that a server has to finish what it is answering."""

LOOK = 0.5
"""Seconds between two looks of a worker at whether its server is still there."""

REFUSED = (1, 2)
"""Exit statuses of a server that did not serve: what is wrong with the study, the database or the settings was told."""


class Supervisor:
    """Runs one command again and again until a signal ends it; SIGHUP is passed on. `grace`: seconds that the server
    has to end when it is asked to."""

    def __init__(self, start: Start, wait: Callable[[float], None] | None = None, grace: float = GRACE) -> None:
        self._start = start
        self._wait = wait or self._pause
        self._grace = grace
        self._served = False
        self._ending = False
        self._child: Process | None = None

    def run(self) -> int:
        """Return 0 when a signal ended it, else the exit status of a server that refused to start."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self._reload)
        waited = FIRST_WAIT
        while True:
            began = time.monotonic()
            status = self._once()
            if self._ending:
                return 0
            if status in REFUSED and not self._served:
                return status
            self._served = True
            waited = FIRST_WAIT if time.monotonic() - began > STEADY else min(waited * 2, LONGEST_WAIT)
            typer.echo(f"The server ended ({_ended(status)}): it starts again.", err=True)
            self._wait(waited)
            if self._ending:
                return 0

    def _once(self) -> int:
        self._child = self._start()
        if self._ending:
            self._child.terminate()
            self._kill_late(self._child)
        return self._child.wait()

    def _end(self, _signum: int, _frame: FrameType | None) -> None:
        first, self._ending = not self._ending, True
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            if first:
                self._kill_late(self._child)

    def _pause(self, seconds: float) -> None:
        """Wait before the next start, unless a signal comes."""
        end = time.monotonic() + seconds
        while not self._ending and time.monotonic() < end:
            time.sleep(0.05)

    def _kill_late(self, child: Process) -> None:
        """End the server when its time is up. It is waited for already, without end, when the signal comes: so a thread
        has to."""
        late = threading.Timer(self._grace, child.kill)
        late.daemon = True
        late.start()

    def _reload(self, signum: int, _frame: FrameType | None) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signum)


def _ended(status: int) -> str:
    return f"by signal {-status}" if status < 0 else f"exit status {status}"


def of_command(words: Sequence[str]) -> Start:
    """Return what starts `python -m adapter.cli` with these words.

    It is deaf to a terminal's Ctrl-C, which goes to all processes and which the supervisor hears; and it ends when its
    standard input does, so that none is left behind by a supervisor that was killed.
    """

    def start() -> subprocess.Popen[bytes]:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return subprocess.Popen([sys.executable, "-m", "adapter.cli", *words], stdin=subprocess.PIPE)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    return start


def end_with_parent() -> None:
    """End this process, as SIGTERM does, when the supervisor at the other end of standard input is gone."""

    def watch() -> None:
        # Not through sys.stdin, whose lock a worker that is forked off would wait for without end.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def end_without(parent: int) -> None:
    """End this process, as SIGTERM does, when it is no longer `parent` whose child it is; by force where that does not
    end it in time. For workers, which would go on serving at the port of a server that was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
