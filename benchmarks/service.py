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
from datetime import date, timedelta
from pathlib import Path

from adapter.crf.record import parser as record_parser
from adapter.fhir import json as fhir_json
from adapter.mapping.study import MappedStudy
from benchmarks import limit
from benchmarks.command import CRFHIR, injections
from benchmarks.load import cycled, get, post, run

SECONDS = 8.0
EACH = 50
WORKERS = 2
PATIENCE = 60.0

FIRST = 1000
"""The first subject, 01-000; those that are pushed are of the last sites."""

PUSHED = 9000
DAYS = 60
OF_A_SUBJECT = 2 * 21 + 2 * DAYS
"""Resources of a subject with all its injections and this many days of diary."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server on a port of this machine."""

    port: int
    process: subprocess.Popen[bytes]
    ready: float
    """Seconds from its start to its first answer."""

    def resident(self) -> float:
        """Return the proportional set size in MB of the server and all processes below it."""
        return sum(_pss(pid) for pid in _family(self.process.pid)) / 1e6


def report(study: MappedStudy, folder: str, stored: int, database: str | None) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="crfhir-bench-") as name:
        home = Path(name)
        url = database or f"sqlite:///{home / 'crfhir.db'}"
        environ = os.environ | {"CRFHIR_STUDY": folder, "CRFHIR_DATABASE": url, "CRFHIR_OPEN_DEMO": "1"}
        environ |= {"CRFHIR_LOG": "off", "CRFHIR_KEY": "benchmark-key-of-32-characters-00"}
        subjects = _fill(home, environ, stored)
        with serving(environ) as server:
            _measure(home, server, [_subject(number) for number in range(min(subjects, 500))])
            _push(study, home, server)
            print(f"\nresident at the end: {server.resident():.0f} MB\n")


def _measure(home: Path, server: Server, subjects: list[str]) -> None:
    by_subject = [f"/fhir/MedicationAdministration?subject={each}&_count=50" for each in subjects]
    since = [f"/fhir/QuestionnaireResponse?subject={each}&authored=ge2025-06-01&_count=50" for each in subjects]
    reads = [f"/fhir/MedicationAdministration/{each}-c1d{day}" for each in subjects for day in (1, 2, 3)]
    print(f"ready in {server.ready:.2f} s, {server.resident():.0f} MB\n")
    print(f"{'':34}{'crfhir':>12}{'bare':>12}{'share':>8}{'p99':>10}")
    for title, paths in (("read by id", reads), ("search by subject", by_subject), ("search by subject, date", since)):
        sample = fetched(server.port, paths[0])
        ours = run(server.port, cycled([get(server.port, path) for path in paths]), SECONDS)
        _refuse_failures(title, ours.others)
        with bare(home, sample) as peer:
            most = run(peer.port, cycled([get(peer.port, paths[0])]), SECONDS)
        _row(title, ours.rate, most.rate, ours.percentile(0.99))


def _push(study: MappedStudy, home: Path, server: Server) -> None:
    bundles = list(_bundles(study, int(SECONDS * 120)))
    ours = run(server.port, (post(server.port, "/fhir", bundle) for bundle in bundles), SECONDS)
    _refuse_failures("push", ours.others)
    with bare(home, b'{"resourceType":"Bundle"}') as peer:
        most = run(peer.port, (post(peer.port, "/fhir", bundle) for bundle in bundles), SECONDS)
    kept = limit.inserted(home, [bundles[0][:1200]], EACH, 3.0)
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


def _fill(home: Path, environ: dict[str, str], stored: int) -> int:
    """Store about that many resources, as a trial has them; return how many subjects they are of."""
    subjects = max(stored // OF_A_SUBJECT, 1)
    with (home / "injection.csv").open("w", encoding="utf-8", newline="") as lines:
        lines.writelines(f"{line}\n" for line in injections(subjects * 21, FIRST))
    with (home / "diary.csv").open("w", encoding="utf-8", newline="") as lines:
        lines.writelines(f"{line}\n" for line in _diaries(subjects))
    sources = [str(home / "injection.csv"), str(home / "diary.csv")]
    subprocess.run([str(CRFHIR), "load", *sources], env=environ, check=True, stdout=subprocess.DEVNULL)
    return subjects


def _diaries(subjects: int) -> Iterator[str]:
    yield "subject,date,wheals,itch,tablets,entered"
    days = [date(2025, 5, 1) + timedelta(day) for day in range(DAYS)]
    for number in range(subjects):
        for place, day in enumerate(days):
            yield f"{_subject(number)},{day},{place % 4},{(place + number) % 4},{place % 3},{day}T22:05:00+08:00"


def _subject(number: int) -> str:
    site, rest = divmod(FIRST + number, 1000)
    return f"{site:02d}-{rest:03d}"


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


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0.0)
