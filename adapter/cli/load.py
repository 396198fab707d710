"""Loading files of CRF records and FHIR resources into the database, and making the sample that the demo loads."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from adapter.cli.arrivals import Arrivals
from adapter.convert.known import known
from adapter.convert.options import Options
from adapter.errors import CrfhirError, UsageError
from adapter.fhir import json
from adapter.files.encoding import named
from adapter.files.source import Source, sources

if TYPE_CHECKING:
    from adapter.api.config import Config
    from adapter.crf.study import Study
    from adapter.intake.knowing import Known
    from adapter.intake.receipt import Receipt
    from adapter.intake.sender import Sender
    from adapter.pipeline import Pipeline

SENDER = "crfhir load"
SHOWN = 20
"""Issues that are printed; the rest is counted."""


def load_files(
    config: Config,
    inputs: list[str],
    site: str | None = None,
    form: str | None = None,
    encoding: str = "utf-8",
    sender: str = SENDER,
) -> None:
    """Load files of CRF records or FHIR resources, all that is good in one transaction; say what was stored.

    Whatever `crfhir convert` reads is read. Files whose bytes this sender's load brought before without an issue are
    left alone while what they told still stands. `03/epic` is a system of site 03: its patients are looked up in that
    site's links, and it writes that site's subjects alone. CrfhirError when a record was refused: the others are
    stored, and it is in quarantine. UsageError for standard input, which cannot be read twice, and for a sender's name
    that is none.
    """
    from adapter.config import secret_key, study_folder
    from adapter.crf import package
    from adapter.fhir.search_parameters import of_package
    from adapter.mapping.study import compile_study
    from adapter.pipeline import open_pipeline
    from adapter.store.store import open_store

    folder, now = study_folder(config.study), config.clock()
    definition = package.load(folder)
    known(definition, "form", form)
    known(definition, "site", site)
    engine = compile_study(definition, site)
    _folder_of(config.database)
    parameters = of_package(definition.folder / "package")
    store = open_store(config.database, engine.definition.zone, secret_key(file=config.key_file), parameters)
    try:
        options = Options(folder, "crf", now, "ndjson", form=form, site=site, encoding=named(encoding))
        who = _sender(definition, sender)
        _load(open_pipeline(engine, store, config.clock, site), sources(inputs), options, who)
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


def _sender(study: Study, name: str) -> Sender:
    from adapter.intake.sender import named, no_name

    wrong = no_name(name, study.sites)
    if wrong is not None:
        raise UsageError(wrong)
    return named(name, study.sites)


def _load(pipeline: Pipeline, files: list[Source], options: Options, sender: Sender) -> None:
    digest = _digest(files, (pipeline.desk.site, options.form, options.encoding))
    digest = pipeline.names.mac(digest) or digest  # of bytes that may name a person
    told = pipeline.store.received(sender.name, digest)
    if told is not None and json.parse(told)["issues"] == 0 and _stands(pipeline, sender, digest):
        typer.echo("These files are loaded already: nothing to do.", err=True)
        return
    of_a_site = sender.site is not None
    arrivals = Arrivals(pipeline.desk, options, partial(_known, pipeline, sender) if of_a_site else None)
    line = _Line("records stored")
    receipt = pipeline.load(sender, digest, arrivals.drafts(files), line)
    line.end(receipt.stored)
    if arrivals.computed:
        typer.echo(f"Computed here, not loaded: {', '.join(arrivals.computed)}", err=True)
    if arrivals.passed:
        typer.echo(f"Of no form, not loaded: {', '.join(arrivals.passed)}", err=True)
    _told(receipt)


def _stands(pipeline: Pipeline, sender: Sender, digest: str) -> bool:
    """True if nothing was written over what the last load of these bytes has told."""
    from adapter.intake.once import stood

    with pipeline.store.engines.reading() as connection:
        return stood(connection, sender.name, digest) is not None


def _known(pipeline: Pipeline, sender: Sender, resource: Mapping[str, Any]) -> Known:
    return pipeline.knowing.of_resources(sender, [("", resource)])


def _told(receipt: Receipt) -> None:
    issues = [issue for issue in receipt.issues if issue.refuses]
    for issue in issues[:SHOWN]:
        typer.echo(str(issue), err=True)
    if issues:
        more = f" ({len(issues) - SHOWN} more than shown)" if len(issues) > SHOWN else ""
        raise CrfhirError(
            f"{len(issues)} issues{more}: what has an issue was not stored, "
            f"the {receipt.stored} good records were.{_waiting(receipt)} "
            "crfhir convert --rejects FILE lists them all."
        )


def _waiting(receipt: Receipt) -> str:
    """Where what was refused waits; what could not be read at all is told alone."""
    kept = receipt.outcomes.get("quarantined", 0)
    return f" {kept} of what was refused waits in quarantine: crfhir quarantine list." if kept else ""


def _digest(files: list[Source], how: tuple[str | None, ...]) -> str:
    if any(file.path is None for file in files):
        raise UsageError("Standard input cannot be loaded: write it to a file first.")
    whole = sha256(repr(how).encode())
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
