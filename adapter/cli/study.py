"""`crfhir study`: check a study package, show where its items go, print a compiled plan."""

from __future__ import annotations

from typing import Annotated

import typer

Folder = Annotated[str | None, typer.Option("--study", metavar="DIR", help="The study package.")]

study_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Look at a study package.")


@study_app.command()
def check(study: Folder = None) -> int:
    """Compile the study package; list every fault with file, line and reason. Exit status 0, or 1 if any.

    Names that nothing uses are listed as warnings, which leave the exit status as it is.
    """
    from adapter.config import study_folder
    from adapter.errors import DefinitionError
    from adapter.mapping.study import load_study
    from adapter.mapping.unknowable import unknowable
    from adapter.mapping.unused import unused_names

    folder = study_folder(study)
    try:
        compiled = load_study(folder)
    except DefinitionError as error:
        for fault in error.faults:
            typer.echo(str(fault))
        count = len(error.faults)
        typer.echo(f"{folder}: {count} fault{'s' if count != 1 else ''}.", err=True)
        return 1
    definition = compiled.definition
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted((folder / "profiles").glob("*.fsh"))]
    for warning in (*unused_names(definition, texts), *unknowable(compiled)):
        typer.echo(str(warning))
    items = sum(len(form.items) for form in definition.forms.values())
    typer.echo(
        f"{folder}: the study {definition.id} is sound: {len(definition.forms)} forms with {items} items, "
        f"{len(definition.codelists)} codelists, {len(definition.maps)} maps, {len(definition.sites)} sites."
    )
    return 0


@study_app.command()
def coverage(
    study: Folder = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown document.")] = False,
) -> None:
    """List item by item where it goes, in which direction, if it is restricted, or why it is omitted."""
    from adapter.config import study_folder
    from adapter.mapping.coverage import markdown as as_markdown
    from adapter.mapping.coverage import table
    from adapter.mapping.study import load_study

    compiled = load_study(study_folder(study))
    rows = compiled.coverage()
    typer.echo(as_markdown(rows, compiled.languages).rstrip("\n") if markdown else "\n".join(table(rows)))


@study_app.command()
def plan(form: Annotated[str, typer.Argument(metavar="FORM", help="A form's id.")], study: Folder = None) -> None:
    """Print the compiled plan of a form: place, lens, place."""
    from adapter.config import study_folder
    from adapter.convert.known import known
    from adapter.mapping.study import load_study

    compiled = load_study(study_folder(study))
    known(compiled.definition, "form", form)
    typer.echo(compiled.plan_text(form).rstrip("\n"))


@study_app.command()
def publish(
    study: Folder = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit status 1 if it is not current.")] = False,
    shorthand: Annotated[str | None, typer.Option(metavar="DIR", help="Only write the project for SUSHI.")] = None,
    compiled: Annotated[str | None, typer.Option(metavar="DIR", help="Take the profiles that SUSHI wrote.")] = None,
    compiler: Annotated[str, typer.Option(metavar="NAME", help="Which SUSHI that was.")] = "",
) -> int:
    """Make the study's FHIR package: profiles, Questionnaires, codes; as a folder and as .tgz."""
    from adapter.cli.publish import publish as run
    from adapter.config import study_folder

    return run(study_folder(study), check=check, shorthand=shorthand, compiled=compiled, compiler=compiler)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(study_app, name="study")
