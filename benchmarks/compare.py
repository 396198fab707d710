"""Times two ways of doing one thing in turn, block by block, so that a noisy machine slows both: trust the ratio."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BLOCKS = 40
SECONDS = 0.01
"""CPU time of one block: short, so that some of each side fall between what else the machine does."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Least CPU microseconds a call of ours and of the peer."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        return self.peer / self.ours


def compare(ours: Callable[[], Any], peer: Callable[[], Any]) -> Timing:
    """Return the least of each over interleaved blocks of about equal length."""
    gc.collect()
    gc.disable()
    try:
        counts = [_count(ours), _count(peer)]
        blocks = [[_block(call, n) for call, n in zip((ours, peer), counts, strict=True)] for _ in range(BLOCKS)]
    finally:
        gc.enable()
    return Timing(*(min(block[side] for block in blocks) for side in (0, 1)))


def _count(call: Callable[[], Any]) -> int:
    call()
    n = 1
    while (spent := _block(call, n) * n / 1e6) < SECONDS:
        n = max(n * 2, int(n * SECONDS / max(spent, 1e-6)))
    return n


def _block(call: Callable[[], Any], n: int) -> float:
    start = time.process_time()
    for _ in range(n):
        call()
    return (time.process_time() - start) / n * 1e6
