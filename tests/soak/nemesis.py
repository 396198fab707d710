"""What befalls a server while clients work: its processes are killed, stopped for a while, or restarted."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


def family(pid: int) -> list[int]:
    """The processes below one, the nearest first. Needs Linux's /proc."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        each = waiting.pop(0)
        try:
            children = Path(f"/proc/{each}/task/{each}/children").read_text()
        except OSError:
            continue
        below = [int(child) for child in children.split()]
        found += below
        waiting += below
    return found


@dataclass(slots=True)
class Nemesis:
    """Does harm to the processes below `pid`, `often` seconds apart, until it is stopped."""

    pid: int
    often: float
    seed: int = 0
    done: list[str] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, args=(random.Random(self.seed),))
        self._thread.start()

    def stop(self) -> None:
        """End; nothing is left stopped."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self, chance: random.Random) -> None:
        while not self._ending.wait(self.often * chance.uniform(0.5, 1.5)):
            below = family(self.pid)
            if not below:
                continue
            harm = chance.choice(["kill a worker", "kill a worker", "kill the server", "pause a worker"])
            victim = below[0] if harm == "kill the server" else below[-1]
            self._harm(harm, victim, chance)

    def _harm(self, harm: str, victim: int, chance: random.Random) -> None:
        try:
            if harm == "pause a worker":
                os.kill(victim, signal.SIGSTOP)
                time.sleep(chance.uniform(0.1, 0.6))
                os.kill(victim, signal.SIGCONT)
            else:
                os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.done.append(harm)
