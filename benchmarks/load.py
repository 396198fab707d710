"""A client that costs little: prepared requests over a few kept connections, on this machine alone, for a set time."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

CONNECTIONS = 8


@dataclass(slots=True)
class Load:
    """What came of the requests: how many were answered 2xx, how long each took (seconds), what else was answered."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    others: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the requests stayed below."""
        ordered = sorted(self.took)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0


def get(port: int, path: str) -> bytes:
    """Return a GET request as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/fhir+json\r\n\r\n".encode()


def post(port: int, path: str, body: bytes) -> bytes:
    """Return a POST request as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/fhir+json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run(port: int, requests: Iterable[bytes], seconds: float, connections: int = CONNECTIONS) -> Load:
    """Send requests over as many connections until the time or the requests are up; each is sent once."""
    waiting = iter(requests)
    taking = threading.Lock()
    found = Load()
    began = time.perf_counter()
    until = began + seconds

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                with taking:
                    request = next(waiting, None)
                if request is None:
                    return
                start = time.perf_counter()
                status = _asked(line, request)
                if 200 <= status < 300:
                    found.took.append(time.perf_counter() - start)
                else:
                    found.others.append(status)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    return found


def cycled(requests: list[bytes]) -> Iterator[bytes]:
    """Yield the requests again and again."""
    return itertools.cycle(requests)


def _asked(line: socket.socket, request: bytes) -> int:
    line.sendall(request)
    told = b""
    while (end := told.find(b"\r\n\r\n")) < 0:
        more = line.recv(262_144)
        if not more:
            raise ConnectionError("the server closed the connection")
        told += more
    head = told[:end].lower()
    at = head.index(b"content-length:") + 15
    left = int(head[at:].split(b"\r\n", 1)[0]) - (len(told) - end - 4)
    while left > 0:
        left -= len(line.recv(262_144))
    return int(told[9:12])
