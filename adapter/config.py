"""Where the study package is, and the key that is kept outside the database: read from the environment and the disk,
guessed never."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from adapter.errors import UsageError

STUDY = "CRFHIR_STUDY"
"""The environment variable that names the study package: its folder, or its name in a `mappings` folder."""


KEY, KEY_FILE = "CRFHIR_KEY", "CRFHIR_KEY_FILE"
"""The environment variables of the key: itself, or the file that holds it."""

SHORTEST_KEY = 16
"""Characters of a key at least; `openssl rand -hex 32` makes a good one."""


def secret_key(environ: Mapping[str, str] = os.environ, file: str | None = None) -> bytes | None:
    """The key that checkpoints and the names of patients are signed with, kept outside the database; None without one.

    From CRFHIR_KEY, or the file that CRFHIR_KEY_FILE names, white space around it left out; else from `file`, which
    the settings name. UsageError when it cannot be read or is shorter than SHORTEST_KEY.
    """
    text, name = environ.get(KEY), environ.get(KEY_FILE)
    if text and name:
        raise UsageError(f"Set {KEY} or {KEY_FILE}, not both.")
    name = name or (file if not text else None)
    if name:
        text = _read_key(name)
    if not text:
        return None
    key = text.strip().encode()
    if len(key) < SHORTEST_KEY:
        raise UsageError(f"The key of {KEY_FILE if name else KEY} is too short: {SHORTEST_KEY} characters at least.")
    return key


def _read_key(name: str) -> str:
    try:
        text = Path(name).expanduser().read_text(encoding="utf-8")
    except OSError as reason:
        raise UsageError(f"{KEY_FILE}: {name} cannot be read: {reason.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{KEY_FILE}: {name} is no text: a key is one line of it.") from None
    if not text.strip():
        raise UsageError(f"{KEY_FILE}: {name} is empty.")
    return text


def study_folder(explicit: str | None = None) -> Path:
    """Return the folder of the study package.

    The first of: `explicit`, the environment's CRFHIR_STUDY, and the one study of the `mappings` of the
    current folder, of the source tree, of the installation. A bare name is looked up in these too.
    Raises UsageError, which says what to do, when there is none or when there are several to choose from.
    """
    if explicit is not None:
        return _named(explicit, "--study")
    variable = os.environ.get(STUDY)
    if variable:
        return _named(variable, STUDY)
    for mappings in _mappings():
        studies = _studies(mappings)
        if len(studies) == 1:
            return studies[0]
        if studies:
            names = ", ".join(study.name for study in studies)
            raise UsageError(f"{mappings} holds several studies: {names}. Choose one with --study NAME or {STUDY}.")
    raise UsageError(f"No study package was found. Name its folder (it holds study.yaml): --study DIR or {STUDY}.")


def _named(name: str, source: str) -> Path:
    candidates = [Path(name).expanduser()]
    if name and Path(name).name == name:
        candidates += [mappings / name for mappings in _mappings()]
    for folder in candidates:
        if (folder / "study.yaml").is_file():
            return folder
    if candidates[0].is_file():
        raise UsageError(f"{source}: {name} is a file; name the folder in which study.yaml stands.")
    if candidates[0].is_dir():
        raise UsageError(f"{source}: {name} has no study.yaml, so it is no study package.{_there(candidates[0])}")
    known = [study.name for mappings in _mappings() for study in _studies(mappings)]
    there = f" Known by name: {', '.join(dict.fromkeys(known))}." if known else ""
    raise UsageError(f"{source}: there is no folder {name}.{there}")


def _there(folder: Path) -> str:
    studies = _studies(folder)
    return f" Did you mean {studies[0]}?" if studies else ""


def _mappings() -> Iterator[Path]:
    yield Path("mappings")
    yield Path(__file__).resolve().parent.parent / "mappings"
    yield Path(sys.prefix) / "share" / "crfhir" / "mappings"


def _studies(mappings: Path) -> list[Path]:
    if not mappings.is_dir():
        return []
    return sorted(folder for folder in mappings.iterdir() if (folder / "study.yaml").is_file())
