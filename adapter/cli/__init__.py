"""The command `crfhir`. Each verb has a module here; `app.py` is where they register. Heavy imports wait for
the verb."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; exits with 0, with 1 when something was refused or failed, with 2 for a wrong call."""
    try:
        from adapter.cli.app import run

        run()
    except KeyboardInterrupt:  # while it was being loaded: nothing was begun
        sys.exit(130)


__all__ = ["main"]
