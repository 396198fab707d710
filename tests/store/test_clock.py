from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapter.errors import StoreError
from adapter.store.clock import PATIENCE, WatchedClock, utc_now

DAY = timedelta(days=1)


class Machine:
    """A machine whose clock can be set, and whose seconds pass."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 1, 1, tzinfo=UTC)
        self.seconds = 0.0
        self.clock = WatchedClock(lambda: self.wall, lambda: self.seconds)

    def after(self, seconds: float, jump: timedelta = timedelta()) -> datetime:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds) + jump
        return self.clock()


@pytest.mark.parametrize("jump", [timedelta(), DAY, -DAY, -30 * DAY])
def test_time_that_passes_is_believed_and_so_is_a_clock_that_goes_back(jump: timedelta) -> None:
    machine = Machine()
    for seconds in (0, 1, 10 * 86400.0):
        machine.after(seconds)
    assert machine.after(1, jump) == machine.wall


def test_a_wrong_second_is_refused_and_forgotten_when_the_clock_is_right_again() -> None:
    machine = Machine()
    machine.after(1)
    with pytest.raises(StoreError, match="jumped ahead"):
        machine.after(1, 365 * DAY)
    assert machine.after(1, -365 * DAY) == machine.wall


def test_a_clock_that_stays_where_it_was_set_is_believed_after_a_minute() -> None:
    machine = Machine()
    machine.after(1)
    with pytest.raises(StoreError):
        machine.after(1, 30 * DAY)
    with pytest.raises(StoreError):
        machine.after(PATIENCE - 1)
    assert machine.after(1) == machine.wall
    assert machine.after(1) == machine.wall


def test_a_clock_that_jumps_on_is_not_believed() -> None:
    machine = Machine()
    machine.after(1)
    for _ in range(3):
        with pytest.raises(StoreError):
            machine.after(PATIENCE, 30 * DAY)


def test_the_clock_of_this_process_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta()
