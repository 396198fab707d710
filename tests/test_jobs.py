import signal
from collections.abc import Callable, Iterator

import pytest

from adapter.errors import CrfhirError
from adapter.jobs import mapped


def doubling() -> Callable[[int], int]:
    return lambda number: 2 * number


def blocked() -> Callable[[int], bool]:
    return lambda _: signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def dying() -> Callable[[int], int]:
    import os

    return lambda _: os._exit(3)


def test_results_come_in_the_order_of_the_input() -> None:
    assert list(mapped(doubling, 1, range(100))) == list(mapped(doubling, 2, range(100))) == list(range(0, 200, 2))


def test_little_of_the_input_is_in_flight() -> None:
    taken = []

    def endless() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    results = mapped(doubling, 2, endless())
    assert next(results) == 0
    assert len(taken) <= 6
    results.close()  # type: ignore[attr-defined]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signal masks there")
def test_a_worker_never_hears_of_ctrl_c_and_the_parent_still_does() -> None:
    assert list(mapped(blocked, 2, range(3))) == [True, True, True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_a_worker_that_dies_is_told() -> None:
    with pytest.raises(CrfhirError, match="ended unexpectedly"):
        list(mapped(dying, 2, range(3)))
