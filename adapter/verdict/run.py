"""One validation from beginning to end: read, judge in one process or several, tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from adapter.jobs import mapped
from adapter.verdict.judge import Held, Judge, Verdict
from adapter.verdict.reading import Item, fhir_sources, items

TOGETHER = 200
"""Resources that are judged as one piece of work."""

LARGE = 4 << 20
"""Bytes after which a piece of work is full, whatever it holds."""


def verdicts(inputs: Sequence[str], held: Held, jobs: int, told: Callable[[int, int, int], None]) -> Iterator[Verdict]:
    """Yield the verdict of each resource of the inputs, in their order, whatever the number of processes.

    Raises UsageError for an input that is not there and a profile that nobody knows, DefinitionError for definitions
    that cannot be used.
    """
    found = fhir_sources(inputs)
    judge = Judge(held)  # here too: faulty definitions are told before a process is started
    make = partial(Judge, held) if jobs > 1 else lambda: judge
    judged = 0
    where = [0, 0]

    def read(done: int, total: int) -> None:
        where[:] = [done, total]

    for piece in mapped(make, jobs, _pieces(items(found, read))):
        judged += len(piece)
        told(where[0], where[1], judged)
        yield from piece


def _pieces(found: Iterable[Item]) -> Iterator[list[Item]]:
    waiting = iter(found)
    while piece := _piece(waiting):
        yield piece


def _piece(waiting: Iterator[Item]) -> list[Item]:
    piece: list[Item] = []
    size = 0
    for item in islice(waiting, TOGETHER):
        piece.append(item)
        size += len(item.raw) if isinstance(item.raw, bytes) else 0
        if size >= LARGE:
            break
    return piece
