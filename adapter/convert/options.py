"""What a conversion is asked to do: plain values that also travel to worker processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from adapter.errors import UsageError

SHAPES = {
    "fhir": ("ndjson", "bundle", "transaction", "json", "xml"),
    "crf": ("csv", "ndjson", "json"),
}
"""Direction -> the formats that can be written, the default first."""

VIEWS = ("clinical", "form", "both")


@dataclass(frozen=True, slots=True)
class Options:
    """One conversion. `to` is fhir or crf, `view` one of VIEWS, `shape` one of SHAPES[to]; `now` is aware.

    `keep` says that the input of refused records is wanted, `apart` that each form or resource type goes to a
    file of its own, `named` that records are written with the name of their form. `only` names the forms that
    are needed, where that is known: no others are compiled.
    """

    study: Path
    to: str
    now: dt.datetime
    shape: str
    view: str = "clinical"
    form: str | None = None
    site: str | None = None
    encoding: str = "utf-8"
    jobs: int = 1
    keep: bool = False
    apart: bool = False
    named: bool = False
    only: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where the outputs go: None for standard output, or for a list that is not wanted."""

    out: Path | None = None
    folder: Path | None = None
    residue: Path | None = None
    rejects: Path | None = None


def distinct(inputs: Iterable[Path | None], places: Places) -> None:
    """Refuse an output that is an input, or another output: what was there would be lost."""
    read = {path.resolve() for path in inputs if path is not None}
    named = {"-o": places.out, "--residue": places.residue, "--rejects": places.rejects}
    written: dict[Path, str] = {}
    for option, path in named.items():
        if path is None:
            continue
        if path.resolve() in read:
            raise UsageError(f"{option} {path} is an input, which would be lost: name another file.")
        if (other := written.setdefault(path.resolve(), option)) != option:
            raise UsageError(f"{option} and {other} name the same file, {path}: name two.")


def shape(to: str, asked: str | None, out: str | None) -> str:
    """Return the format to write: the one asked for, else by the name of the output, else the default of the
    direction."""
    known = SHAPES[to]
    if asked is None:
        name = (out or "").removesuffix(".gz").rpartition(".")[2]
        return name if name in known else known[0]
    if asked not in known:
        raise UsageError(f"--as {asked} cannot be written with --to {to}: use one of {', '.join(known)}.")
    return asked
