"""A process that is forked off instead of started anew: it begins with what this one has loaded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Protocol


class Process(Protocol):
    """What a supervisor asks of a process; `subprocess.Popen` is one."""

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def send_signal(self, sig: int, /) -> None: ...


Start = Callable[[], Process]

HEARD = {signal.SIGTERM, signal.SIGINT} | ({signal.SIGHUP} if hasattr(signal, "SIGHUP") else set())
PAUSE = 0.02
"""Seconds between two looks at a process that is waited for not without end."""


class Forked:
    """A process that was forked off, as `subprocess.Popen` shows one. `lifeline` keeps its standard input open."""

    def __init__(self, pid: int, lifeline: int) -> None:
        self.pid = pid
        self._lifeline = lifeline
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return the exit status (of signal 9: -9) where it was waited for already, else None."""
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status when there is one. TimeoutExpired after so many seconds without."""
        end = None if timeout is None else time.monotonic() + timeout
        while self._status is None:
            found, status = os.waitpid(self.pid, 0 if end is None else os.WNOHANG)
            if found:
                self._status = os.waitstatus_to_exitcode(status)
                os.close(self._lifeline)
            elif end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("server", timeout or 0.0)
            else:
                time.sleep(PAUSE)
        return self._status

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, sig: int) -> None:
        """Send a signal to it, unless it has ended."""
        if self._status is None:
            os.kill(self.pid, sig)


def of_fork(serve: Callable[[], int]) -> Start:
    """Return what forks this process off to run `serve`, whose result is the exit status.

    As one that `supervisor.of_command` starts, it is deaf to Ctrl-C and finds its standard input ended when this
    process is gone. Nothing else may be going on here: no thread, no connection.
    """

    def start() -> Process:
        sys.stdout.flush()
        sys.stderr.flush()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        ours, theirs = _pipe()
        pid = os.fork()
        if not pid:
            os.close(ours)
            _begin(theirs, before)
            os._exit(_ended(serve))
        os.close(theirs)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return Forked(pid, ours)

    return start


def _pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    return writing, reading


def _begin(stdin: int, mask: set[int]) -> None:
    """Make a forked process one of its own: its signals, its standard input."""
    os.dup2(stdin, 0)
    os.close(stdin)
    for name in HEARD - {signal.SIGINT}:
        signal.signal(name, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, {*mask, signal.SIGINT})


def _ended(serve: Callable[[], int]) -> int:
    status = 1
    try:
        status = serve()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    return status
