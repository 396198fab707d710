"""What the documents say is so: examples run, commands print what is shown, links lead somewhere."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.documents import ROOT, Block, blocks, documents, every, furnish, transcript

README = ROOT / "README.md"
WITH_COMMANDS = [path for path in documents() if blocks(path, "console")]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def unfenced(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", documents(), ids=named)
def test_every_link_within_the_project_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", unfenced(text_of(document)))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("block", every("python"), ids=str)
def test_every_python_example_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(furnish(tmp_path))
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(block.text, str(block), "exec"), names)


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("document", WITH_COMMANDS, ids=named)
def test_every_command_that_is_shown_prints_what_is_shown(document: Path, tmp_path: Path) -> None:
    folder = furnish(tmp_path)
    for block in blocks(document, "console"):
        assert transcript(block.text, folder) == block.text, f"{block}: `make golden` writes it anew"


def test_the_readme_begins_with_what_it_is_and_the_two_commands() -> None:
    first_screen = "\n".join(text_of(README).splitlines()[:24])
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_the_resource_in_the_readme_is_what_the_record_above_it_becomes() -> None:
    command = "crfhir convert fhir_samples/crf/injection.csv --to fhir 2>/dev/null | head -n 1"
    (shown,) = blocks(README, "json")
    _, written = transcript(f"$ {command}\n", ROOT).split("\n", 1)
    assert json.loads(shown.text) == json.loads(written)


def test_the_readme_shows_every_verb_of_the_command() -> None:
    assert [f"crfhir {verb}" for verb in verbs() if f"`crfhir {verb}" not in text_of(README)] == []


def verbs() -> list[str]:
    """The verbs that the command's help lists, `study` with its own."""
    listed = _listed("crfhir --help")
    return [verb for verb in listed if verb != "study"] + [f"study {verb}" for verb in _listed("crfhir study --help")]


def _listed(command: str) -> list[str]:
    _, after = transcript(f"$ {command}\n", ROOT).split("Commands:\n", 1)
    return re.findall(r"^  (\w+)", after, re.MULTILINE)


def test_decisions_are_numbered_without_a_gap_and_have_their_three_parts() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        headings = re.findall(r"^#+ (.*)$", text_of(path), re.MULTILINE)
        assert headings[0].startswith(f"{int(path.name[:4])}. ")
        assert headings[1:] == ["Context", "Decision", "Consequences"], path.name
