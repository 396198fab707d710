"""The service over HTTP, on this machine: pushes of 50, reads, searches, with everything on; beside each, the same work
done bare in the same run. `python -m benchmarks --only service [--stored N] [--database URL]`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapter.api.config import Config
from adapter.crf.record import parser as record_parser
from adapter.fhir import json as fhir_json
from adapter.mapping.study import MappedStudy
from benchmarks import limit
from benchmarks.again import last, stored_again
from benchmarks.command import CRFHIR, injections
from benchmarks.fill import fill, size, subject
from benchmarks.load import cycled, get, post, run

SECONDS = 8.0
EACH = 50
WORKERS = 2
PATIENCE = 60.0

PUSHED = 90_000
"""The first subject that is pushed: those that are stored stand before it."""

ASKED = 500
"""Subjects that are asked for, spread over all that are stored."""

SEARCHES = {
    "MedicationAdministration, subject": "/fhir/MedicationAdministration?subject={0}&_count=50",
    "QuestionnaireResponse, subject": "/fhir/QuestionnaireResponse?subject={0}&_count=50",
    "QuestionnaireResponse, authored": "/fhir/QuestionnaireResponse?subject={0}&authored=ge2025-06-01&_count=50",
    "Observation, subject and date": "/fhir/Observation?subject={0}&date=ge2025-06-01&_count=50",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server on a port of this machine."""

    port: int
    process: subprocess.Popen[bytes]
    ready: float
    """Seconds from its start to its first answer."""

    def resident(self) -> str:
        """Return the proportional set size of the server and all processes below it, without and of SQLite's file."""
        found = [_pss(pid) for pid in _family(self.process.pid)]
        own, mapped = (sum(sizes) / 1e6 for sizes in zip(*found, strict=True))
        return f"{own:.0f} MB" + (f", {mapped:.0f} MB of the database's file mapped" if mapped >= 1 else "")


def report(study: MappedStudy, folder: str, stored: int, database: str | None) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="crfhir-bench-") as name:
        home = Path(name)
        url = database or f"sqlite:///{home / 'crfhir.db'}"
        environ = os.environ | {"CRFHIR_STUDY": folder, "CRFHIR_DATABASE": url, "CRFHIR_OPEN_DEMO": "1"}
        environ |= {"CRFHIR_LOG": "off", "CRFHIR_KEY": "benchmark-key-of-32-characters-00"}
        subjects = fill(home, Config.from_environ(environ), stored)
        print(f"{size(url) / 1e6:,.0f} MB on disk\n")
        step = max(subjects // ASKED, 1)
        with serving(environ) as server:
            _measure(home, server, [subject(number) for number in range(0, subjects, step)])
            _push(study, home, server, url)
            print(f"\nresident at the end: {server.resident()}\n")


def _measure(home: Path, server: Server, subjects: list[str]) -> None:
    asked = {title: [path.format(each) for each in subjects] for title, path in SEARCHES.items()}
    reads = [f"/fhir/MedicationAdministration/{each}-c1d{day}" for each in subjects for day in (1, 2, 3)]
    print(f"ready in {server.ready:.2f} s, {server.resident()}\n")
    print(f"{'':34}{'crfhir':>12}{'bare':>12}{'share':>8}{'p99':>10}")
    for title, paths in {"read by id": reads, **asked}.items():
        sample = fetched(server.port, paths[0])
        ours = run(server.port, cycled([get(server.port, path) for path in paths]), SECONDS)
        _refuse_failures(title, ours.others)
        with bare(home, sample) as peer:
            most = run(peer.port, cycled([get(peer.port, paths[0])]), SECONDS)
        _row(title, ours.rate, most.rate, ours.percentile(0.99))


def _push(study: MappedStudy, home: Path, server: Server, url: str) -> None:
    bundles = list(_bundles(study, int(SECONDS * 120)))
    before = last(url)
    ours = run(server.port, (post(server.port, "/fhir", bundle) for bundle in bundles), SECONDS)
    _refuse_failures("push", ours.others)
    with bare(home, b'{"resourceType":"Bundle"}') as peer:
        most = run(peer.port, (post(peer.port, "/fhir", bundle) for bundle in bundles), SECONDS)
    kept = stored_again(url, home, before, EACH, SECONDS)
    together = 1 / (1 / (most.rate * EACH) + 1 / kept)
    _row(f"push of {EACH}, resources", ours.rate * EACH, together, ours.percentile(0.99))


def _row(title: str, ours: float, most: float, slowest: float) -> None:
    print(f"{title:34}{ours:10,.0f}/s{most:10,.0f}/s{ours / most:8.0%}{slowest:7.0f} ms")


def _refuse_failures(title: str, others: list[int]) -> None:
    if others:
        raise SystemExit(f"{title}: {len(others)} requests were answered {sorted(set(others))}")


def _bundles(study: MappedStudy, count: int) -> Iterator[bytes]:
    """Yield transactions of EACH new injections, of subjects beyond those that are stored."""
    parse = record_parser(study.definition, "injection").parse_cells
    lines = injections((count + 1) * EACH, PUSHED)
    header = next(lines).split(",")
    for _ in range(count):
        entries = []
        for line, _place in zip(lines, range(EACH), strict=False):
            record, _ = parse(dict(zip(header, line.split(","), strict=True)) | {"volume": "1.0"})
            body = next(each for each in study.emit("injection", record) if each.type == "MedicationAdministration")
            request = {"method": "PUT", "url": f"{body.type}/{body.id}"}
            entries.append({"resource": fhir_json.parse(body.body), "request": request})
        yield fhir_json.encode({"resourceType": "Bundle", "type": "transaction", "entry": entries})


@contextmanager
def serving(environ: dict[str, str]) -> Iterator[Server]:
    """Serve with the command, on a free port; end it afterwards."""
    port = free_port()
    words = [str(CRFHIR), "serve", "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}"]
    with _running(words, environ, port, "/health/ready") as server:
        yield server


@contextmanager
def bare(home: Path, content: bytes) -> Iterator[Server]:
    """Serve constant bytes with the same server and the same settings."""
    body = home / "bare.json"
    body.write_bytes(content)
    port = free_port()
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", str(WORKERS)]
    words += ["--blocking-threads", "64", "--log-level", "error", "--port", str(port), "benchmarks.limit:application"]
    with _running(words, os.environ | {limit.BODY: str(body)}, port, "/x") as server:
        yield server


@contextmanager
def _running(words: list[str], environ: dict[str, str], port: int, path: str) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield Server(port, process, _answered(process, port, path) - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answered(process: subprocess.Popen[bytes], port: int, path: str) -> float:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.01)
            continue
        if run(port, [get(port, path)], 5.0, 1).took:
            return time.perf_counter()
    raise SystemExit("the server did not start")


def fetched(port: int, path: str) -> bytes:
    """Return the body of an answer."""
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answered:
        return bytes(answered.read())


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(each) for each in children.read_text().split()] if children.exists() else []
    return [pid, *(one for child in below for one in _family(child))]


def _pss(pid: int) -> tuple[float, float]:
    """Octets of a process, those that it shares counted by their part: its own, and those of SQLite's file."""
    try:
        lines = Path(f"/proc/{pid}/smaps").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes, is_database = [0.0, 0.0], False
    for line in lines:
        if "-" in line.split(" ", 1)[0]:
            is_database = line.endswith(".db")
        elif line.startswith("Pss:"):
            sizes[is_database] += float(line.split()[1]) * 1024
    return sizes[0], sizes[1]
