"""What every test stands on: no setting of the shell that runs it, and laws that heed no clock."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from hypothesis import settings

from tests.databases import blank, database, postgresql, sqlite_template

__all__ = ["blank", "database", "postgresql", "sqlite_template"]

SETTINGS = (
    "CRFHIR_BASE_URL",
    "CRFHIR_CONFIG",
    "CRFHIR_DATABASE",
    "CRFHIR_KEY",
    "CRFHIR_KEY_FILE",
    "CRFHIR_LOG",
    "CRFHIR_OPEN_DEMO",
    "CRFHIR_STUDY",
    "CRFHIR_WORKERS",
    "HOST",
    "PORT",
)
"""What the command and the service read from the environment."""

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of the shell, in each process of the run."""
    for name in SETTINGS:
        os.environ.pop(name, None)
    # A shell starts what runs behind it with Ctrl-C ignored, and every process that it starts inherits that.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
