"""Keeps the server running: a process of its own, started again when it ends though nobody asked it to.

granian starts a worker again that dies, and gives up when several die in a row; then this starts granian again.
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

FIRST_WAIT = 0.1
LONGEST_WAIT = 10.0
STEADY = 60.0
"""Seconds after which a server that ran has proved itself: its next end is waited for as briefly as the first."""

GRACE = 15.0
"""Seconds that a server has to finish what it is answering."""

Start = Callable[[], subprocess.Popen[bytes]]


class Supervisor:
    """Runs one command again and again until a signal ends it; SIGHUP is passed on."""

    def __init__(self, start: Start, wait: Callable[[float], None] = time.sleep) -> None:
        self._start = start
        self._wait = wait
        self._ending = False
        self._child: subprocess.Popen[bytes] | None = None

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
            if status in (1, 2):  # what is wrong with the study, the database or the settings was told
                return status
            waited = FIRST_WAIT if time.monotonic() - began > STEADY else min(waited * 2, LONGEST_WAIT)
            typer.echo(f"The server ended ({_ended(status)}): it starts again.", err=True)
            self._wait(waited)
            if self._ending:
                return 0

    def _once(self) -> int:
        self._child = self._start()
        if self._ending:
            self._child.terminate()
        while True:
            try:
                return self._child.wait(GRACE if self._ending else None)
            except subprocess.TimeoutExpired:
                self._child.kill()

    def _end(self, _signum: int, _frame: FrameType | None) -> None:
        self._ending = True
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

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
