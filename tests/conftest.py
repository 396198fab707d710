"""What every test stands on: no setting of the shell that runs it, and laws that heed no clock."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

SETTINGS = ("HOST", "PORT")
"""What the command and the service read from the environment, besides CRFHIR_…."""

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of the shell, in each process of the run."""
    for name in [name for name in os.environ if name.startswith("CRFHIR_") or name in SETTINGS]:
        del os.environ[name]
