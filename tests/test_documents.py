"""What the documents say is so: examples run, commands print what is shown, links lead somewhere."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.documents import ROOT, Block, blocks, documents, every, furnish, transcript

README = ROOT / "README.md"
NAMED = [str(path.relative_to(ROOT)) for path in documents()]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def unfenced(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", documents(), ids=NAMED)
def test_every_link_within_the_project_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", unfenced(text_of(document)))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("block", every("python"), ids=str)
def test_every_python_example_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(furnish(tmp_path))
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(block.text, str(block), "exec"), names)


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("document", documents(), ids=NAMED)
def test_every_command_that_is_shown_prints_what_is_shown(document: Path, tmp_path: Path) -> None:
    folder = furnish(tmp_path)
    for block in blocks(document, "console"):
        assert transcript(block.text, folder) == block.text, f"{block}: `make golden` writes it anew"


def test_the_readme_begins_with_what_it_is_and_the_two_commands() -> None:
    first_screen = "\n".join(text_of(README).splitlines()[:24])
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_the_readme_shows_every_verb_of_the_command() -> None:
    from typer.main import get_command

    from adapter.cli.app import app, register

    register()
    verbs = set(getattr(get_command(app), "commands"))
    assert {verb for verb in verbs if f"crfhir {verb}" not in text_of(README)} == set()


def test_decisions_are_numbered_without_a_gap_and_have_their_three_parts() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        headings = re.findall(r"^#+ (.*)$", text_of(path), re.MULTILINE)
        assert headings[0].startswith(f"{int(path.name[:4])}. ")
        assert headings[1:] == ["Context", "Decision", "Consequences"], path.name
