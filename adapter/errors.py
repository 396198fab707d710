"""What stops us that is not a record's fault: a study package, the world, or the way we were called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CrfhirError(Exception):
    """The base of every error that is told to a person as it stands, without a traceback."""


class UsageError(CrfhirError):
    """The command or the call cannot be carried out as it was given; the text says what to do instead."""


class RecordError(CrfhirError):
    """A record that cannot be converted as it was given, with every issue (adapter.outcome.Issue) that was found."""

    def __init__(self, issues: Sequence[object]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(map(str, self.issues)))


class StoreError(CrfhirError):
    """The store could not do what was asked (full, locked, gone); nothing was changed."""


class UnknownOutcomeError(StoreError):
    """The database was lost while it committed: whether something was stored is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a study package: where it stands and why it is one."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}"


class DefinitionError(CrfhirError):
    """A study package that cannot be used, with every fault that was found, sorted by file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))
