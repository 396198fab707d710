"""The pipeline of a study and its database, for a verb that works on what is stored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from adapter.pipeline import Pipeline

Study = Annotated[str | None, typer.Option(metavar="DIR", help="The study package (CRFHIR_STUDY).")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The database (CRFHIR_DATABASE), by default sqlite:///crfhir.db."),
]


@contextmanager
def opened(study: str | None, database: str | None) -> Iterator[Pipeline]:
    """Open a study and its database as the service does, and close them at the end.

    DefinitionError for a study with faults, StoreError for a database that cannot be used.
    """
    from adapter.api.config import Config
    from adapter.config import secret_key, study_folder
    from adapter.fhir.search_parameters import of_package
    from adapter.mapping.study import load_study
    from adapter.pipeline import open_pipeline
    from adapter.store.store import open_store

    given = {"CRFHIR_STUDY": study, "CRFHIR_DATABASE": database}
    config = Config.from_environ({**os.environ, **{name: text for name, text in given.items() if text is not None}})
    engine = load_study(study_folder(config.study))
    parameters = of_package(engine.definition.folder / "package")
    store = open_store(config.database, engine.definition.zone, secret_key(), parameters)
    try:
        yield open_pipeline(engine, store, config.clock)
    finally:
        store.close()
