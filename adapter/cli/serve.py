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

from adapter.errors import UsageError

if TYPE_CHECKING:
    from adapter.api.config import Config

WORKERS = 2

Study = Annotated[str | None, typer.Option(metavar="DIR", help="The study package (CRFHIR_STUDY).")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The database (CRFHIR_DATABASE), by default sqlite:///crfhir.db."),
]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("serve")(serve)
    app.command("load")(load)
    app.command("demo")(demo)
    app.command("_server", hidden=True)(server)


def serve(
    study: Study = None,
    database: Database = None,
    workers: Workers = WORKERS,
    bind: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where to listen (HOST, PORT), by default 127.0.0.1:8000.")
    ] = None,
    config: Annotated[str | None, typer.Option(metavar="FILE", help="Settings as TOML (CRFHIR_CONFIG).")] = None,
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
    _put("CRFHIR_CONFIG", config)
    _put("CRFHIR_TLS_CERTIFICATE", tls_certificate)
    _put("CRFHIR_TLS_KEY", tls_key)
    _listen(bind)
    os.environ.setdefault("CRFHIR_LOG", "json")
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
    workers: Workers = WORKERS,
) -> None:
    """Make a sample, load it, serve it openly on loopback and print what to try; a second time it finds its
    data."""
    from adapter.cli.key import demo_key
    from adapter.cli.load import load_files, make_sample

    os.environ["CRFHIR_OPEN_DEMO"] = "1"
    demo_key(Path(folder))
    os.environ.setdefault("CRFHIR_LOG", "off")
    database = os.environ.get("CRFHIR_DATABASE") or f"sqlite:///{Path(folder) / 'crfhir.db'}"
    config = _settled(study, database)
    _free(config)
    sample = Path(folder) / "sample"
    make_sample(config, sample, subjects)
    load_files(config, [str(sample / "crf")])
    _serve(config, workers)


def server(workers: Workers = WORKERS) -> None:
    """Serve as the environment says: what `crfhir serve` keeps running."""
    from adapter.cli.server import run

    run(workers)


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
    """Run the server until a signal ends it. UsageError when the port is taken."""
    from adapter.cli.supervisor import Supervisor, of_command

    _free(config)
    with tempfile.TemporaryDirectory(prefix="crfhir-metrics-") as metrics:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        status = Supervisor(of_command(("_server", "--workers", str(workers)))).run()
    if status:
        raise typer.Exit(status)
    typer.echo("Stopped.", err=True)


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
