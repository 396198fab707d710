"""`crfhir serve`, `crfhir load` and `crfhir demo`: the running service, its data, and both at once."""

from __future__ import annotations

import errno
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapter.errors import UsageError

if TYPE_CHECKING:
    from flask import Flask

    from adapter.api.config import Config

THREADS = 64
"""Threads a worker: enough that slow clients do not hold up quick ones."""

WORKERS = 2

Study = Annotated[str | None, typer.Option(metavar="DIR", help="The study package (CRFHIR_STUDY).")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The database (CRFHIR_DATABASE), by default sqlite:///crfhir.db."),
]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("serve")(serve)
    app.command("load")(load)
    app.command("demo")(demo)


def serve(
    study: Study = None,
    database: Database = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = WORKERS,
) -> None:
    """Serve one study at HOST and PORT (127.0.0.1:8000): FHIR at /fhir, CRF records at /crf.

    CRFHIR_OPEN_DEMO=1 answers without a login, on loopback only; any other start refuses all data.
    """
    _serve(_settled(study, database), workers)


def load(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="FILE|DIR...", help="CRF records or FHIR resources, as crfhir convert reads them."),
    ],
    study: Study = None,
    database: Database = None,
    site: Annotated[str | None, typer.Option(metavar="NN", help="Read with this site's words.")] = None,
    form: Annotated[str | None, typer.Option(help="The form of all records, not told by the files' names.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of the files.")] = "utf-8",
) -> None:
    """Load CRF records and FHIR resources into the database, all that is good in one transaction.

    The same files again change nothing. Exit status 1: something was refused, and is told; the rest is stored.
    """
    from adapter.cli.load import load_files

    load_files(_settled(study, database), inputs, site, form, encoding)


def demo(
    folder: Annotated[str, typer.Option("--folder", metavar="DIR", help="Where sample and database live.")] = "demo",
    study: Study = None,
    subjects: Annotated[int, typer.Option(min=1, help="How many subjects the sample has.")] = 124,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = WORKERS,
) -> None:
    """Make a sample, load it, serve it openly on loopback and print what to try; a second time it finds its
    data."""
    from adapter.cli.load import load_files, make_sample

    os.environ["CRFHIR_OPEN_DEMO"] = "1"
    database = os.environ.get("CRFHIR_DATABASE") or f"sqlite:///{Path(folder) / 'crfhir.db'}"
    config = _settled(study, database)
    _free(config)
    sample = Path(folder) / "sample"
    make_sample(config, sample, subjects)
    load_files(config, [str(sample / "crf")])
    _serve(config, workers)


def _settled(study: str | None, database: str | None) -> Config:
    """The configuration, put into the environment as well, where the workers read it."""
    from adapter.api.config import Config

    if study is not None:
        os.environ["CRFHIR_STUDY"] = study
    if database is not None:
        os.environ["CRFHIR_DATABASE"] = database
    if os.environ.get("PORT") == "0":
        os.environ["PORT"] = str(_any_port(os.environ.get("HOST", "")))
    return Config.from_environ(os.environ)


def _serve(config: Config, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    _free(config)
    _welcome(config)
    os.register_at_fork(after_in_child=_leave_ctrl_c)
    server = Granian(
        "adapter.cli.serve:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address=config.host,
        port=config.port,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
    )
    server.serve()
    typer.echo("Stopped.", err=True)


def worker() -> Flask:
    """Return the application, in a worker process."""
    from adapter.api.app import from_environ

    _leave_ctrl_c()
    return from_environ()


def _leave_ctrl_c() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the main one: it ends the workers, and a worker
    that is told twice hangs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _welcome(config: Config) -> None:
    """Open the study and its database once, so that what is wrong with them is told here, and say what to
    try."""
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


def _free(config: Config) -> None:
    """UsageError when the port is taken."""
    try:
        _bound(config.host, config.port).close()
    except OSError as reason:
        if reason.errno == errno.EADDRINUSE:
            raise UsageError(
                f"Port {config.port} of {config.host} is taken, perhaps by another crfhir: end it, "
                f"or choose another port: PORT={min(config.port + 1, 65535)} make demo (PORT=0: any)."
            ) from None
        raise UsageError(f"{config.host}:{config.port} cannot be listened on: {reason.strerror}.") from None


def _any_port(host: str) -> int:
    with _bound(host or "127.0.0.1", 0) as free:
        return int(free.getsockname()[1])


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
