"""The same work in this process or over several, results in the order of the input, little of it in
flight."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from adapter.errors import CrfhirError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Given = TypeVar("Given")
Result = TypeVar("Result")

_work: Callable[[Any], Any] | None = None


def mapped(make: Callable[[], Callable[[Given], Result]], jobs: int, given: Iterable[Given]) -> Iterator[Result]:
    """Yield `make()(each)` for each given, in order; with several jobs `make` runs once in each process."""
    if jobs <= 1:
        yield from map(make(), given)
        return
    import multiprocessing  # for several processes alone: a run in this one starts the sooner
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start, (make,)) as pool:
        try:
            yield from _windowed(pool, given, 2 * jobs + 1)
        except BrokenProcessPool as error:
            raise CrfhirError("A worker process ended unexpectedly: is memory short? Try fewer --jobs.") from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _windowed(pool: ProcessPoolExecutor, given: Iterable[Any], most: int) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    for each in given:
        with _ctrl_c_held():
            waiting.append(pool.submit(_call, each))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: a process that begins in it never hears of one, not even before it is ready to
    ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _work  # noqa: PLW0603 - how a process pool gives its workers their work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone ends the run
    _work = make()


def _call(given: Any) -> Any:
    if _work is None:
        raise RuntimeError("the worker was not started")
    return _work(given)
