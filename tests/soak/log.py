"""What clients asked of registers and were told, as Jepsen logs it: invoked, then ok, fail or unknown."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["ok", "fail", "unknown"]


@dataclass(slots=True)
class Operation:
    """One request: a write of a value to registers (together, or not at all), or a read of one.

    `begin` and `end` are of one clock; an unknown write may take effect at any time after its begin.
    """

    kind: Literal["write", "read"]
    registers: tuple[str, ...]
    value: str | None = None
    begin: float = 0.0
    end: float = float("inf")
    outcome: Outcome = "unknown"
    version: int | None = None
    """Of a read, the version that it was told."""


@dataclass(slots=True)
class Log:
    """The operations of all clients."""

    operations: list[Operation] = field(default_factory=list)
    _adding: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def invoked(self, operation: Operation) -> Iterator[Operation]:
        """Log an operation; the block says what came of it, and if it does not, that is unknown."""
        operation.begin = time.monotonic()
        with self._adding:
            self.operations.append(operation)
        yield operation
        if operation.outcome != "unknown":
            operation.end = time.monotonic()

    def counts(self) -> dict[str, int]:
        """How many operations ended how: `write ok`, `read fail` …"""
        found: dict[str, int] = {}
        for each in self.operations:
            name = f"{each.kind} {each.outcome}"
            found[name] = found.get(name, 0) + 1
        return found
