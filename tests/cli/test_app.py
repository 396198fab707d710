import subprocess
import sys
from pathlib import Path

import pytest

from adapter import __version__
from tests.cli.conftest import STUDY, Crfhir

HEAVY = ("lxml", "openpyxl", "sqlalchemy", "flask", "msgspec", "yaml", "adapter.mapping", "adapter.fhir")


def test_the_version_is_told(crfhir: Crfhir) -> None:
    assert crfhir("--version").out.decode() == f"crfhir {__version__}\n"


def test_help_names_every_verb(crfhir: Crfhir) -> None:
    ended = crfhir("--help")
    assert ended.status == 0
    assert [verb for verb in ("convert", "sample", "study", "serve", "load") if verb not in ended.out.decode()] == []


def test_an_unknown_verb_is_a_wrong_call(crfhir: Crfhir) -> None:
    assert crfhir("convertt").status == 2


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from adapter.cli.app import _register; _register(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=STUDY.parents[1], capture_output=True, check=True, text=True
    )
    assert [name for name in HEAVY if name in loaded.stdout.split()] == []


def test_a_conversion_of_csv_imports_neither_xml_nor_excel_nor_the_service() -> None:
    code = "import sys; import adapter.convert.run; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=STUDY.parents[1], capture_output=True, check=True, text=True
    )
    assert [
        name for name in ("lxml.etree", "openpyxl", "sqlalchemy", "flask", "pydantic") if name in loaded.stdout.split()
    ] == []


SOUND = str(STUDY.parents[1] / "fhir_samples" / "ehr" / "injection.json")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
@pytest.mark.parametrize("words", [["--version"], ["validate", SOUND], ["validate", "--format", "ndjson", SOUND]])
def test_a_full_disk_is_told_in_one_line(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([sys.executable, "-m", "adapter.cli", *words], stdout=full, stderr=subprocess.PIPE)
    assert ran.stderr == b"Standard output cannot be written: No space left on device.\n"
    assert ran.returncode == 2


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="a shell closes standard output")
def test_a_closed_standard_output_leaves_the_exit_status() -> None:
    told = f"{sys.executable} -m adapter.cli validate {SOUND} >&-"
    ran = subprocess.run(["/bin/sh", "-c", told], stderr=subprocess.PIPE)
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stderr
