"""The project keeps its own rules: layout, metadata, lock file, and what may stand in its files."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from adapter.crf import package

ROOT = Path(__file__).resolve().parent.parent
STUDY = ROOT / "mappings" / "il2_csu"
NOT_OURS = {".git", ".venv", ".make", ".hypothesis", "__pycache__", "build", "dist", "demo"}
LEFT_BEHIND = ("_cache", ".egg-info")
TEXTS = {".py", ".md", ".yaml", ".cfg", ".toml", ".lock", ".html", ".sh", ".mako", ""}
VERBS = ("setup", "check", "test", "demo", "golden", "bench", "lock")

IMPORTED_AS = {"yaml": "pyyaml", "fhir": "fhir.resources", "fhir_core": "fhir-core"}
"""Import name -> distribution, where the two differ."""

LARGEST_FILE = 300
LONGEST_BODY = 50

# Written in parts, so that this file is none of those in which they stand.
OF_THIS_MACHINE = ["/" + "work/", "/" + "root/", "/" + "home/", "/opt/" + "wheels", "." + "pyenv"]


def files() -> Iterator[Path]:
    """Every file of the project; not what tools and runs leave behind."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith(LEFT_BEHIND)]
        yield from (Path(folder) / name for name in names)


def python(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def setup() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    return read


def listed(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def canonical(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> list[str]:
    every = [setup()["options"]["install_requires"], *setup()["options.extras_require"].values()]
    return [canonical(re.split(r"[<>=!~;\[ ]", line)[0]) for text in every for line in listed(text)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_a_test_module_mirrors_a_module_or_says_what_it_is_about() -> None:
    strays = []
    for path in python("tests"):
        beside = ROOT / "adapter" / path.parent.relative_to(ROOT / "tests")
        subject = path.stem.removeprefix("test_")
        mirrored = (beside / f"{subject}.py").is_file() or (beside / subject).is_dir()
        if path.name.startswith("test_") and not mirrored and not ast.get_docstring(ast.parse(path.read_bytes())):
            strays.append(named(path))
    assert strays == []


def test_every_folder_of_tests_is_a_package_so_that_equal_names_do_not_clash() -> None:
    folders = {path.parent for path in python("tests")}
    assert [named(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_file_names_a_path_of_a_machine() -> None:
    found = []
    for path in files():
        if path.suffix in TEXTS:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{named(path)}: {word}" for word in OF_THIS_MACHINE if word in text]
    assert found == []


def test_no_python_file_is_over_300_lines() -> None:
    sizes = {named(path): path.read_text(encoding="utf-8").count("\n") for path in python("adapter", "tests")}
    assert {name: lines for name, lines in sizes.items() if lines > LARGEST_FILE} == {}


def test_no_function_body_is_over_50_lines() -> None:
    long = []
    for path in python("adapter"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                start = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lines = node.end_lineno - start[0].lineno + 1
                long += [f"{named(path)}: {node.name}: {lines}"] if lines > LONGEST_BODY else []
    assert long == []


def test_what_the_adapter_imports_is_required_by_the_metadata() -> None:
    imported = {name.partition(".")[0] for path in python("adapter") for name in imports(path)}
    foreign = {name for name in imported if name not in sys.stdlib_module_names and name != "adapter"}
    needed = {canonical(IMPORTED_AS.get(name, name)) for name in foreign}
    run_time = listed(setup()["options"]["install_requires"])
    assert needed - {canonical(re.split(r"[<>=]", line)[0]) for line in run_time} == set()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.module


def test_the_lock_pins_every_requirement_with_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==(.*(?:\n +.*)*)", lock, re.MULTILINE)
    assert set(required()) <= {canonical(name) for name, _ in pins}
    assert [name for name, rest in pins if "--hash=sha256:" not in rest] == []
    assert re.findall(r"https?:|index-url|find-links|file:", lock) == []


def test_an_installed_package_finds_the_whole_default_study() -> None:
    shipped = dict(setup()["options.data_files"])
    missed = []
    for path in sorted(STUDY.rglob("*")):
        globs = listed(shipped.get(f"share/crfhir/{named(path.parent)}", ""))
        if path.is_file() and not any(fnmatch.fnmatch(named(path), glob) for glob in globs):
            missed.append(named(path))
    assert missed == []


def test_the_version_is_in_the_changelog_or_still_to_be_released() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_verb_of_the_makefile_is_there_and_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if not re.search(rf"^{verb}:", makefile, re.MULTILINE)] == []
    assert [verb for verb in VERBS if f"make {verb}" not in makefile and verb != "setup"] == []


@pytest.mark.skipif(os.name == "nt", reason="no permission bits there")
def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").startswith("#!/usr/bin/env bash")


def test_no_id_or_code_of_the_study_stands_in_python() -> None:
    study = package.load(STUDY)
    ids = {name for form in study.forms.values() for name in (form.id, *form.items)}
    tables = (codelist.rows.values() for codelist in study.codelists.values())
    cells = {cell for rows in tables for row in rows for column in row.values() for cell in column}
    telling = {word for word in ids | cells if re.search(r"[_.0-9]", word) and len(word) > 2}
    words = telling | {study.id, study.base}
    found = [f"{named(path)}: {word}" for path in python("adapter") for word in strings(path) if word in words]
    assert found == []


def strings(path: Path) -> Iterator[str]:
    """Every text constant of a module, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value
