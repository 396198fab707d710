"""Where the outputs of a conversion go, and what their names say of their format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adapter.convert.options import SHAPES
from adapter.errors import UsageError

ENDINGS = {
    "ndjson": ".ndjson",
    "json": ".json",
    "csv": ".csv",
    "bundle": ".json",
    "transaction": ".json",
    "xml": ".xml",
}
"""Format -> the ending of its files."""

FORMATS = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".csv": "csv",
    ".xml": "xml",
    ".xlsx": "xlsx",
}
"""Ending -> the format that it says."""

STANDARD_OUTPUT: Literal["-"] = "-"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the outputs go: None for standard output, or for a list that is not wanted; a list goes to standard
    output where it is STANDARD_OUTPUT."""

    out: Path | None = None
    folder: Path | None = None
    residue: Path | Literal["-"] | None = None
    rejects: Path | Literal["-"] | None = None


def places(out: str | None, residue: str | None, rejects: str | None) -> Places:
    """Return the places that these options name: a folder when `out` is one, or ends in a slash.

    Raises UsageError where two would be mixed on standard output.
    """
    folder = out is not None and (out.endswith(("/", "\\")) or Path(out).is_dir())
    found = Places(
        out=None if out in (None, STANDARD_OUTPUT) or folder else Path(str(out)),
        folder=Path(str(out)) if folder else None,
        residue=_list(residue, "--residue"),
        rejects=_list(rejects, "--rejects"),
    )
    _unmixed(found)
    return found


def _list(name: str | None, option: str) -> Path | Literal["-"] | None:
    if name is None or name == STANDARD_OUTPUT:
        return None if name is None else STANDARD_OUTPUT
    ending = ending_of(Path(name))
    if FORMATS.get(ending, "ndjson") != "ndjson":
        raise UsageError(f"{option} {name}: this list is written as NDJSON; name it {_named(Path(name), '.ndjson')}.")
    return Path(name)


def _unmixed(found: Places) -> None:
    lists = {"--residue": found.residue, "--rejects": found.rejects}
    there = [f"{option} -" for option, place in lists.items() if place == STANDARD_OUTPUT]
    if found.out is None and found.folder is None:
        there = ["the output", *there] if there else []
    if len(there) > 1:
        named = "give -o FILE" if there[0] == "the output" else "name a file for one"
        raise UsageError(f"{' and '.join(there)} would be mixed on standard output: {named}.")


def distinct(inputs: Iterable[Path | None], places: Places) -> None:
    """Refuse an output that is an input, or another output: what was there would be lost."""
    read = {path.resolve() for path in inputs if path is not None}
    named = {"-o": places.out, "--residue": places.residue, "--rejects": places.rejects}
    written: dict[Path, str] = {}
    for option, path in named.items():
        if not isinstance(path, Path):
            continue
        if path.resolve() in read:
            raise UsageError(f"{option} {path} is an input, which would be lost: name another file.")
        if (other := written.setdefault(path.resolve(), option)) != option:
            raise UsageError(f"{option} and {other} name the same file, {path}: name two.")


def shape(to: str, asked: str | None, out: Path | None) -> str:
    """Return the format to write: the one asked for, else by the name of the output, else the default of the
    direction.

    Raises UsageError for a format of the other direction, and for a name that says another format than is written.
    """
    known = SHAPES[to]
    if asked is not None and asked not in known:
        raise UsageError(f"--as {asked} cannot be written with --to {to}: use one of {', '.join(known)}.")
    said = None if out is None else FORMATS.get(ending_of(out))
    if out is None or said is None:
        return asked or known[0]
    if said not in known:
        raise UsageError(f"-o {out}: {_unwritten(to, said)}; name it {_names(out, asked, known)}.")
    if asked is None:
        return said
    if ending_of(out) not in _endings(asked):
        alone = f", or leave --as {asked} out" if said in known else ""
        raise UsageError(
            f"-o {out} is {said.upper()} by its name, and --as {asked} asks for another: name it "
            f"{_named(out, ENDINGS[asked])}{alone}."
        )
    return asked


def _unwritten(to: str, said: str) -> str:
    if said == "xlsx":
        return "Excel workbooks are read, not written"
    return f"{'FHIR' if to == 'fhir' else 'CRF records'} cannot be written as {said.upper()}"


def _names(out: Path, asked: str | None, known: tuple[str, ...]) -> str:
    endings = dict.fromkeys(ENDINGS[each] for each in ((asked,) if asked is not None else known))
    return " or ".join(_named(out, ending) for ending in endings)


def _named(out: Path, ending: str) -> str:
    """Return the name of a file with another ending, `.gz` kept."""
    bare = out.with_suffix("") if is_packed(out) else out
    return f"{bare.with_suffix(ending)}{out.suffix if is_packed(out) else ''}"


def _endings(asked: str) -> tuple[str, ...]:
    return tuple(ending for ending, said in FORMATS.items() if said == asked) or (ENDINGS[asked],)


def ending_of(path: Path) -> str:
    """Return the ending that tells the format, in lower case, `.gz` left aside; empty where there is none."""
    return (path.with_suffix("") if is_packed(path) else path).suffix.lower()


def is_packed(path: Path) -> bool:
    """Tell whether the name of a file says that it is gzipped."""
    return path.suffix.lower() == ".gz"
