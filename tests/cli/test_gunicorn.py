"""`gunicorn wsgi:app`, the other server that documents name: it answers, and two workers store a push once."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.api.trial import INJECTION, INJECTION_PATH
from tests.cli.test_serve import ROOT, environ, free_port

pytest.importorskip("gunicorn", reason="gunicorn is not installed")


def test_gunicorn_serves_the_same_application(tmp_path: Path) -> None:
    port = free_port()
    settings = environ(tmp_path, port, CRFHIR_OPEN_DEMO="1")
    words = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    words += ["--threads", "4"]
    with subprocess.Popen(words, env=settings, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        try:
            url = f"http://127.0.0.1:{port}"
            ready(f"{url}/health/ready")
            with ThreadPoolExecutor(8) as pool:
                pushes = pool.map(lambda _: requests.post(f"{url}/crf/injection", json=INJECTION, timeout=20), range(8))
                assert {answer.status_code for answer in pushes} <= {200, 201}
            found = requests.get(f"{url}/fhir/{INJECTION_PATH}", timeout=20)
            assert (found.status_code, found.headers["ETag"]) == (200, 'W/"1"')
        finally:
            running.terminate()
            told = running.communicate(timeout=30)[1]
    assert "Traceback" not in told


def ready(url: str) -> None:
    for _ in range(300):
        try:
            if requests.get(url, timeout=20).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("gunicorn did not start")
