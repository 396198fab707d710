"""`crfhir study publish`: write the FHIR package of a study, or tell whether the one that is there is current."""

from __future__ import annotations

from pathlib import Path

import typer

from adapter.mapping.study import MappedStudy, load_study
from adapter.publish import digest, package
from adapter.publish.shorthand import FOLDER


def publish(folder: Path, *, check: bool, shorthand: str | None, compiled: str | None, compiler: str) -> int:
    """Run the verb and return its exit status."""
    mapped = load_study(folder)
    if shorthand is not None:
        return _write_project(mapped, Path(shorthand))
    if check:
        return _check(mapped, folder)
    if compiled is not None:
        profiles = package.compiled(Path(compiled))
    else:
        profiles, compiler = package.standing(folder), _compiler(folder)
    count = package.publish(mapped, profiles, compiler)
    typer.echo(f"{folder / package.MADE}: {count} conformance resources, {len(profiles)} of them compiled.")
    return 0


def _compiler(folder: Path) -> str:
    path = folder / FOLDER / digest.FILE
    return digest.compiler_of(path.read_text(encoding="utf-8")) if path.exists() else ""


def _write_project(mapped: MappedStudy, folder: Path) -> int:
    files = package.sushi_project(mapped)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    typer.echo(f"{folder}: {len(files)} files for SUSHI.")
    return 0


def _check(mapped: MappedStudy, folder: Path) -> int:
    found = package.stale(mapped)
    for line in found:
        typer.echo(line)
    typer.echo(f"{folder / package.MADE}: {'not ' if found else ''}current.", err=True)
    return 1 if found else 0
