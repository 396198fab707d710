"""The command `crfhir`. Each verb has a module here; `app.py` is where they register. Heavy imports wait for
the verb."""

from __future__ import annotations


def main() -> None:
    """Run the command; exits with 0, with 1 when something was refused or failed, with 2 for a wrong call."""
    from adapter.cli.app import run

    run()


__all__ = ["main"]
