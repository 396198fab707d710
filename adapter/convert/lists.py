"""The two lists beside the output: what was refused (`--rejects`) and what was not carried (`--residue`), as
NDJSON."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, BinaryIO, Literal

from adapter.convert.batch import Loss, Refusal
from adapter.convert.output import packed
from adapter.convert.places import Places
from adapter.fhir.json import encode
from adapter.files.atomic import Staged
from adapter.outcome import Issue, Place


class Lists:
    """Writes refusals and losses as they come; a list that nobody asked for is not written."""

    def __init__(self, staged: Staged, places: Places) -> None:
        self._staged = staged
        self._streams: list[BinaryIO] = []
        self._rejects = self._opened(places.rejects, "--rejects")
        self._residue = self._opened(places.residue, "--residue")

    def _opened(self, place: Path | Literal["-"] | None, option: str) -> BinaryIO | None:
        if place is None:
            return None
        path = place if isinstance(place, Path) else None
        raw = self._staged.file(path, option)
        stream = packed(raw, path)
        if stream is not raw:
            self._streams.append(stream)
        return stream

    def end(self) -> None:
        """Write what closes the lists."""
        for stream in self._streams:
            stream.close()

    def refuse(self, refusal: Refusal) -> None:
        """Write {"place", "input", "issues"}: the input as it came, every issue that it has."""
        if self._rejects is not None:
            issues = [_issue(issue) for issue in (*refusal.issues, *refusal.told)]
            _write(self._rejects, {"place": _place(refusal.place), "input": refusal.input, "issues": issues})

    def lose(self, loss: Loss) -> None:
        """Write {"form", "key", "expression", "value"}; of what identifies a person {"dropped": true}, never
        the value."""
        if self._residue is not None:
            told = {"dropped": True} if loss.dropped else {"value": loss.value}
            _write(self._residue, {"form": loss.form, "key": loss.key, "expression": loss.expression, **told})


def _write(stream: BinaryIO, value: dict[str, Any]) -> None:
    stream.write(encode(value) + b"\n")


def _issue(issue: Issue) -> dict[str, Any]:
    told = _filled(issue)
    if issue.place is not None:
        told["place"] = _place(issue.place)
    return told


def _place(place: Place) -> dict[str, Any]:
    return _filled(place)


def _filled(value: Issue | Place) -> dict[str, Any]:
    names = [each.name for each in dataclasses.fields(value)]
    return {name: found for name in names if (found := getattr(value, name)) is not None}
