from __future__ import annotations

import io
import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from adapter.api.failure import FailureError
from adapter.api.patience import STEP, TimedBody, Watch, cut_off
from tests.api.trial import diary


class Silent(io.BytesIO):
    """A body of which nothing comes until it is cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.cut = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        assert self.cut.wait(20)
        return b""


def never(_port: int, _seconds: float) -> None:
    raise AssertionError("nothing was late")


def test_a_body_that_comes_in_time_is_read_whole() -> None:
    content = b"x" * (3 * STEP + 1)
    body = TimedBody(io.BytesIO(content), 60, Watch(8000, 60, never))
    assert body.read(5) + body.read() + body.read() == content


def test_a_body_that_comes_too_slowly_is_refused_between_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    body = TimedBody(io.BytesIO(b"x" * 3 * STEP), 60, Watch(8000, 60, never))
    now = time.monotonic()
    monkeypatch.setattr("adapter.api.patience.time.monotonic", lambda: now + 61)
    with pytest.raises(FailureError) as refused:
        body.read()
    assert refused.value.status == 408


def test_a_body_that_stops_is_cut_off_and_refused() -> None:
    silent = Silent()
    asked: list[tuple[int, float]] = []

    def cut(port: int, seconds: float) -> None:
        asked.append((port, seconds))
        silent.cut.set()

    with pytest.raises(FailureError) as refused:
        TimedBody(silent, 0.01, Watch(8000, 0.01, cut)).read()
    assert refused.value.status == 408
    assert asked[0] == (8000, 0.01)


def test_what_is_waited_for_no_longer_cuts_nothing_off() -> None:
    watch = Watch(8000, 60, never)
    with watch.waiting(time.monotonic() + 60):
        watch.look()
    watch.look()


@pytest.fixture
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname(), timeout=20)
        accepted, _ = server.accept()
        accepted.settimeout(20)
        with client, accepted:
            yield client, accepted


@pytest.mark.skipif(sys.platform != "linux", reason="connections are asked for their age on Linux only")
def test_a_connection_that_is_answered_nothing_is_received_from_no_longer(
    connected: tuple[socket.socket, socket.socket],
) -> None:
    client, accepted = connected
    port = accepted.getsockname()[1]
    cut_off(port, 3600)
    cut_off(client.getsockname()[1], 3600)
    client.sendall(b"x")
    assert accepted.recv(1) == b"x"
    cut_off(port, 0)
    assert accepted.recv(1) == b""
    accepted.sendall(b"408")  # it may still be told why
    assert client.recv(3) == b"408"


def test_a_push_is_read_as_ever(client: FlaskClient) -> None:
    assert client.post("/crf/diary", json=diary("2025-04-01")).status_code == 201
