"""The application factory: a study and a store behind HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, Request, Response

from adapter.api import (
    addresses,
    convert,
    crf,
    crf_record,
    crowd,
    errors,
    health,
    home,
    log,
    metrics,
    openapi,
    patience,
    quarantine,
    queries,
    receipts,
    rest,
    validate,
)
from adapter.api.application import Application, names
from adapter.api.compression import compressed
from adapter.api.config import Config, is_loopback
from adapter.api.failure import failure
from adapter.api.metrics import current
from adapter.api.remembered import remembered
from adapter.api.service import Service
from adapter.config import secret_key, study_folder
from adapter.fhir.search_parameters import of_package
from adapter.intake.engine import Engine
from adapter.mapping.study import load_study
from adapter.pipeline import open_pipeline
from adapter.store.store import open_store

OPEN_TO_ALL = ("/fhir/metadata", "/", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/openapi")
"""What needs no token in any mode: it says what the server can do, and nothing of anyone."""


def create_app(config: Config | None = None, engine: Engine | None = None) -> Flask:
    """Return the WSGI application of one study, its database brought up to date.

    `engine` is the study where it is compiled already.

    DefinitionError for a study package with faults, StoreError for a database that cannot be used.
    """
    config = config or Config.from_environ(os.environ)
    engine = engine if engine is not None else load_study(study_folder(config.study))
    parameters = of_package(engine.definition.folder / "package")
    store = open_store(config.database, engine.definition.zone, secret_key(file=config.key_file), parameters)
    app = Application("adapter.api")
    app.config["MAX_CONTENT_LENGTH"] = config.largest_body
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would redirect to whatever Host says
    addresses.register(app)
    pipeline = open_pipeline(engine, store, config.clock)
    _ = pipeline.desk.validator  # made once, here: a package with faults is told before anything is served
    app.extensions["crfhir"] = Service(config, pipeline)
    log.register(app, config)
    metrics.register(app, config)
    app.before_request(lambda: _admit(config))
    crowd.register(app, config)
    patience.register(app, config)
    app.after_request(_guard)
    for routes in (
        receipts,
        queries,
        quarantine,
        crf_record,
        *rest.ROUTES,
        crf,
        convert,
        validate,
        home,
        health,
        openapi,
    ):
        app.register_blueprint(routes.blueprint)
    errors.register(app)
    return app


def from_environ(environ: Mapping[str, str] | None = None) -> Flask:
    """Return the application as the environment configures it: what servers load."""
    return create_app(Config.from_environ(os.environ if environ is None else environ))


def _admit(config: Config) -> None:
    # Not every database takes NUL in a text, and none holds one.
    asked = current()
    if "\0" in asked.path:
        raise failure("not-found", "There is nothing at this address: NUL stands in no id or key.")
    if "%00" in asked.environ.get("QUERY_STRING", ""):
        raise failure("invalid", "NUL stands in no value of a search: take it out.")
    if config.open_demo:
        _at_home(asked)
    elif asked.path not in OPEN_TO_ALL and not asked.path.startswith("/static/"):
        raise failure(
            "login",
            "This server answers nobody without a login, and has none yet: to try it on sample data, "
            "start it with make demo (CRFHIR_OPEN_DEMO=1, on loopback only).",
        )


def _at_home(asked: Request) -> None:
    # A page from elsewhere may reach loopback under a name of its own (DNS rebinding): that name is not ours.
    if not _is_at_home(asked.host):
        raise failure("forbidden", "The open demo answers at a loopback address only: use 127.0.0.1.")


@remembered(64)
def _is_at_home(host: str) -> bool:
    return is_loopback(urlsplit(f"//{host}").hostname or "")


def _guard(response: Response) -> Response:
    headers, present = response.headers, names(response)
    if "x-content-type-options" not in present:
        headers.add_header("X-Content-Type-Options", "nosniff")
    if "cache-control" not in present:
        headers.add_header("Cache-Control", "no-store")
    return compressed(current(), response)
