"""The server process: it opens the study once, tells what is wrong with it, and forks granian's workers, which share
what it holds.

What must not be shared is let go of before: connections. Locks are free then, and threads but the one that waits for
the supervisor there are none.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from adapter.cli.supervisor import end_with_parent, end_without
from adapter.errors import CrfhirError

if TYPE_CHECKING:
    from flask import Flask

    from adapter.api.config import Config
    from adapter.api.service import Service

LARGEST_HEADERS = 64 * 1024
"""Octets of a request's first line and headers."""

ENDED = 75
"""The exit status of a server that served and ended: by a signal, or because its workers died in a row."""


_ready: Flask | None = None
"""The application that workers inherit; none in one that is spawned anew, on systems that do not fork."""


def run(workers: int) -> None:
    """Serve until SIGTERM. DefinitionError, StoreError or UsageError for what keeps it from serving."""
    gc.disable()  # all that is made from here on stays
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    from adapter.api.app import create_app
    from adapter.api.config import Config
    from adapter.api.crowd import OTHERS, READERS

    end_with_parent()
    _share_heap()
    config = Config.from_environ(os.environ)
    if config.tls_certificate is not None and config.tls_key is not None:
        from adapter.cli.tls import must_fit

        must_fit(config.tls_certificate, config.tls_key)
    app = create_app(config)
    _keep(app)
    _welcome(config, app)
    server = Granian(
        "adapter.cli.server:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address=config.host,
        port=config.port,
        workers=workers,
        # Slow clients hold a thread each: there are some that none of them can have.
        blocking_threads=config.pushes_at_once + OTHERS + READERS,
        # A connection that speaks no HTTP/1 is asked for nothing by granian, for as long as it likes.
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=config.arrival_seconds * 1000, max_buffer_size=LARGEST_HEADERS
        ),
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
        ssl_cert=_path(config.tls_certificate),
        ssl_key=_path(config.tls_key),
    )
    server.on_reload(_reload)
    with suppress(SystemExit):
        server.serve(target_loader=worker, wrap_loader=False)
    raise typer.Exit(ENDED)


def worker() -> Flask:
    """Return the application, in a worker process."""
    _leave_ctrl_c()
    server = multiprocessing.parent_process()
    if server is not None and server.pid is not None:
        end_without(server.pid)
    if _ready is not None:
        return _ready
    from adapter.api.app import from_environ

    return from_environ()


def _keep(app: Flask) -> None:
    """Keep the application for the workers that begin from now on, without a connection.

    It is put out of the garbage collector's sight, which would write to each object, and a page that is written to is
    shared no longer.
    """
    global _ready  # noqa: PLW0603 - what a forked process inherits
    app.extensions["crfhir"].store.close()
    gc.unfreeze()
    _ready = app
    gc.collect()
    gc.freeze()
    gc.enable()


def _reload() -> None:
    """Read study and settings anew, for SIGHUP; the workers go on with the old ones where something is wrong."""
    from adapter.api.app import from_environ

    try:
        _keep(from_environ())
    except CrfhirError as reason:
        typer.echo(f"Not read anew: {reason}", err=True)


def _share_heap() -> None:
    """Let all threads share one heap: glibc gives each its own, and what one gave back no other uses. Threads of Python
    hardly ever ask for memory at the same time. Some of it is kept, so that not every answer asks for pages anew."""
    import ctypes

    with suppress(OSError, AttributeError):  # another C library than glibc has no such settings
        for setting, value in _MALLOC.items():
            ctypes.CDLL(None).mallopt(setting, value)


_MALLOC = {-8: 1, -1: 4 * 1024 * 1024}
"""M_ARENA_MAX and M_TRIM_THRESHOLD of malloc.h."""


def _path(name: str | None) -> Path | None:
    return Path(name) if name is not None else None


def _leave_ctrl_c() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the supervisor: a worker that is told twice hangs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _welcome(config: Config, app: Flask) -> None:
    """Say what is served, and what to try: beside the start, for which nobody needs to wait."""
    here = app.extensions["crfhir"]
    typer.echo(f"\nServing {here.desk.study.id} at {config.base_url} (Ctrl-C ends it)")
    if not config.open_demo:
        typer.echo("Closed: there are no logins yet. For sample data without one: make demo.")
    elif "fork" in multiprocessing.get_all_start_methods():
        sys.stdout.flush()
        multiprocessing.get_context("fork").Process(target=_try, args=(here,), daemon=True).start()
    else:
        _try(here)


def _try(here: Service) -> None:
    """Print what to try, with what is stored."""
    from adapter.api.examples import examples

    for example in examples(here):
        typer.echo(f"\n# {example.title}")
        typer.echo("\n".join(example.lines))
    typer.echo(f"\n# Everything else: {here.config.base_url}/\n")
