"""`crfhir subject link FILE`: who is who at each site; what a hospital calls a patient is kept as an HMAC alone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapter.cli.opened import Database, Study, opened
from adapter.errors import CrfhirError, UsageError

if TYPE_CHECKING:
    from adapter.intake.deciding import Name
    from adapter.pipeline import Pipeline

COLUMNS = ("site", "system", "value", "subject")
ACTOR = "crfhir subject link"


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    verbs = typer.Typer(help="Who is who: a hospital's patients and the study's subjects.", rich_markup_mode=None)
    verbs.command("link")(link)
    verbs.callback()(lambda: None)
    app.add_typer(verbs, name="subject")


def link(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV: site, system, value, subject.")],
    study: Study = None,
    database: Database = None,
) -> None:
    """Link what a site calls its patients (identifier system and value, or Patient and an id) to subjects.

    What waits in quarantine for a patient is sent again when it is linked. A name that is linked to another subject
    is refused, and stays as it is: exit status 1. The key is read from CRFHIR_KEY or CRFHIR_KEY_FILE.
    """
    from adapter.intake.deciding import link as linked

    with opened(study, database) as pipeline:
        names = list(_names(Path(file), pipeline))
        if pipeline.names.key is None:
            raise UsageError("Names of patients are kept under a key: set CRFHIR_KEY_FILE to a file that holds one.")
        told, replayed = linked(pipeline, names, ACTOR)
    outcomes = {outcome: sum(one.outcome == outcome for one in told) for outcome in ("linked", "unchanged")}
    typer.echo(f"{outcomes['linked']} linked, {outcomes['unchanged']} unchanged", err=True)
    for number, decided in replayed:
        came = "stored" if decided.receipt is not None else f"waits: {decided.issues[0].diagnostics}"
        typer.echo(f"quarantine {number}: {came}", err=True)
    against = [line for line, one in enumerate(told, start=1) if one.outcome == "contradicting"]
    if against:
        raise CrfhirError(f"{len(against)} names are linked to other subjects already: nothing of these was changed.")


def _names(path: Path, pipeline: Pipeline) -> Iterator[Name]:
    """The lines of a link table; UsageError with the line that cannot be one, and none of its values."""
    from adapter.intake.deciding import Name
    from adapter.intake.sender import site_of_subject

    study = pipeline.desk.study
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError(f"{path} cannot be read as CSV in UTF-8.") from None
    for line, row in enumerate(rows, start=2):
        values = [row.get(column) for column in COLUMNS]
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise UsageError(f"{path}, line {line}: site, system, value and subject are needed.")
        name = Name(*(str(value).strip() for value in values))
        if name.site not in study.sites:
            raise UsageError(f"{path}, line {line}: the study has no such site.")
        if site_of_subject(study, name.subject) != name.site:
            raise UsageError(f"{path}, line {line}: the subject is not of this site.")
        yield name
