"""Attacks at the socket of a real `crfhir serve`: each is refused or cut off, nothing of it is stored, and honest
senders are served meanwhile."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from tests.cli.socket_attacks import ATTACKS, FORGED, GET, HOST, LENGTH, POST, RECORD, SLOW, SMUGGLED, SocketAttack
from tests.cli.test_serve import Running, environ, free_port, start, stop

ARRIVAL_SECONDS = 2
PATIENCE = 30
"""Seconds after which a test gives up: what is bounded by ARRIVAL_SECONDS takes a few."""


class Attacked(NamedTuple):
    running: Running
    database: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", int(self.running.environ["PORT"])), timeout=PATIENCE)

    def stored(self) -> list[int]:
        """How much is stored: pushes, versions of records and of resources."""
        with closing(sqlite3.connect(self.database)) as connection:
            tables = ("submission", "record_version", "resource_version", "quarantine")
            return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]

    def sends(self, sent: bytes) -> bytes:
        """Send octets and return all that is answered until the connection ends."""
        with self.connect() as connection:
            with suppress(OSError):  # refused before all was sent
                connection.sendall(sent)
            return answered(connection)


def answered(connection: socket.socket) -> bytes:
    found = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            found += piece
    return found


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("attacked")
    # Nobody reads what it writes: a log would fill the pipe.
    settings = {"CRFHIR_OPEN_DEMO": "1", "CRFHIR_ARRIVAL_SECONDS": str(ARRIVAL_SECONDS), "CRFHIR_LOG": "off"}
    running = start(environ(folder, free_port(), **settings))
    yield Attacked(running, folder / "crfhir.db")
    stop(running)


@pytest.fixture(autouse=True)
def honest(attacked: Attacked) -> Iterator[None]:
    """After each test nothing is stored; but what the attacks would have stored is, honestly, for another subject."""
    before = attacked.stored()
    yield
    assert attacked.stored() == before
    with attacked.connect() as connection:
        connection.sendall(SMUGGLED.replace(b"09-009", b"08-%03d" % before[0]))
        assert statuses(connection.recv(65536)) == [201]


@pytest.fixture(scope="module")
def answers(attacked: Attacked) -> dict[str, bytes]:
    with ThreadPoolExecutor(16) as pool:
        found = pool.map(lambda attack: attacked.sends(attack.sent), ATTACKS)
        return dict(zip([attack.name for attack in ATTACKS], found, strict=True))


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_is_answered_once_and_its_connection_ends(attack: SocketAttack, answers: dict[str, bytes]) -> None:
    answer = answers[attack.name]
    assert statuses(answer)[:1] == ([attack.status] if attack.status else []), answer[:500]
    assert b"100 Continue" not in answer
    assert all(status < 500 for status in statuses(answer))
    body = answer.partition(b"\r\n\r\n")[2]
    if body.startswith(b"{"):
        assert json.JSONDecoder().raw_decode(body.decode())[0]["resourceType"] == "OperationOutcome"


def test_what_is_slow_is_cut_off_or_told_that_it_is(attacked: Attacked) -> None:
    found: dict[str, bytes] = {}
    with ExitStack() as stack:
        opened = {name: stack.enter_context(attacked.connect()) for name in SLOW}
        for name, connection in opened.items():
            connection.sendall(SLOW[name][0])
            connection.settimeout(0.1)
        end = time.monotonic() + PATIENCE
        while len(found) < len(SLOW) and time.monotonic() < end:
            for name in SLOW.keys() - found.keys():
                trickle(opened[name], SLOW[name][1], name, found)
    assert found.keys() == SLOW.keys()
    bodies = [name for name in SLOW if "body that" in name or "chunk that stops" in name]
    assert {name: statuses(found[name])[-1:] for name in bodies} == {name: [408] for name in bodies}
    assert all(status in (100, 408) for answer in found.values() for status in statuses(answer))


def trickle(connection: socket.socket, more: bytes, name: str, found: dict[str, bytes]) -> None:
    """Send a little more; note what was answered once the connection has ended or answered to the end."""
    try:
        connection.sendall(more)
        answer = connection.recv(65536)
        while b"408" in answer and (piece := connection.recv(65536)):
            answer += piece
    except TimeoutError:
        return
    except ConnectionError:
        answer = b""
    if b"100 Continue" not in answer or b"408" in answer:
        found[name] = answer


def test_a_body_that_ends_before_its_length_is_not_believed(attacked: Attacked) -> None:
    with attacked.connect() as connection:
        connection.sendall(POST + b"Content-Length: 41\r\n\r\n" + RECORD)
        connection.shutdown(socket.SHUT_WR)
        assert statuses(answered(connection)) in ([], [400])


def test_pipelined_requests_are_answered_in_turn(attacked: Attacked) -> None:
    missing = GET.replace(b"metadata", b"Patient/none", 1)
    unread = POST.replace(b"diary", b"nothing", 1) + LENGTH + b"\r\n" + RECORD
    last = GET + b"Connection: close\r\n\r\n"
    answer = attacked.sends(GET + b"\r\n" + missing + b"\r\n" + unread + last)
    assert statuses(answer) == [200, 404, 404, 200]


def test_who_asks_before_sending_is_told_to_go_on(attacked: Attacked) -> None:
    with attacked.connect() as connection:
        connection.sendall(POST + b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert statuses(connection.recv(65536)) == [100]
        connection.sendall(b"[]")
        assert statuses(answered(connection)) == [400]


@pytest.mark.parametrize("forged", FORGED)
def test_no_header_and_no_address_changes_what_the_server_calls_itself(attacked: Attacked, forged: bytes) -> None:
    own = attacked.running.url.encode()
    for address in (b"/fhir/metadata", b"http://evil.example/fhir/metadata", b"/fhir/ValueSet?_count=1"):
        answer = attacked.sends(b"GET " + address + b" HTTP/1.1\r\n" + HOST + forged + b"Connection: close\r\n\r\n")
        assert statuses(answer) == [200]
        assert b"evil" not in answer
        assert own in answer


def test_who_leaves_in_the_middle_of_an_answer_leaves_nothing_behind(attacked: Attacked) -> None:
    for _ in range(30):
        with attacked.connect() as connection:
            connection.sendall(GET + b"\r\n")
            connection.recv(10)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert attacked.running.get("/fhir/metadata").status_code == 200


def test_silence_bodies_that_stop_and_answers_that_nobody_reads_keep_nobody_out(attacked: Attacked) -> None:
    sent = [b"", POST + LENGTH + b"\r\n" + RECORD[:-1], GET + b"\r\n"]
    with ExitStack() as stack:
        for number in range(450):
            stack.enter_context(attacked.connect()).sendall(sent[number % len(sent)])
        assert attacked.running.get("/fhir/metadata").status_code == 200
        ours = requests.post(f"{attacked.running.url}/fhir/Patient/_search", auth=("03/epic", ""), timeout=PATIENCE)
        assert ours.status_code == 200
