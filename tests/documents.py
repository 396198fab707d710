"""The examples of the documents: found, run, and written anew (`make golden`).

A fenced block is named by its language. `python` is run. `console` holds commands, each behind `$ ` and
followed by what it prints, errors too; it is run in a folder that has the samples and the study packages as a
clone has them. Blocks of another language are only read by people, but for those that a test names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SHARED = ("fhir_samples", "mappings", "docs")
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language and text, and where the text begins in its document."""

    document: Path
    language: str
    text: str
    start: int

    def __str__(self) -> str:
        line = self.document.read_text(encoding="utf-8").count("\n", 0, self.start)
        return f"{self.document.relative_to(ROOT).as_posix()}:{line}"


def documents() -> list[Path]:
    """The documents that a person reads: those at the root, and those of docs."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("mappings/*/*.md")])


def blocks(document: Path, language: str) -> list[Block]:
    """The fenced blocks of a document in a language."""
    text = document.read_text(encoding="utf-8")
    found = _BLOCK.finditer(text)
    return [Block(document, language, one["text"], one.start("text")) for one in found if one["language"] == language]


def every(language: str) -> list[Block]:
    """The fenced blocks of all documents in a language."""
    return [block for document in documents() for block in blocks(document, language)]


def commands(text: str) -> Iterator[str]:
    """The commands of a console block, continued lines joined as they stand."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            while command.endswith("\\"):
                command += "\n" + next(lines)
            yield command


def transcript(text: str, folder: Path) -> str:
    """Return a console block as it is when its commands are run in `folder`."""
    return "".join(f"$ {command}\n{_printed(command, folder)}" for command in commands(text))


def _printed(command: str, folder: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CRFHIR_")}
    environ |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', '')}",
        "COLUMNS": "100",
    }
    ran = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    printed = ran.stdout.decode("utf-8")
    return printed if not printed or printed.endswith("\n") else printed + "\n"


def furnish(folder: Path) -> Path:
    """Put what a clone has at its root into a folder, as links; return it."""
    for name in SHARED:
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    return folder


def rewrite(document: Path) -> None:
    """Run the console blocks of a document, one after another in one folder, and put in what they print."""
    text = document.read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        place = furnish(Path(folder))
        document.write_text(_BLOCK.sub(lambda found: _anew(found, place), text), encoding="utf-8")


def _anew(found: re.Match[str], folder: Path) -> str:
    if found["language"] != "console":
        return found[0]
    return f"```console\n{transcript(found['text'], folder)}```"


if __name__ == "__main__":
    for path in documents():
        if blocks(path, "console"):
            rewrite(path)
