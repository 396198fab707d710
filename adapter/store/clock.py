"""The time of now, as versions are stamped with it: a clock that jumps ahead is not believed at once.

A version is never stored before another that is there already. So one wrong second of the machine's clock would stamp
all later versions too, for as long as it was ahead.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from adapter.errors import StoreError

AHEAD = timedelta(days=1)
"""How far the clock may go ahead of the seconds that have passed."""

PATIENCE = 60.0
"""Seconds after which a clock that stays where it has jumped to is believed: somebody has set it right."""

Instant = tuple[datetime, float]
"""A time by the clock that is set, and the seconds of one that nobody sets."""


def _passed() -> float:
    """Seconds since some moment, those when the machine slept among them where it counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class WatchedClock:
    """Gives the aware time of now. StoreError for a minute after it has jumped ahead by more than AHEAD."""

    def __init__(self, now: Callable[[], datetime], passed: Callable[[], float]) -> None:
        self._now = now
        self._passed = passed
        self._good: Instant | None = None
        self._odd: Instant | None = None

    def __call__(self) -> datetime:
        """The time of now."""
        here = self._now(), self._passed()
        if self._good is not None and _jumped(self._good, here) > AHEAD:
            if self._odd is None or abs(_jumped(self._odd, here)) > AHEAD:
                self._odd = here
            if here[1] - self._odd[1] < PATIENCE:
                raise StoreError(
                    "The clock of this machine has jumped ahead by more than a day: set it right. "
                    "If it is right, it is believed in a minute. Nothing was stored."
                )
        self._good, self._odd = here, None
        return here[0]


def _jumped(before: Instant, after: Instant) -> timedelta:
    return after[0] - before[0] - timedelta(seconds=after[1] - before[1])


utc_now = WatchedClock(partial(datetime.now, UTC), _passed)
"""The clock of this process."""
