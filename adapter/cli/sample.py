"""`crfhir sample`."""

from __future__ import annotations

from typing import Annotated

import typer


def sample(
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Where crf/ and fhir/ are written.")],
    subjects: Annotated[int, typer.Option(min=1, help="How many subjects are enrolled.")] = 124,
    seed: Annotated[int, typer.Option(help="The same seed makes the same trial.")] = 1,
    study: Annotated[str | None, typer.Option(metavar="DIR", help="The study package.")] = None,
) -> None:
    """Make a realistic trial: DIR/crf/<form>.csv as an EDC exports it, DIR/fhir/*.ndjson as an EHR pushes
    it."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("sample")(sample)
