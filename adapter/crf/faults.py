"""The faults of a study package, gathered while it is read, so that all are told at once."""

from __future__ import annotations

from typing import Any

from adapter.crf.strict_yaml import Key, Map, Seq
from adapter.errors import DefinitionError, Fault


class Faults:
    """A list of faults that grows; the readers of a package go on after each.

    `unread` are the parts of the package (forms, codelists, names.yaml) of which something could not be read: what
    is missing there is no fault of those who name it.
    """

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.unread: set[str] = set()

    def add(self, file: str, line: int, why: str) -> None:
        """Note a fault at a line of a file."""
        self.found.append(Fault(file, line, why))

    def at(self, where: Map | Seq, key: Any, why: str) -> None:
        """Note a fault at a key of a mapping or an entry of a list; None stands for the whole."""
        line = where.line if key is None else where.line_of(key)
        self.found.append(Fault(where.file, line, why))

    def take(self, error: DefinitionError) -> None:
        """Take over the faults of a file that could not be read."""
        self.found.extend(error.faults)

    def without_consequences(self) -> list[Fault]:
        """Return what was found, less the names that are unknown because what they name could not be read."""
        empty = tuple(begin for part, begin in _MISSED.items() if part in self.unread)
        return [fault for fault in self.found if not any(begin in fault.why for begin in empty)]

    def done(self) -> None:
        """Raise DefinitionError with all faults, if there is one."""
        if self.found:
            raise DefinitionError(self.found)


_MISSED = {"forms": "unknown form ", "codelists": "unknown codelist ", "names.yaml": "unknown name "}
"""Part of a package -> how a fault begins that names what is not there."""


def word(key: Key) -> str:
    """Return a key as it is written in YAML."""
    return "~" if key is None else str(key).lower() if isinstance(key, bool) else key


def text(value: Any) -> str | None:
    """Return a YAML scalar as text, a whole number as its digits; None for what is no scalar or nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else None


def mapping(value: Any, where: Map | Seq, key: Any, what: str, faults: Faults) -> Map | None:
    """Return `value` if it is a mapping; else note that `what` should be one. Nothing at all is None."""
    if isinstance(value, Map):
        return value
    if value is not None:
        faults.at(where, key, f"{what} is a mapping, not {spell(value)}")
    return None


def entries(value: Any, where: Map | Seq, key: Any, what: str, faults: Faults) -> Map:
    """Return `value` if it is a mapping, else an empty one, so that the reader need not ask."""
    found = mapping(value, where, key, what, faults)
    return Map(where.file, where.line) if found is None else found


def spell(value: Any) -> str:
    """Return a value in the words of a fault: a list, a mapping, or the scalar itself."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "nothing" if value is None else repr(text(value))
