"""Clients of a running service, each with one thing to do at a time, on a few registers: concomitant medications."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.soak.checker import Histories
from tests.soak.log import Log, Operation

FORM = "medication"
SUBJECT = "01-001"
REGISTERS = 4


def record(register: str, value: str) -> dict[str, Any]:
    """The record that holds a value: the name of the drug."""
    return {"subject": SUBJECT, "sequence": int(register.rpartition("-")[2]), "drug": value, "atc": "N02BE01"}


def registers() -> list[str]:
    """The keys of the records."""
    return [f"{SUBJECT}-{number}" for number in range(1, REGISTERS + 1)]


@dataclass(slots=True)
class Clients:
    """`count` clients of the service at `url`, until they are stopped."""

    url: str
    log: Log
    count: int = 6
    seed: int = 0
    _ending: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)

    def start(self) -> None:
        """Begin."""
        for place in range(self.count):
            chance = random.Random(self.seed * 1000 + place)
            thread = threading.Thread(target=self._work, args=(chance,))
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End when each has heard, or will not hear, what came of its last request."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _work(self, chance: random.Random) -> None:
        with requests.Session() as line:
            while not self._ending.is_set():
                act: Callable[[requests.Session, random.Random], None] = chance.choice([self._read, self._write])
                try:
                    act(line, chance)
                except requests.RequestException:
                    time.sleep(0.05)  # the server is gone: what came of the request stays unknown

    def _read(self, line: requests.Session, chance: random.Random) -> None:
        register = chance.choice(registers())
        with self.log.invoked(Operation("read", (register,))) as asked:
            answer = line.get(f"{self.url}/crf/{FORM}/{register}", timeout=30)
            if answer.status_code == 200:
                asked.value, asked.version = answer.json()["drug"], int(answer.headers["ETag"].strip('W/"'))
            if answer.status_code in (200, 404):
                asked.version = asked.version or 0
                asked.outcome = "ok"
            elif answer.status_code == 503:
                asked.outcome = "fail"

    def _write(self, line: requests.Session, chance: random.Random) -> None:
        several = tuple(chance.sample(registers(), chance.choice([1, 1, 2, 3])))
        value = f"v{next(self._numbers)}"
        with self.log.invoked(Operation("write", several, value)) as asked:
            body = [record(register, value) for register in several]
            answer = line.post(f"{self.url}/crf/{FORM}", json=body, timeout=30)
            if answer.status_code in (200, 201):
                asked.outcome = "ok"
            elif answer.status_code < 500 or answer.status_code == 503:
                asked.outcome = "fail"


def histories(url: str) -> Histories:
    """What each register held, version by version, as the service tells it."""
    return {register: _history(url, register) for register in registers()}


def _history(url: str, register: str) -> list[str]:
    found: list[tuple[int, str]] = []
    page: str | None = f"{url}/crf/{FORM}/{register}/_history?_count=200"
    while page is not None:
        answer = requests.get(page, timeout=30)
        if answer.status_code == 404:
            return []
        told = answer.json()
        found += [(version["version"], version["record"]["drug"]) for version in told["versions"]]
        page = told.get("next")
    return [value for _, value in sorted(found)]
