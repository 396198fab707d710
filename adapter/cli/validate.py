"""`crfhir validate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from adapter.verdict.judge import Held


class Report(StrEnum):
    """How the verdicts are told."""

    TEXT = "text"
    NDJSON = "ndjson"
    JUNIT = "junit"


COULD_NOT_RUN = 2
INTERRUPTED = 130

EXPLAINED = """\
Validate FHIR R4 resources: structure, formats, codes, invariants, profiles, Questionnaires, Bundles.

INPUT is a file, a folder or - (standard input): JSON, NDJSON (a resource a line), Bundles, XML; each also
gzipped. A resource is held to R4 and to the profiles that it claims. Known are R4's own and those of the
study's package; --definitions adds a FHIR package (.tgz or folder), a folder of conformance resources, or
one of them (a StructureDefinition, a Questionnaire, a ValueSet...) as JSON or XML.

Every issue is told, with its severity, rule, place in the file, FHIRPath expression and, where the element
is mapped, the CRF form and item. What cannot be checked without a terminology server is said as information.

Exit status: 0 no error was found; 1 there are errors; 2 the validation could not run.
"""


def validate(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, or - for standard input.")],
    definitions: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE|DIR|TGZ", help="More definitions; may be given several times."),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Hold every resource to this profile too; may be repeated."),
    ] = None,
    report: Annotated[Report, typer.Option("--format", help="How to tell the verdicts.")] = Report.TEXT,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Processes; the output is the same.")] = 1,
    study: Annotated[
        str | None, typer.Option(metavar="DIR", help="The study package: its profiles and its items' names.")
    ] = None,
) -> int:
    """Read the options, validate, tell; return the exit status."""
    from adapter.errors import CrfhirError

    try:
        return _run(inputs, _held(study, definitions or [], profile or []), report, jobs)
    except CrfhirError as error:
        typer.echo(str(error), err=True)
        return COULD_NOT_RUN


def _run(inputs: list[str], held: Held, report: Report, jobs: int) -> int:
    import sys

    from adapter.cli.progress import Bar
    from adapter.verdict.formats import FORMATS, Count, counted, summary
    from adapter.verdict.run import verdicts

    count: Count = {}
    try:
        with Bar("resources") as bar:
            for line in FORMATS[report.value](counted(verdicts(inputs, held, jobs, bar), count)):
                bar.wipe()
                sys.stdout.write(line)
    except KeyboardInterrupt:
        typer.echo(_interrupted(summary(count) if count else None), err=True)
        raise SystemExit(INTERRUPTED) from None
    sys.stdout.flush()
    typer.echo(summary(count), err=True)
    if not count:
        return COULD_NOT_RUN
    return 1 if count["invalid"] else 0


def _interrupted(so_far: str | None) -> str:
    """Say what a Ctrl-C leaves: verdicts are told as they are found."""
    return "Interrupted: nothing was validated." if so_far is None else f"Interrupted: not all was validated. {so_far}"


def _held(study: str | None, definitions: list[str], profiles: list[str]) -> Held:
    """What resources are held to; raises UsageError for definitions that are not there and profiles nobody knows."""
    from adapter.config import study_folder
    from adapter.errors import UsageError
    from adapter.verdict.judge import Held

    for each in definitions:
        if not Path(each).exists():
            raise UsageError(f"{each} is not there: --definitions takes a package (.tgz), a folder, or a file.")
        if Path(each).is_dir() and not any(path.suffix in (".json", ".xml") for path in Path(each).rglob("*")):
            raise UsageError(f"The folder {each} holds no definitions: expected .json or .xml files.")
    try:
        folder = study_folder(study)
    except UsageError:
        if study is not None:
            raise
        folder = None
    package = [] if folder is None else [each for each in [folder / "package"] if each.is_dir()]
    return Held((*package, *map(Path, definitions)), tuple(profiles), folder)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("validate", help=EXPLAINED)(validate)
