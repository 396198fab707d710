"""The studies that the laws are tried on: il2_csu, and packages of other kinds beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from adapter.mapping.study import MappedStudy, load_study

HERE = Path(__file__).parent
IL2 = HERE.parents[1] / "mappings" / "il2_csu"
FOLDERS = {"il2_csu": IL2} | {
    folder.name: folder for folder in sorted(HERE.iterdir()) if (folder / "study.yaml").exists()
}


@cache
def study(name: str) -> MappedStudy:
    """Return a study, loaded and compiled once."""
    return load_study(FOLDERS[name])


def forms() -> list[tuple[str, str]]:
    """Return (study, form) of every form of every study."""
    return [(name, form) for name in FOLDERS for form in study(name).forms]
