"""The pipeline of a study and its database, for a verb that works on what is stored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapter.errors import CrfhirError

if TYPE_CHECKING:
    from adapter.pipeline import Pipeline

Study = Annotated[str | None, typer.Option(metavar="DIR", help="The study package (CRFHIR_STUDY).")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The database (CRFHIR_DATABASE), by default sqlite:///crfhir.db."),
]


ConfigFile = Annotated[str | None, typer.Option("--config", metavar="FILE", help="Settings as TOML (CRFHIR_CONFIG).")]


@contextmanager
def opened(
    study: str | None, database: str | None, config: str | None = None, *, new: bool = False
) -> Iterator[Pipeline]:
    """Open a study and its database as the service does, and close them at the end. `new`: it is made if there is none.

    DefinitionError for a study with faults, StoreError for a database that cannot be used.
    """
    from adapter.api.config import Config
    from adapter.config import secret_key, study_folder
    from adapter.fhir.search_parameters import of_package
    from adapter.mapping.study import load_study
    from adapter.pipeline import open_pipeline
    from adapter.store.store import open_store

    settings = Config.from_environ(given(study, database, config))
    if not new:
        must_be_there(settings.database)
    engine = load_study(study_folder(settings.study))
    parameters = of_package(engine.definition.folder / "package")
    key = secret_key(file=settings.key_file)
    store = open_store(settings.database, engine.definition.zone, key, parameters)
    try:
        yield open_pipeline(engine, store, settings.clock)
    finally:
        store.close()


def given(study: str | None, database: str | None, config: str | None) -> dict[str, str]:
    """The environment, with what the command was given in its place."""
    options = {"CRFHIR_STUDY": study, "CRFHIR_DATABASE": database, "CRFHIR_CONFIG": config}
    return {**os.environ, **{name: text for name, text in options.items() if text is not None}}


def must_be_there(url: str) -> Path | None:
    """The file of a SQLite database; CrfhirError where there is none, so that looking at a wrong name makes none."""
    from adapter.store.dialect import sqlite_file

    file = sqlite_file(url)
    if file is not None and not file.is_file():
        raise CrfhirError(f"There is no database {file}: name it by --database URL or CRFHIR_DATABASE.")
    return file
