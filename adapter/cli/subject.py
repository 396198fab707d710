"""`crfhir subject link FILE`: who is who at each site; what a hospital calls a patient is kept as an HMAC alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapter.cli.opened import ConfigFile, Database, Study, opened
from adapter.errors import CrfhirError, UsageError

if TYPE_CHECKING:
    from adapter.crf.study import Study as Definition
    from adapter.intake.deciding import Linked, Name

COLUMNS = ("site", "system", "value", "subject")
SHOWN = 20
"""Lines that are told of; of more, how many."""

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
    config: ConfigFile = None,
) -> None:
    """Link what a site calls its patients (identifier system and value, or Patient and an id) to subjects.

    What waits in quarantine for a patient is sent again when it is linked. A file with a line that cannot be is not
    taken at all: exit status 2. A name that is linked to another subject is refused, and stays as it is: exit status 1.
    The key is read from CRFHIR_KEY or CRFHIR_KEY_FILE.
    """
    from adapter.intake.deciding import link as linked

    with opened(study, database, config, new=True) as pipeline:
        names = _names(Path(file), pipeline.desk.study)
        if pipeline.names.key is None:
            raise UsageError("Names of patients are kept under a key: set CRFHIR_KEY_FILE to a file that holds one.")
        told, replayed = linked(pipeline, list(names), ACTOR)
    outcomes = {outcome: sum(one.outcome == outcome for one in told) for outcome in ("linked", "unchanged")}
    typer.echo(f"{outcomes['linked']} linked, {outcomes['unchanged']} unchanged", err=True)
    for number, decided in replayed:
        came = "stored" if decided.receipt is not None else f"waits: {decided.issues[0].diagnostics}"
        typer.echo(f"quarantine {number}: {came}", err=True)
    against = _against(names, told)
    if against:
        raise CrfhirError(f"Linked to another subject already, and left so: {_lines(against)} of {file}.")


def _against(names: Mapping[Name, int], told: list[Linked]) -> list[int]:
    """The lines whose name is linked to another subject."""
    return sorted(names[one.name] for one in told if one.outcome == "contradicting")


def _lines(lines: list[int]) -> str:
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:SHOWN]))}{more}"


def _names(path: Path, study: Definition) -> dict[Name, int]:
    """What a link table says, with the line where it does first; UsageError with every line that cannot be, and none of
    its values."""
    from adapter.intake.deciding import Name

    names: dict[Name, int] = {}
    faults: list[str] = []
    for line, row in _rows(path):
        fault = _fault(row, study)
        if fault is None:
            names.setdefault(Name(*(cell.strip() for cell in row)), line)
        else:
            faults.append(f"{path}, line {line}: {fault}")
    if faults:
        more = [f"{len(faults) - SHOWN} more lines that cannot be."] if len(faults) > SHOWN else []
        raise UsageError("\n".join([*faults[:SHOWN], *more, "Nothing was linked."]))
    if not names:
        raise UsageError(f"{path} links nobody: after the header there is no line.")
    return names


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows after the header that are not empty, with their lines."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, strict=True)
            if [name.strip() for name in next(rows, [])] != [*COLUMNS]:
                raise UsageError(f"{path}: its first line must be {','.join(COLUMNS)}, separated by commas.")
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield rows.line_num, row
    except OSError as reason:
        raise UsageError(f"{path} cannot be read: {reason.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(f"{path} cannot be read as CSV in UTF-8.") from None


def _fault(row: list[str], study: Definition) -> str | None:
    """Why a row links nobody; None for one that does."""
    from adapter.intake.sender import site_of_subject

    if len(row) != len(COLUMNS) or not all(cell.strip() for cell in row):
        return "site, system, value and subject are needed, and nothing else."
    site, subject = row[0].strip(), row[3].strip()
    if site not in study.sites:
        return "the study has no such site."
    if site_of_subject(study, subject) != site:
        return "the subject is not of this site."
    if re.fullmatch(study.patterns["subject"], subject) is None:
        return "the subject is not named as this study names its subjects."
    return None
