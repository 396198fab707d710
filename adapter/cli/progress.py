"""A progress bar of one line on standard error, on a terminal only, and only when a run takes a moment."""

from __future__ import annotations

import sys
import time
from typing import TextIO

PATIENCE = 0.7
"""Seconds before the bar appears."""

EVERY = 0.1
"""Seconds between two drawings."""

WIDTH = 30


class Bar:
    """Draws how far a run is, and the things (records, subjects) done; leave the block to wipe it."""

    def __init__(self, things: str = "records", stream: TextIO | None = None) -> None:
        self._things = things
        self._stream = sys.stderr if stream is None else stream
        self._wanted = self._stream.isatty()
        self._begin = time.monotonic()
        self._next = self._begin + PATIENCE
        self._drawn = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Take the bar away, before something else is written; it comes back when it is drawn again."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False

    def __call__(self, done: int, total: int, records: int) -> None:
        """Draw `done` of `total` bytes (0 where unknown) and the records so far, unless drawn just now."""
        now = time.monotonic()
        if not self._wanted or now < self._next:
            return
        self._next, self._drawn = now + EVERY, True
        self._stream.write("\r\x1b[K" + self._line(done, total, records, now - self._begin))
        self._stream.flush()

    def _line(self, done: int, total: int, records: int, seconds: float) -> str:
        speed = f"{records:,} {self._things}, {records / max(seconds, 0.001):,.0f} a second"
        if total <= 0:
            return speed
        share = min(done / total, 1.0)
        filled = round(share * WIDTH)
        return f"{'━' * filled}{'─' * (WIDTH - filled)} {share:4.0%}  {speed}"
