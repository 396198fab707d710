"""`crfhir convert`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Direction(StrEnum):
    """What the input becomes."""

    FHIR = "fhir"
    CRF = "crf"


class View(StrEnum):
    """Which resources a record becomes."""

    CLINICAL = "clinical"
    FORM = "form"
    BOTH = "both"


class Format(StrEnum):
    """How the output is written."""

    NDJSON = "ndjson"
    BUNDLE = "bundle"
    TRANSACTION = "transaction"
    JSON = "json"
    XML = "xml"
    CSV = "csv"


EXPLAINED = """\
Convert CRF records to FHIR R4 resources, or FHIR resources to CRF records.

INPUT is a file, a folder or - (standard input): CSV, Excel (.xlsx), JSON or NDJSON records; FHIR JSON,
NDJSON, Bundles or XML; each also gzipped. The form is told by --form, by the name of the file or sheet, by
columns or items that fit one form alone, or by the resource itself. A time in a cell of Excel has no offset:
it gets the study's, or that of --site.

The output appears when it is complete. Records that cannot be converted are told on standard error, and the
exit status is 1; the others are converted.

FHIR is written as ndjson (a resource a line) unless --as or the name of OUT says otherwise; json is the
resource, or a list of several. Records are written as csv; ndjson or json records of several forms stand as
{"form": ..., "record": {...}}, which is also read. If OUT is a folder, each form (or resource type) becomes
a file in it; it is made if need be. An OUT or FILE that ends in .gz is gzipped. A FILE that is - is standard
output, where OUT is not.

Exit status: 0; 1 if something was refused, could not be read or written, or there was nothing to convert; 2
for a wrong call.
"""


def convert(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, or - for standard input.")],
    to: Annotated[Direction, typer.Option("--to", help="What the input becomes.")],
    form: Annotated[str | None, typer.Option(metavar="FORM", help="The form, where the name does not tell it.")] = None,
    view: Annotated[
        View, typer.Option(help="The clinical resources, the QuestionnaireResponse, or both.")
    ] = View.CLINICAL,
    shape: Annotated[Format | None, typer.Option("--as", help="How to write the output.")] = None,
    out: Annotated[str | None, typer.Option("--out", "-o", metavar="OUT", help="A file or folder.")] = None,
    residue: Annotated[str | None, typer.Option(metavar="FILE", help="List what was not carried, as NDJSON.")] = None,
    rejects: Annotated[
        str | None, typer.Option(metavar="FILE", help="List what was refused, and why, as NDJSON.")
    ] = None,
    site: Annotated[str | None, typer.Option(metavar="NN", help="Read with the words of this site.")] = None,
    study: Annotated[str | None, typer.Option(metavar="DIR", help="The study package.")] = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The text encoding of the input: gb18030. [default: utf-8]"),
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Processes; the output is the same.")] = 1,
) -> int:
    """Read the options, convert, tell what came of it; return the exit status."""
    import datetime as dt

    from adapter.cli.progress import Bar
    from adapter.cli.report import lines
    from adapter.config import study_folder
    from adapter.convert.options import Options
    from adapter.convert.places import places as places_of
    from adapter.convert.places import shape as shape_of
    from adapter.convert.run import convert as run
    from adapter.files.encoding import named

    places = places_of(out, residue, rejects)
    written = shape_of(to.value, None if shape is None else shape.value, places.out)
    options = Options(
        study=study_folder(study),
        to=to.value,
        now=dt.datetime.now(dt.UTC),
        shape=written,
        view=view.value,
        form=form,
        site=site,
        encoding=named(encoding),
        jobs=jobs,
        keep=rejects is not None,
        apart=places.folder is not None,
    )
    with Bar() as bar:
        tally = run(inputs, options, places, bar)
    for line in lines(tally, options, places):
        typer.echo(line, err=True)
    return 1 if tally.failed else 0


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("convert", help=EXPLAINED)(convert)
