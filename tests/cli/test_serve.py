"""The running service: a real server in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.api.trial import INJECTION, INJECTION_PATH, KIT_PATH, STUDY, diary

ROOT = STUDY.parents[1]


@dataclass
class Running:
    command: subprocess.Popen[str]
    url: str
    environ: dict[str, str]

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, timeout=20)

    def post(self, path: str, value: Any) -> requests.Response:
        return requests.post(self.url + path, json=value, timeout=20)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environ(folder: Path, port: int, **more: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CRFHIR_")}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "CRFHIR_STUDY": str(STUDY),
        "CRFHIR_DATABASE": f"sqlite:///{folder / 'crfhir.db'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **more,
    }


def start(settings: dict[str, str], *words: str) -> Running:
    command = subprocess.Popen(
        [sys.executable, "-m", "adapter.cli", *(words or ("serve",))],
        env=settings,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running = Running(command, f"http://127.0.0.1:{settings['PORT']}", settings)
    for _ in range(300):
        assert command.poll() is None, command.stdout.read() if command.stdout is not None else ""
        try:
            if running.get("/fhir/metadata").status_code == 200:
                return running
        except requests.ConnectionError:
            time.sleep(0.1)
    stop(running)
    raise AssertionError("the server did not start")


def stop(running: Running) -> tuple[int, str]:
    """End a server as Ctrl-C does, for all of its processes; return its status and what it printed."""
    if running.command.poll() is None:
        os.killpg(running.command.pid, signal.SIGINT)
    try:
        printed, _ = running.command.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(running.command.pid, signal.SIGKILL)
        raise
    return running.command.returncode, printed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(environ(tmp_path_factory.mktemp("server"), free_port(), CRFHIR_OPEN_DEMO="1"))
    yield running
    stop(running)


def test_a_record_that_is_pushed_is_read_as_fhir_and_as_crf(server: Running) -> None:
    assert server.post("/crf/injection", INJECTION | {"kit": "K-1"}).status_code == 201
    found = server.get(f"/fhir/{INJECTION_PATH}")
    assert found.headers["ETag"] == 'W/"1"'
    headers = {"Content-Type": "application/fhir+json"}
    put = requests.put(f"{server.url}/fhir/{INJECTION_PATH}", data=found.content, headers=headers, timeout=20)
    assert put.status_code == 200
    assert server.get("/crf/injection/01-001-c1d1").json() == INJECTION
    assert server.get(f"/fhir/{KIT_PATH}").status_code == 404
    head = requests.head(f"{server.url}/fhir/{INJECTION_PATH}", timeout=20)
    assert (head.status_code, head.content) == (200, b"")


def test_twenty_pushes_of_one_record_at_once_over_two_processes_make_one(server: Running) -> None:
    record = diary("2025-05-01", subject="02-001")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: server.post("/crf/diary", record), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    found = server.get("/crf/diary/02-001-2025-05-01")
    assert found.headers["ETag"] == 'W/"1"'
    assert server.get("/crf/diary?subject=02-001").json()["total"] == 1


def test_twenty_different_writers_lose_nothing(server: Running) -> None:
    with ThreadPoolExecutor(20) as pool:
        days = [f"2025-05-{day:02}" for day in range(1, 21)]
        answers = list(pool.map(lambda day: server.post("/crf/diary", diary(day, subject="02-002")), days))
    assert {answer.status_code for answer in answers} == {201}
    assert server.get("/crf/diary?subject=02-002").json()["total"] == 20


@pytest.mark.parametrize("declared", [20, 4000])
def test_a_body_of_another_length_than_declared_is_not_stored(server: Running, declared: int) -> None:
    body = json.dumps(diary("2025-06-01", subject="02-003")).encode()
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as raw:
        raw.sendall(
            b"POST /crf/diary HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n" % declared
        )
        raw.sendall(body)
        raw.shutdown(socket.SHUT_WR)
        answered = b"".join(iter(lambda: raw.recv(65536), b""))
    assert b" 201 " not in answered[:20]
    assert server.get("/crf/diary?subject=02-003").json()["total"] == 0


def test_a_stalled_client_does_not_hold_up_others(server: Running) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    stalled = [socket.create_connection((host, int(port)), timeout=20) for _ in range(20)]
    for one in stalled:
        one.sendall(b"POST /crf/diary HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    begin = time.monotonic()
    assert server.get("/fhir/metadata").status_code == 200
    assert time.monotonic() - begin < 5
    for one in stalled:
        one.close()


def test_ctrl_c_ends_it_cleanly_and_a_second_start_finds_the_data(tmp_path: Path) -> None:
    settings = environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1")
    running = start(settings)
    running.post("/crf/injection", INJECTION)
    status, printed = stop(running)  # which fails when it takes half a minute
    assert status in (0, 130)
    assert "Traceback" not in printed
    running = start(settings)
    assert running.get("/crf/injection/01-001-c1d1").json() == INJECTION
    running.command.send_signal(signal.SIGTERM)
    printed, _ = running.command.communicate(timeout=30)
    assert running.command.returncode in (0, 143)
    assert "Traceback" not in printed


def test_kill_9_in_the_middle_of_pushes_leaves_each_whole_or_not_at_all(tmp_path: Path) -> None:
    settings = environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1")
    running = start(settings)
    acknowledged: list[int] = []

    def send() -> None:
        for week in range(200):
            days = [diary(f"{2000 + week // 12:04}-{week % 12 + 1:02}-{day:02}") for day in range(1, 9)]
            try:
                if running.post("/crf/diary", days).status_code == 201:
                    acknowledged.append(week)
            except requests.RequestException:
                return

    sender = threading.Thread(target=send)
    sender.start()
    while len(acknowledged) < 3:
        time.sleep(0.01)
    os.killpg(running.command.pid, signal.SIGKILL)
    sender.join()
    running.command.communicate(timeout=30)
    running = start(settings)
    page = running.get("/crf/diary?_count=200")
    records = page.json()["total"]
    resources = running.get("/fhir/QuestionnaireResponse?subject=01-001&identifier=https://il2-csu.example/id/diary|")
    assert stop(running)[0] in (0, 130)
    assert records % 8 == 0
    assert len(acknowledged) * 8 <= records <= (len(acknowledged) + 1) * 8
    assert resources.json()["total"] == records


def fails(settings: dict[str, str], *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "adapter.cli", *words],
        env=settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_taken_port_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, told = fails(environ(tmp_path, taken.getsockname()[1], CRFHIR_OPEN_DEMO="1"), "serve")
    assert status == 2
    assert "taken" in told
    assert "--bind" in told


def test_the_open_demo_does_not_start_beyond_loopback(tmp_path: Path) -> None:
    status, told = fails(environ(tmp_path, 0, CRFHIR_OPEN_DEMO="1", HOST="0.0.0.0"), "serve")
    assert status == 2
    assert "loopback" in told


def test_without_the_demo_a_started_server_is_closed(tmp_path: Path) -> None:
    running = start(environ(tmp_path, free_port()))
    assert running.get("/fhir/Patient").status_code == 401
    assert running.get("/").status_code == 200
    stop(running)
