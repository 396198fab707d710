"""What a conversion is asked to do: plain values that also travel to worker processes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

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
