"""Is a code in? Three answers: True, False, and None where only a terminology server could tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

Codes = Mapping[str, frozenset[str]]  # code system url -> codes


class Membership(Protocol):
    """The codes of a value set, listed or described."""

    def member(self, system: str | None, code: str) -> bool | None:
        """Tell whether a code is in; a system of None means that of the value set, as for a plain `code`."""

    def systems(self) -> Codes | None:
        """Return every code by its system, or None where they cannot be enumerated."""

    def why(self, system: str | None = None) -> str | None:
        """Return why it cannot always be told whether a code (of a system) is in; None: it can."""


def any_of(verdicts: Iterable[bool | None]) -> bool | None:
    """Return True when one is, False when all are False, else None."""
    unsure = False
    for verdict in verdicts:
        if verdict:
            return True
        unsure = unsure or verdict is None
    return None if unsure else False


def all_of(verdicts: Iterable[bool | None]) -> bool | None:
    """Return False when one is, True when all are True, else None."""
    unsure = False
    for verdict in verdicts:
        if verdict is False:
            return False
        unsure = unsure or verdict is None
    return None if unsure else True


class Listed:
    """A value set whose codes are all here. `is_sensitive` tells whether case matters in a system."""

    def __init__(self, systems: Codes, is_sensitive: Callable[[str], bool]) -> None:
        self._systems = systems if isinstance(systems, MappingProxyType) else MappingProxyType(dict(systems))
        self._is_sensitive = is_sensitive
        self._folded: dict[str, frozenset[str]] = {}

    def member(self, system: str | None, code: str) -> bool:
        """Tell whether a code is in, whatever its case where its system says nothing about case."""
        if system is None:
            return any(self._has(each, code) for each in self._systems)
        return system in self._systems and self._has(system, code)

    def _has(self, system: str, code: str) -> bool:
        return code in self._systems[system] or (
            not self._is_sensitive(system) and code.casefold() in self._without_case(system)
        )

    def _without_case(self, system: str) -> frozenset[str]:
        if system not in self._folded:
            self._folded[system] = frozenset(code.casefold() for code in self._systems[system])
        return self._folded[system]

    def systems(self) -> Codes:
        """Return every code by its system."""
        return self._systems

    def why(self, system: str | None = None) -> None:
        """Return None: every code can be told."""


class Untold:
    """A value set of which nothing can be told, for a reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def member(self, system: str | None, code: str) -> None:
        """Return None."""

    def systems(self) -> None:
        """Return None."""

    def why(self, system: str | None = None) -> str:  # noqa: ARG002
        """Return the reason."""
        return self._reason
