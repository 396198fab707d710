"""One run: a server, its clients and their nemesis for some seconds; then what the checker found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.cli.test_serve import Running, environ, free_port, start, stop
from tests.soak.checker import faults
from tests.soak.clients import Clients, histories
from tests.soak.log import Log
from tests.soak.nemesis import Nemesis


@dataclass(frozen=True, slots=True)
class Result:
    """What is wrong, what befell the server, how many operations ended how."""

    faults: list[str]
    harms: list[str]
    counts: dict[str, int]


def soak(folder: Path, seconds: float, often: float, seed: int, **more: str) -> Result:
    """Let clients write and read for some seconds while harm is done `often`; judge what they were told."""
    running = start(environ(folder, free_port(), CRFHIR_OPEN_DEMO="1", CRFHIR_LOG="off", **more))
    log = Log()
    clients, nemesis = Clients(running.url, log, seed=seed), Nemesis(running.command.pid, often, seed)
    clients.start()
    nemesis.start()
    time.sleep(seconds)
    nemesis.stop()
    back(running)
    clients.stop()
    found = faults(log.operations, histories(running.url))
    stop(running)
    return Result(found, nemesis.done, log.counts())


def back(running: Running) -> None:
    """Wait until the server is ready again after the last harm."""
    for _ in range(300):
        try:
            if requests.get(f"{running.url}/health/ready", timeout=10).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not come back")
