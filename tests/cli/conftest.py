"""The command as a person runs it, in this process."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from adapter.cli.app import run
from adapter.convert.compiled import mapped_study
from adapter.convert.options import Options
from adapter.crf.study import Study
from adapter.mapping.study import MappedStudy, load_study

STUDY = Path(__file__).resolve().parents[2] / "mappings" / "il2_csu"


class Ended(NamedTuple):
    """How a command ended: its exit status and what it wrote."""

    status: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@cache
def _compiled(study: Path, site: str | None) -> MappedStudy:
    return load_study(study, site)


def _mapped(options: Options, definition: Study | None = None) -> MappedStudy:
    """The project's own study is compiled once for all tests, any other as the command does it."""
    return _compiled(STUDY, options.site) if options.study == STUDY else mapped_study(options, definition)


Crfhir = Callable[..., Ended]


@pytest.fixture
def crfhir(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Crfhir:
    """Run `crfhir WORDS…` in an empty folder, with the study of this project, and with `stdin` as input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("adapter.convert.run.mapped_study", _mapped)
    monkeypatch.setenv("CRFHIR_STUDY", str(STUDY))

    def called(*words: str, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["crfhir", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        before = signal.getsignal(signal.SIGTERM)
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        signal.signal(signal.SIGTERM, before)
        out, err = capfdbinary.readouterr()
        return Ended(int(ended.value.code or 0), out, err.decode())

    return called


HEADER = "subject,cycle,day,outcome,time,volume,body_site,kit,reason_not_given,local_reaction\n"
GIVEN = "01-001,1,{day},given,2025-06-0{day}T08:30:00+08:00,{volume},deltoid-left,K-17,,false\n"


def rows(*volumes: str) -> str:
    """Return a CSV file of injections, one a day, with these volumes."""
    body = [GIVEN.format(day=day, volume=volume) for day, volume in enumerate(volumes, 1)]
    return HEADER + "".join(body)
