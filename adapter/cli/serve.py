"""`crfhir serve`, `crfhir load` and `crfhir demo`: the running service, its data, and both at once."""

from __future__ import annotations

import errno
import os
import re
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapter.cli.opened import ConfigFile, Database, Study, given
from adapter.errors import UsageError

if TYPE_CHECKING:
    from adapter.api.config import Config

BIND, DEMO = "--bind :{}", "PORT={} make demo"
"""How another port is chosen."""

Workers = Annotated[int | None, typer.Option(min=1, max=64, help="Worker processes (CRFHIR_WORKERS), by default 2.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("serve")(serve)
    app.command("load")(load)
    app.command("demo")(demo)
    app.command("_server", hidden=True)(server)


def serve(
    study: Study = None,
    database: Database = None,
    workers: Workers = None,
    bind: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where to listen (HOST, PORT), by default 127.0.0.1:8000.")
    ] = None,
    config: ConfigFile = None,
    tls_certificate: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The certificate and its chain, PEM (CRFHIR_TLS_CERTIFICATE)."),
    ] = None,
    tls_key: Annotated[
        str | None, typer.Option(metavar="FILE", help="Its key, PEM in PKCS#8 (CRFHIR_TLS_KEY).")
    ] = None,
) -> None:
    """Serve one study at HOST and PORT (127.0.0.1:8000): FHIR at /fhir, CRF records at /crf.

    CRFHIR_OPEN_DEMO=1 answers without a login, on loopback only; any other start refuses all data. A worker that
    dies is started again. Ctrl-C or SIGTERM ends it when what is being answered is done.
    """
    _put("CRFHIR_TLS_CERTIFICATE", tls_certificate)
    _put("CRFHIR_TLS_KEY", tls_key)
    _listen(bind)
    _serve(_settled(study, database, config, "json"), workers, BIND)


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
    sender: Annotated[
        str, typer.Option(metavar="NAME", help="Whose files these are: 03/epic is a system of site 03.")
    ] = "crfhir load",
    config: ConfigFile = None,
) -> None:
    """Load CRF records and FHIR resources into the database, all that is good in one transaction.

    The same files again change nothing. Exit status 1: something was refused, and is told; the rest is stored.
    """
    from adapter.cli.load import load_files

    load_files(_settled(study, database, config), inputs, site, form, encoding, sender)


def demo(
    folder: Annotated[str, typer.Option("--folder", metavar="DIR", help="Where sample and database live.")] = "demo",
    study: Study = None,
    subjects: Annotated[int, typer.Option(min=1, help="How many subjects the sample has.")] = 124,
    workers: Workers = None,
) -> None:
    """Make a sample, load it, serve it openly on loopback and print what to try; a second time it finds its
    data."""
    from adapter.cli.key import demo_key
    from adapter.cli.load import load_files, make_sample

    os.environ["CRFHIR_OPEN_DEMO"] = "1"
    demo_key(Path(folder))
    database = os.environ.get("CRFHIR_DATABASE") or f"sqlite:///{Path(folder) / 'crfhir.db'}"
    config = _settled(study, database, log="off")
    _free(config, DEMO)
    sample = Path(folder) / "sample"
    make_sample(config, sample, subjects)
    load_files(config, [str(sample / "crf")])
    _serve(config, workers, DEMO)


def server(workers: Annotated[int, typer.Option(min=1)]) -> None:
    """Serve as the environment says: what `crfhir serve` keeps running."""
    from adapter.cli.server import run

    run(workers)


def _settled(study: str | None, database: str | None, config: str | None = None, log: str | None = None) -> Config:
    """The configuration, put into the environment as well, where the workers read it; `log` where it says nothing of
    logs."""
    from adapter.api.config import Config

    os.environ.update(given(study, database, config))
    said = Config.from_environ(os.environ)
    if not said.port:
        os.environ["PORT"] = str(_any_port(said.host))
    if said.log is None and log is not None:
        os.environ["CRFHIR_LOG"] = log
    return Config.from_environ(os.environ)


def _serve(config: Config, workers: int | None, otherwise: str) -> None:
    """Run the server until a signal ends it. UsageError when the port is taken; `otherwise` names another."""
    from adapter.cli.forked import of_fork
    from adapter.cli.supervisor import Supervisor, of_command

    workers = workers if workers is not None else config.workers
    _free(config, otherwise)
    _warn(config)
    with tempfile.TemporaryDirectory(prefix="crfhir-metrics-") as metrics:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        words = ("_server", "--workers", str(workers))
        start = of_fork(lambda: _status(workers)) if hasattr(os, "fork") else of_command(words)
        status = Supervisor(start).run()
    if status:
        raise typer.Exit(status)
    typer.echo("Stopped.", err=True)


def _status(workers: int) -> int:
    """Run the server; return its exit status, a fault told."""
    from adapter.cli.app import told

    try:
        server(workers)
    except typer.Exit as ended:
        return ended.exit_code
    except BaseException as error:
        return told(error)
    return 0


def _warn(config: Config) -> None:
    """Say what will be missed, or is not as it should be, and does not keep the service from serving."""
    from adapter.config import secret_key
    from adapter.store.database_file import open_to_others
    from adapter.store.dialect import sqlite_file

    if secret_key(file=config.key_file) is None:
        typer.echo(
            "There is no key (CRFHIR_KEY_FILE): checkpoints are not signed, and hospitals' patients cannot be linked.",
            err=True,
        )
    file = sqlite_file(config.database)
    if file is not None and open_to_others(file):
        typer.echo(f"Every user of this machine may read {file}: chmod o-rwx {file} {file}-*", err=True)


def _put(variable: str, given: str | None) -> None:
    if given is not None:
        os.environ[variable] = given


def _listen(bind: str | None) -> None:
    """HOST and PORT of `127.0.0.1:8000`, `[::1]:8000`, `:8000` or `127.0.0.1`. UsageError for anything else."""
    if bind is None:
        return
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]]*))(?::([0-9]{1,5}))?", bind)
    if found is None or not bind:
        raise UsageError(f"--bind is HOST:PORT, as 127.0.0.1:8000 or [::1]:8000, not {bind!r}.")
    _put("HOST", found[1] or found[2] or None)
    _put("PORT", found[3])


def _free(config: Config, otherwise: str) -> None:
    """UsageError when the port is taken; `otherwise` says how to take another, with its number as `{}`."""
    try:
        _bound(config.host, config.port).close()
    except OSError as reason:
        if reason.errno == errno.EADDRINUSE:
            another = otherwise.format(min(config.port + 1, 65535))
            raise UsageError(
                f"Port {config.port} of {config.host} is taken, perhaps by another crfhir: end it, "
                f"or choose another port: {another} (0: any)."
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
