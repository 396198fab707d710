"""The server's workers under crashes: a real `crfhir serve`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.api.trial import STUDY
from tests.cli.test_serve import ROOT, environ, fails, free_port, start, stop
from tests.cli.test_supervisor import eventually
from tests.databases import Server


def pids(folder: Path) -> set[int]:
    """The processes below a `crfhir serve`, told by their environment's database."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(folder).encode() in (entry / "environ").read_bytes():
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def test_workers_that_die_again_and_again_are_replaced(tmp_path: Path) -> None:
    running = start(environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1"))
    for _ in range(3):
        workers = sorted(pids(tmp_path) - {running.command.pid})[1:]
        assert workers
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert answered(running.url) == 200
    assert stop(running)[0] in (0, 130)
    assert not pids(tmp_path)


def test_workers_end_with_a_server_that_is_killed_and_others_take_their_place(tmp_path: Path) -> None:
    running = start(environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1"))
    server, *workers = sorted(pids(tmp_path) - {running.command.pid})
    os.kill(server, signal.SIGKILL)
    eventually(lambda: not pids(tmp_path) & {server, *workers})
    assert answered(running.url) == 200
    assert stop(running)[0] in (0, 130)
    assert not pids(tmp_path)


def test_a_server_that_dies_while_its_database_is_away_comes_back_with_it(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.blank()
    running = start(environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1", CRFHIR_DATABASE=url, TMPDIR=str(tmp_path)))
    server, *workers = sorted(pids(tmp_path) - {running.command.pid})
    postgresql.control("-m", "immediate", "stop")
    try:
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert answered(running.url) == 503
        os.kill(server, signal.SIGKILL)
        time.sleep(3)
        assert running.command.poll() is None
    finally:
        postgresql.start()
    assert answered(running.url) == 200
    status, printed = stop(running)
    assert status in (0, 130)
    assert "Traceback" not in printed


def answered(url: str) -> int:
    """The status of /health/ready as soon as there is one."""
    for _ in range(300):
        try:
            return requests.get(f"{url}/health/ready", timeout=5).status_code
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError("no worker came back")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate, and is not here")
def test_tls_is_served_with_the_files_that_are_named(tmp_path: Path) -> None:
    key, certificate, port = tmp_path / "key.pem", tmp_path / "cert.pem", free_port()
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*words, *names], check=True, capture_output=True)
    served = ["serve", "--bind", f"127.0.0.1:{port}", "--tls-certificate", str(certificate), "--tls-key", str(key)]
    settings = environ(tmp_path, port, CRFHIR_OPEN_DEMO="1")
    with subprocess.Popen(
        [sys.executable, "-m", "adapter.cli", *served], env=settings, cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            told = answered_over_tls(port, certificate)
        finally:
            running.terminate()
            running.communicate(timeout=30)
    assert told["implementation"]["url"] == f"https://127.0.0.1:{port}/fhir"


def answered_over_tls(port: int, certificate: Path) -> Any:
    for _ in range(300):
        try:
            found = requests.get(f"https://127.0.0.1:{port}/fhir/metadata", verify=str(certificate), timeout=5)
            return found.json()
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError("nothing was answered over TLS")


@pytest.mark.parametrize("bind", ["", "x:y:z", "127.0.0.1:port", "[::1", "127.0.0.1:123456"])
def test_a_bind_that_is_none_is_told(tmp_path: Path, bind: str) -> None:
    status, said = fails(environ(tmp_path, 0), "serve", "--bind", bind)
    assert status == 2
    assert "--bind is HOST:PORT" in said


def test_sighup_brings_new_workers_and_no_request_is_lost(tmp_path: Path) -> None:
    running = start(environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1"))
    before = pids(tmp_path)
    running.command.send_signal(signal.SIGHUP)
    for _ in range(300):
        assert answered(running.url) == 200
        if len(pids(tmp_path) & before) == 2:  # the supervisor and the server
            break
        time.sleep(0.05)
    assert len(pids(tmp_path) & before) == 2
    assert answered(running.url) == 200
    assert stop(running)[0] in (0, 130)


def test_a_study_that_is_broken_meanwhile_is_not_read_anew(tmp_path: Path) -> None:
    study = shutil.copytree(STUDY, tmp_path / "study")
    running = start(environ(tmp_path, free_port(), CRFHIR_OPEN_DEMO="1", CRFHIR_STUDY=str(study)))
    (study / "study.yaml").write_text("id: [", encoding="utf-8")
    running.command.send_signal(signal.SIGHUP)
    time.sleep(2)
    assert answered(running.url) == 200
    assert "Not read anew" in stop(running)[1]


def test_another_key_than_the_databases_own_is_refused(tmp_path: Path) -> None:
    first = environ(tmp_path, free_port(), CRFHIR_KEY="the first key of this database")
    loaded = [sys.executable, "-m", "adapter.cli", "load", str(ROOT / "fhir_samples" / "crf" / "injection.csv")]
    subprocess.run(loaded, env=first, cwd=ROOT, check=True, capture_output=True)
    another = first | {"CRFHIR_KEY": "another key than the first one"}
    for words in (("serve",), loaded[3:], ("quarantine", "list")):
        status, said = fails(another, *words)
        assert (status, "signed with another key" in said) == (2, True)


def test_workers_and_log_are_what_the_file_says_and_what_is_amiss_is_told_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "crfhir.toml"
    file.write_text('workers = 1\nlog = "off"\nopen_demo = true\n')
    (tmp_path / "crfhir.db").touch()
    (tmp_path / "crfhir.db").chmod(0o644)
    running = start(environ(tmp_path, free_port()), "serve", "--config", str(file))
    eventually(lambda: len(pids(tmp_path) - {running.command.pid}) == 2)  # the server and its worker
    _, printed = stop(running)
    assert '"event"' not in printed
    assert "There is no key (CRFHIR_KEY_FILE)" in printed
    assert f"Every user of this machine may read {tmp_path / 'crfhir.db'}" in printed
    file.write_text('log = "loud"\n')
    status, said = fails(environ(tmp_path, 0), "serve", "--config", str(file))
    assert (status, "one of json, text, off, not 'loud'" in said) == (2, True)
