"""Where input comes from: files, folders and standard input, in a fixed order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from adapter.errors import CrfhirError, UsageError

SUFFIXES = (".csv", ".json", ".ndjson", ".jsonl", ".xml", ".xlsx")
"""The names, with or without `.gz`, by which files of a folder are taken; a file that is named itself may be
called anything."""

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One input: the name by which a person knows it, its path (None: standard input) and whether a folder
    brought it."""

    name: str
    path: Path | None
    found: bool = False

    @property
    def stem(self) -> str:
        """The name without folders and endings: `injection` of `crf/injection.csv.gz`; empty for standard
        input."""
        return "" if self.path is None else _bare(self.path.name)[0]

    @property
    def suffix(self) -> str:
        """The ending that tells the format, in lower case, `.gz` left aside: `.csv`; empty where there is
        none."""
        return "" if self.path is None else _bare(self.path.name)[1]

    @property
    def size(self) -> int:
        """Bytes as stored, 0 where it cannot be known."""
        try:
            return 0 if self.path is None else self.path.stat().st_size
        except OSError:
            return 0

    def open(self) -> BinaryIO:
        """Return the raw bytes as a stream; CrfhirError says what the system said."""
        if self.path is None:
            return sys.stdin.buffer
        try:
            return self.path.open("rb")
        except OSError as error:
            raise CrfhirError(f"{self.name} cannot be read: {reason(error)}.") from error


def sources(inputs: Sequence[str], suffixes: Sequence[str] = SUFFIXES) -> list[Source]:
    """Return the inputs in the order given, of folders what ends in `suffixes`, in the order of their names;
    UsageError for one that is not there."""
    found = [source for name in inputs for source in _of(name, suffixes)]
    if sum(source.path is None for source in found) > 1:
        raise UsageError("Standard input (-) can be read only once.")
    return found


def reason(error: OSError) -> str:
    """Return what the system said, as the end of a sentence."""
    return (error.strerror or str(error)).lower().rstrip(".")


def _of(name: str, suffixes: Sequence[str]) -> list[Source]:
    if name == STDIN:
        return [Source("standard input", None)]
    path = Path(name)
    if path.is_dir():
        return _of_folder(path, suffixes)
    if not path.exists():
        raise UsageError(f"{name} is not there: give a file, a folder, or - for standard input.")
    return [Source(name, path)]


def _of_folder(folder: Path, suffixes: Sequence[str]) -> list[Source]:
    found = [Source(str(path), path, found=True) for path in _walk(folder) if _bare(path.name)[1] in suffixes]
    if not found:
        raise UsageError(f"The folder {folder} holds no file that ends in {', '.join(suffixes)} (or these with .gz).")
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(_visible(folders))
        yield from (Path(root, name) for name in sorted(_visible(names)))


def _visible(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith((".", "~$"))]


def _bare(name: str) -> tuple[str, str]:
    stem = name[:-3] if name.lower().endswith(".gz") else name
    base, dot, ending = stem.rpartition(".")
    return (base, f".{ending.lower()}") if dot and base else (stem, "")
