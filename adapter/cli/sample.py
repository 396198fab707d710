"""`crfhir sample`."""

from __future__ import annotations

from typing import Annotated

import typer


def sample(
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Where crf/ and fhir/ are written.")],
    subjects: Annotated[int, typer.Option(metavar="N", min=1, help="How many subjects are screened.")] = 124,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed makes the same trial.")] = 1,
    study: Annotated[str | None, typer.Option(metavar="DIR", help="The study package.")] = None,
) -> None:
    """Make a realistic trial: DIR/crf/*.csv as an EDC exports it, DIR/fhir/*.ndjson as an EHR pushes it."""
    from pathlib import Path

    from adapter.cli.progress import Bar
    from adapter.config import study_folder
    from adapter.mapping.study import load_study
    from adapter.sample import make

    compiled = load_study(study_folder(study))
    with Bar("subjects") as bar:
        counts = make(compiled, Path(out), subjects, seed, lambda done, total: bar(done, total, done))
    typer.echo(f"{out}: {counts}", err=True)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("sample")(sample)
