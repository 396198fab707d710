"""Loading CSV files of CRF records into the database, and making the sample that the demo loads."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from adapter.convert.formname import FormNames
from adapter.errors import CrfhirError, UsageError
from adapter.files.csv import read_csv
from adapter.files.flaw import Flaw
from adapter.files.opening import opened
from adapter.files.source import Source, sources
from adapter.outcome import Issue, Place

if TYPE_CHECKING:
    from adapter.api.config import Config
    from adapter.intake.receipt import Receipt
    from adapter.pipeline import Pipeline

SENDER = "crfhir load"
SHOWN = 20
"""Issues that are printed; the rest is counted."""

Cells = Iterator[tuple[Place, Mapping[str, str]]]


def load_files(config: Config, inputs: list[str], site: str | None = None, encoding: str = "utf-8") -> None:
    """Load CSV files, good rows all in one transaction; say what was stored and what was not.

    Files whose bytes were loaded before are left alone. CrfhirError when a row was refused: the others are
    stored.
    """
    from adapter.config import study_folder
    from adapter.mapping.study import load_study
    from adapter.pipeline import open_pipeline
    from adapter.store.store import open_store

    engine = load_study(study_folder(config.study), site)
    _folder_of(config.database)
    store = open_store(config.database, engine.definition.zone)
    try:
        _load(open_pipeline(engine, store, config.clock, site), sources(inputs), encoding)
    finally:
        store.close()


def make_sample(config: Config, folder: Path, subjects: int) -> None:
    """Make the sample, unless it is there."""
    if any((folder / "crf").glob("*.csv")):
        return
    from adapter.config import study_folder
    from adapter.mapping.study import load_study
    from adapter.sample import make

    line = _Line("subjects made")
    make(load_study(study_folder(config.study)), folder, subjects, progress=lambda done, _all: line(done))
    line.end(subjects)


def _load(pipeline: Pipeline, files: list[Source], encoding: str) -> None:
    digest = _digest(files)
    if pipeline.store.received(SENDER, digest):
        typer.echo("These files are loaded already: nothing to do.", err=True)
        return
    names = FormNames(pipeline.desk.forms)
    line = _Line("records stored")
    flaws: list[Issue] = []
    rows = [(_form(names, file), file) for file in files]
    skipped = [file.name for form, file in rows if pipeline.desk.computed(form)]
    forms = list(pipeline.desk.forms)
    wanted = [(form, file) for form, file in rows if not pipeline.desk.computed(form)]
    wanted.sort(key=lambda pair: forms.index(pair[0]))
    receipt = pipeline.load(
        SENDER, digest, ((form, _cells(file, encoding, flaws)) for form, file in wanted), line
    )
    line.end(receipt.stored)
    if skipped:
        typer.echo(f"Computed here, not loaded: {', '.join(skipped)}", err=True)
    _told(receipt, flaws)


def _told(receipt: Receipt, flaws: list[Issue]) -> None:
    issues = [issue for issue in (*flaws, *receipt.issues) if issue.refuses]
    for issue in issues[:SHOWN]:
        typer.echo(str(issue), err=True)
    if issues:
        more = f" ({len(issues) - SHOWN} more than shown)" if len(issues) > SHOWN else ""
        raise CrfhirError(
            f"{len(issues)} issues{more}: rows with issues were not stored, "
            f"the {receipt.stored} good records were. "
            "crfhir convert --rejects FILE lists them all."
        )


def _form(names: FormNames, file: Source) -> str:
    form = names.find(file.stem)
    if form is None:
        raise UsageError(f"{file.name}: its name is no form of this study: call it <form>.csv.")
    return form


def _cells(file: Source, encoding: str, flaws: list[Issue]) -> Cells:
    source = opened(file, encoding)
    with source.stream:
        if source.flaw is not None or source.kind != "csv":
            why = source.flaw.why if source.flaw is not None else f"this is {source.kind}, and CSV is loaded"
            flaws.append(Issue("error", "structure", why, place=Place(file=file.name)))
            return
        table = read_csv(source.stream, source.encoding)
        if table.flaw is not None:
            flaws.append(_flawed(file, None, table.flaw))
        for line, cells in table.rows:
            if isinstance(cells, Flaw):
                flaws.append(_flawed(file, line, cells))
            else:
                yield Place(file=file.name, line=line), dict(zip(table.header, cells, strict=True))


def _flawed(file: Source, line: int | None, flaw: Flaw) -> Issue:
    return Issue("error", flaw.code, flaw.why, place=Place(file=file.name, line=line))


def _digest(files: list[Source]) -> str:
    whole = sha256()
    for file in files:
        with file.open() as stream:
            one = sha256()
            while chunk := stream.read(1 << 20):
                one.update(chunk)
        whole.update(one.digest())
    return whole.hexdigest()


def _folder_of(url: str) -> None:
    """Make the folder of a SQLite file, so that the database can be created in it."""
    from sqlalchemy import make_url

    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


class _Line:
    """A count that runs on one line of a terminal, and is printed once at the end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begin = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __call__(self, count: int) -> None:
        """Show how far it is, on a terminal."""
        if self._terminal:
            typer.echo(f"\r{count:,} {self._what}", err=True, nl=False)

    def end(self, count: int) -> None:
        """Print the count and the time it took."""
        start = "\r" if self._terminal else ""
        typer.echo(f"{start}{count:,} {self._what} in {time.monotonic() - self._begin:.1f} s", err=True)
