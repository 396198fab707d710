"""`crfhir validate` as a process: Ctrl-C, a pipe that closes, memory, what it loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import STUDY

SAMPLES = STUDY.parents[1] / "fhir_samples"
BROKEN = {"resourceType": "Patient", "gender": "banana"}


def command(*words: str, **how: Any) -> subprocess.Popen[bytes]:
    environ = os.environ | {"CRFHIR_STUDY": str(STUDY)}
    return subprocess.Popen([sys.executable, "-m", "adapter.cli", "validate", *words], env=environ, **how)


@pytest.fixture
def stream(tmp_path: Path) -> str:
    """More than a pipe holds, and than is judged in a moment."""
    path = tmp_path / "many.ndjson"
    path.write_text((json.dumps(BROKEN) + "\n") * 50_000)
    return str(path)


@pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_it_without_a_traceback(stream: str, jobs: str) -> None:
    running = command(stream, "--jobs", jobs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.read(1)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in told
    assert told.startswith(b"Interrupted: not all was validated. ")
    assert b"refused" in told


@pytest.mark.skipif(os.name == "nt", reason="pipes are another matter there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_that_goes_away_ends_it_quietly(stream: str, jobs: str) -> None:
    with command(stream, "--jobs", jobs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 1


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="memory is asked of /proc")
def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    fifo = tmp_path / "endless"
    os.mkfifo(fifo)
    lines = (json.dumps(BROKEN) + "\n").encode() * 2_000
    running = command(str(fifo), "--format", "junit", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sizes = []
    with fifo.open("wb") as pipe:
        for _ in range(15):
            pipe.write(lines)
            pipe.flush()
            sizes.append(resident(running.pid))
    assert running.wait(60) == 1
    assert sizes[-1] - sizes[4] < 6 << 20, sizes


def resident(pid: int) -> int:
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("module", ["lxml", "yaml", "sqlalchemy", "flask", "openpyxl", "multiprocessing", "rich"])
def test_one_sound_file_loads_nothing_heavy(module: str) -> None:
    sound = str(SAMPLES / "ehr" / "injection-not-given.json")
    program = (
        "import sys; from adapter.cli.app import app, _register; _register(); "
        f"sys.argv = ['crfhir', 'validate', {sound!r}]; app(standalone_mode=False); "
        f"sys.exit({module!r} in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], env=os.environ | {"CRFHIR_STUDY": str(STUDY)}, timeout=60)
    assert ran.returncode == 0
