"""The verbs of `crfhir`, and how it ends: one message and an exit status, never a traceback for what a person
did."""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from adapter import __version__
from adapter.errors import CrfhirError, UsageError

app = typer.Typer(
    name="crfhir",
    help="CRF records of a clinical trial to FHIR R4 and back, from one mapping file.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


_INTERRUPTED = 130

_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""Why a stream takes no more; of a file that has a name, its error says which."""

_WRONG_CALL = typer.BadParameter.__mro__[2]
"""ClickException, of the click that this typer uses: some versions carry their own."""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"crfhir {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """CRF records of a clinical trial to FHIR R4 and back, from one mapping file."""


def _register() -> None:
    if app.registered_commands:  # a second run in one process
        return
    from adapter.cli import convert, db, quarantine, sample, serve, study, subject, validate

    convert.register(app)
    validate.register(app)
    sample.register(app)
    study.register(app)
    serve.register(app)
    db.register(app)
    subject.register(app)
    quarantine.register(app)


def run() -> NoReturn:
    """Run the command line and exit."""
    signal.signal(signal.SIGTERM, _ended)
    if sys.stdout is None:  # closed by the caller, who wants the exit status alone
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the command lasts
    _register()
    try:
        status = app(standalone_mode=False)
        if status == _INTERRUPTED:  # typer's way to tell of a Ctrl-C
            raise KeyboardInterrupt
    except BaseException as error:
        raise SystemExit(told(error)) from None
    sys.exit(status if isinstance(status, int) else 0)


def told(error: BaseException) -> int:
    """Tell a person what stopped the command, where that is not a fault of ours; return the exit status."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        _say("Interrupted: nothing was written.")
        return _INTERRUPTED
    if isinstance(error, _WRONG_CALL):
        return _wrong_call(error)
    if isinstance(error, BrokenPipeError):
        _close_quietly()
        return 1
    if isinstance(error, CrfhirError):
        _say(str(error))
        return 2 if isinstance(error, UsageError) else 1
    if isinstance(error, OSError) and error.errno in _CANNOT_WRITE and error.filename is None:
        _say(f"Standard output cannot be written: {error.strerror}.")
        _close_quietly()
        return 2
    raise error


def _wrong_call(error: Any) -> int:
    error.show()
    return int(error.exit_code)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _close_quietly() -> None:
    """Point standard output to nothing, so that Python's own flush at exit does not complain of a closed
    pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _ended(signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signum)
