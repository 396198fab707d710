"""How long a request's body may take to arrive: who sends it slower, or stops, is answered 408 and lets go of a thread.

granian waits for a body without end and cannot be told to stop. So each body is read in small steps that look at the
clock, and where one of them waits, a watch closes the receiving side of the connections that have been answered nothing
for as long: the body ends there. Only on Linux can connections be asked that; elsewhere only the clock is looked at.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from flask import Flask

from adapter.api.config import Config
from adapter.api.failure import failure
from adapter.api.metrics import current

STEP = 4096
"""Octets that are read between two looks at the clock."""

PAUSE = 0.5
"""Seconds between two looks of the watch."""

_LAST_SENT = struct.Struct("=44xI")
"""Of Linux's tcp_info: milliseconds since data was last sent, or since the connection was accepted."""


class Watch:
    """The bodies that a process is reading, each with the time when it must be there; cuts off those that are late."""

    def __init__(self, port: int, seconds: float, cut: Callable[[int, float], None]) -> None:
        self._port, self._seconds, self._cut = port, seconds, cut
        self._due: dict[int, float] = {}
        self._last_cut = -1.0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def waiting(self, due: float) -> Iterator[None]:
        """Have what this thread does inside cut off when it takes until after `due`."""
        self._due[threading.get_ident()] = due
        self._begin()
        try:
            yield
        finally:
            self._due.pop(threading.get_ident(), None)

    def look(self) -> None:
        """Cut off what is late."""
        now = time.monotonic()
        if any(due < now for due in self._due.copy().values()):
            self._last_cut = now
            self._cut(self._port, self._seconds)

    def has_cut_since(self, began: float) -> bool:
        """True if what was being read at that time may have been cut off."""
        return self._last_cut >= began

    def _begin(self) -> None:
        # Not before the first body: a worker is forked, and threads do not come along.
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._keep_looking, name="patience", daemon=True)
                    self._thread.start()

    def _keep_looking(self) -> None:
        while True:
            time.sleep(PAUSE)
            self.look()


class TimedBody:
    """`wsgi.input` that must have been read by a time; failure 408 when it was not."""

    def __init__(self, body: IO[bytes], seconds: float, watch: Watch) -> None:
        self._body = body
        self._began = time.monotonic()
        self._due = self._began + seconds
        self._watch = watch

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` octets, or all that is left; b'' at the end."""
        pieces: list[bytes] = []
        left = size if size >= 0 else sys.maxsize
        with self._watch.waiting(self._due):
            while left:
                piece = self._body.read(min(left, STEP))
                if time.monotonic() > self._due or (not piece and self._watch.has_cut_since(self._began)):
                    raise failure("timeout", "The body did not arrive in time: send it again.")
                if not piece:
                    break
                pieces.append(piece)
                left -= len(piece)
        return b"".join(pieces)


def register(app: Flask, config: Config) -> None:
    """Have the body of every request of an application arrive within `arrival_seconds`, in chunks or as it is."""
    watch = Watch(config.port, config.arrival_seconds, cut_off)

    def begin() -> None:
        environ = current().environ
        if environ.get("HTTP_TRANSFER_ENCODING", "chunked").strip().lower() != "chunked":
            raise failure("structure", "Transfer-Encoding is chunked, once, or is left out.")
        if environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = TimedBody(environ["wsgi.input"], config.arrival_seconds, watch)

    app.before_request(begin)


def cut_off(port: int, seconds: float) -> None:
    """Let nothing more be received on this process's connections to `port` on which nothing was sent for as long."""
    if sys.platform != "linux":
        return
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError, struct.error), socket.socket(fileno=os.dup(int(name))) as connection:
            if _is_of(connection, port) and _unanswered(connection) >= seconds:
                connection.shutdown(socket.SHUT_RD)


def _is_of(connection: socket.socket, port: int) -> bool:
    internet = connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM
    return internet and connection.getsockname()[1] == port and bool(connection.getpeername())


def _unanswered(connection: socket.socket) -> float:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 128)
    return float(_LAST_SENT.unpack_from(told)[0]) / 1000
