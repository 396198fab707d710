"""`crfhir quarantine list | show | replay | reject`: what could not be accepted, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapter.cli.opened import ConfigFile, Database, Study, opened
from adapter.errors import CrfhirError, UsageError

ACTOR = "crfhir quarantine"
PAGE = 200

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The number in the list.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    verbs = typer.Typer(help="What could not be accepted, and awaits a decision.", rich_markup_mode=None)
    for name, verb in (("list", listed), ("show", show), ("replay", replayed), ("reject", rejected)):
        verbs.command(name)(verb)
    app.add_typer(verbs, name="quarantine")


def listed(
    status: Annotated[str, typer.Option(help="waiting, replayed, corrected, rejected or all.")] = "waiting",
    study: Study = None,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """List what waits, or what was decided: number, status, time, sender, forms, dates, patients, first issue.

    A patient who is not linked is a token: two lines with the same one are about one patient.
    """
    from adapter.intake.recognised import recognised
    from adapter.store import quarantine

    if status not in (*quarantine.STATUSES, "all"):
        raise UsageError(f"--status {status[:20]} is none: use {', '.join(quarantine.STATUSES)} or all.")
    wanted = {} if status == "all" else {"status": status}
    with opened(study, database, config) as pipeline:
        after: int | None = None
        more = True
        while more:
            with pipeline.store.engines.reading() as connection:
                _, found, more = quarantine.list_kept(connection, wanted, PAGE, after)
            for one in found:
                about = _about(one.form, recognised(pipeline.desk, one))
                typer.echo(f"{one.number}\t{one.status}\t{one.at}\t{one.sender}\t{about}\t{_first(one.issues)}")
            after = found[-1].number if found else None


def show(number: Number, study: Study = None, database: Database = None, config: ConfigFile = None) -> None:
    """Show one: its issues, and all that happened to it. What came is not shown: it may reveal the arm."""
    from adapter.intake.recognised import recognised
    from adapter.outcome import Issue
    from adapter.store import quarantine

    with opened(study, database, config) as pipeline, pipeline.store.engines.reading() as connection:
        found = quarantine.read(connection, number)
    if found is None:
        raise CrfhirError(f"There is nothing in quarantine under {number}.")
    about = _about(found.form, recognised(pipeline.desk, found))
    typer.echo(f"{found.number} {found.status}, from {found.sender} at {found.at}")
    for name, values in zip(("forms", "dates", "patients"), about.split("\t"), strict=True):
        typer.echo(f"{name}: {values}")
    for issue in found.issues:
        typer.echo(str(Issue(**issue)))
    for event in found.events:
        typer.echo(f"{event.at} {event.actor} {event.action}{': ' + event.reason if event.reason else ''}")


def replayed(number: Number, study: Study = None, database: Database = None, config: ConfigFile = None) -> None:
    """Send one again as it came, as a push of its sender. Exit status 1: it waits on, and is told why."""
    from adapter.intake.deciding import replay

    with opened(study, database, config) as pipeline:
        decided = replay(pipeline, number, ACTOR)
    if decided.receipt is None:
        raise CrfhirError("\n".join(str(issue) for issue in decided.issues if issue.refuses))
    typer.echo(f"Stored: Task/{decided.receipt.id}", err=True)


def rejected(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why.")],
    study: Study = None,
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Reject one, with a reason; it stays as it is and is never stored."""
    from adapter.intake.deciding import reject

    if not reason.strip():
        raise CrfhirError("Say why: --reason TEXT.")
    with opened(study, database, config) as pipeline:
        if not reject(pipeline, number, ACTOR, reason.strip()):
            raise CrfhirError(f"Nothing waits in quarantine under {number}.")
    typer.echo("Rejected.", err=True)


def _about(form: str | None, found: dict[str, list[str]]) -> str:
    """Forms, dates and tokens of patients, tabs between; - for none."""
    forms = [form] if form is not None else found.get("forms", [])
    return "\t".join(",".join(values) or "-" for values in (forms, found.get("dates", []), found.get("patients", [])))


def _first(issues: Any) -> str:
    return str(issues[0]["diagnostics"]) if issues else ""
