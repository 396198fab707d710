"""How many bodies may be on their way or at work at once: no sender takes every thread, and no flood takes those that
read.

A push that waits its turn holds a thread of its worker. Who has too many of them is answered 429 at once, and 503 is
answered when all have too many: with a time after which to send again, and nothing read or stored.
"""

from __future__ import annotations

import threading
from collections import Counter

from flask import Flask, Request

from adapter.api.config import Config
from adapter.api.failure import failure
from adapter.api.metrics import current

OTHERS = 16
"""How many more than one sender's may be at work for all senders together."""

READERS = 16
"""Threads that are left for requests without a body, however many there are with one."""

_BODILESS = ("GET", "HEAD", "OPTIONS")
_ENTERED = "crfhir.entered"


class Crowd:
    """Who has how many requests at work in this process."""

    def __init__(self, of_one: int) -> None:
        self._of_one, self._of_all = of_one, of_one + OTHERS
        self._at_work: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, name: str) -> None:
        """Count one more of this sender; failure 429 when it has too many, 503 when all together do."""
        with self._lock:
            if self._at_work[name] >= self._of_one:
                raise failure(
                    "throttled",
                    f"{self._of_one} requests of this sender wait already: send it again when they are answered.",
                )
            if self._at_work.total() >= self._of_all:
                raise failure("transient", "Too many requests wait already: nothing was read, send it again.")
            self._at_work[name] += 1

    def leave(self, name: str) -> None:
        """Count one less of this sender."""
        with self._lock:
            self._at_work[name] -= 1
            if self._at_work[name] <= 0:
                del self._at_work[name]


def register(app: Flask, config: Config) -> None:
    """Let no sender of an application have more than `pushes_at_once` requests with a body at work in one process."""
    crowd, thread = Crowd(config.pushes_at_once), threading.local()

    def begin() -> None:
        asked = current()
        if asked.method in _BODILESS or getattr(thread, "is_inside", False):
            return  # an entry of a batch is a request within one that is counted
        name = _sender(asked)
        crowd.enter(name)
        asked.environ[_ENTERED] = name
        thread.is_inside = True

    def end(_reason: BaseException | None) -> None:
        name = current().environ.pop(_ENTERED, None) if getattr(thread, "is_inside", False) else None
        if name is not None:
            thread.is_inside = False
            crowd.leave(name)

    app.before_request(begin)
    app.teardown_request(end)


def _sender(asked: Request) -> str:
    # Who it says it is, or where it comes from: whether it may say so is asked by those who let it in.
    given = asked.authorization
    named = given is not None and given.type == "basic" and given.username
    return str(given.username) if given is not None and named else f"@{asked.remote_addr}"
