"""Write a sample: DIR/crf/<form>.csv and DIR/fhir/<ResourceType>.ndjson, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from adapter.crf.record import Record, RecordParser, parser
from adapter.crf.study import Study
from adapter.errors import CrfhirError, UsageError
from adapter.files.atomic import Staged
from adapter.files.csv import csv_lines


@dataclass(slots=True)
class Counts:
    """What a sample holds: subjects, records by form, resources by type, and how many were varied."""

    subjects: int = 0
    records: Counter[str] = field(default_factory=Counter)
    resources: Counter[str] = field(default_factory=Counter)
    varied: int = 0

    def __str__(self) -> str:
        records = f"{self.records.total():,} records of {len(self.records)} forms"
        resources = f"{self.resources.total():,} resources of {len(self.resources)} types"
        return f"{self.subjects:,} subjects, {records}, {resources} ({self.varied:,} as an EHR words them)"


class Writer:
    """The files of a sample in the making; a form's file begins with its header."""

    def __init__(self, study: Study, staged: Staged, crf: Path, fhir: Path) -> None:
        self._study, self._staged, self._crf, self._fhir = study, staged, crf, fhir
        self._parsers: dict[str, RecordParser] = {}
        self._streams: dict[str, BinaryIO] = {}
        self.counts = Counts()

    def open_form(self, form: str) -> None:
        """Begin the file of a form, so that a form without records has its header too."""
        self._parsers[form] = parser(self._study, form)
        self._stream(self._crf, f"{form}.csv").write(csv_lines([self._parsers[form].columns()]))

    def record(self, form: str, record: Record) -> None:
        """Add a record to its form's file; CrfhirError when the study itself would refuse it."""
        cells = self._parsers[form].to_cells(record)
        _, issues = self._parsers[form].parse_cells(cells)
        refused = [str(issue) for issue in issues if issue.refuses]
        if refused:
            raise CrfhirError("\n".join(["The sample of this study makes a record that the study refuses.", *refused]))
        self._stream(self._crf, f"{form}.csv").write(
            csv_lines([[cells.get(name, "") for name in self._parsers[form].columns()]])
        )
        self.counts.records[form] += 1

    def resources_of(self, pushed: Iterable[tuple[str, bytes]]) -> None:
        """Add resources, each to the file of its type."""
        for type_name, body in pushed:
            self._stream(self._fhir, f"{type_name}.ndjson").write(body + b"\n")
            self.counts.resources[type_name] += 1

    def refuse_others(self) -> None:
        """UsageError when the folders hold files of another sample, which would be taken for this one's."""
        made = [*self._crf.glob("*.csv"), *self._fhir.glob("*.ndjson")]
        others = sorted(str(file) for file in made if file.name not in self._streams)
        if others:
            raise UsageError(f"Another sample stands here: {', '.join(others)}. Give an empty folder.")

    def _stream(self, folder: Path, name: str) -> BinaryIO:
        if name not in self._streams:
            self._staged.folder(folder)
            self._streams[name] = self._staged.file(folder / name)
        return self._streams[name]


Progress = Callable[[int, int], None]
"""Told after each subject: how many are done, and of how many."""
