"""The server process: it opens the study once to tell what is wrong with it, and answers with granian's workers."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from adapter.cli.supervisor import end_with_parent

if TYPE_CHECKING:
    from flask import Flask

    from adapter.api.config import Config

THREADS = 64
"""Threads a worker: enough that slow clients do not hold up quick ones."""


ENDED = 75
"""The exit status of a server that served and ended: by a signal, or because its workers died in a row."""


def run(workers: int) -> None:
    """Serve until SIGTERM. DefinitionError, StoreError or UsageError for what keeps it from serving."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from adapter.api.config import Config

    end_with_parent()
    config = Config.from_environ(os.environ)
    _welcome(config)
    server = Granian(
        "adapter.cli.server:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address=config.host,
        port=config.port,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
        ssl_cert=_path(config.tls_certificate),
        ssl_key=_path(config.tls_key),
    )
    with suppress(SystemExit):
        server.serve()
    raise typer.Exit(ENDED)


def worker() -> Flask:
    """Return the application, in a worker process."""
    from adapter.api.app import from_environ

    _leave_ctrl_c()
    return from_environ()


def _path(name: str | None) -> Path | None:
    return Path(name) if name is not None else None


def _leave_ctrl_c() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the supervisor: a worker that is told twice hangs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _welcome(config: Config) -> None:
    """Open the study and its database once, so that what is wrong with them is told here, and say what to try."""
    from adapter.api.app import create_app
    from adapter.api.examples import examples

    here = create_app(config).extensions["crfhir"]
    typer.echo(f"\nServing {here.desk.study.id} at {config.base_url} (Ctrl-C ends it)")
    if not config.open_demo:
        typer.echo("Closed: there are no logins yet. For sample data without one: make demo.")
    else:
        for example in examples(here):
            typer.echo(f"\n# {example.title}")
            typer.echo("\n".join(example.lines))
        typer.echo(f"\n# Everything else: {config.base_url}/\n")
    here.store.close()
