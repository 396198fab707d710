"""What stands at a discriminator's path below an entry: names alone are followed without any machinery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import fields, is_type
from adapter.fhir.fhirpath import EvaluationError, compile_expression
from adapter.fhir.fhirpath.value import bare

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

Reader = Callable[[Any, "Scope"], list[Any]]
"""The values that stand at a discriminator's path below an entry."""

Signs = Callable[[list[Any]], list[Any]]
"""The part of each entry that tells its slice."""


def reader_of(path: str, type_name: str) -> Reader:
    """Return the reader of a path below entries of a type."""
    if path == "$this":
        return lambda entry, scope: [entry]
    if is_named(path, type_name):
        return _by_names(path.split("."))
    return _by_fhirpath(path, type_name)


def is_named(path: str, type_name: str) -> bool:
    """Tell whether a path is made of the names of elements alone, none of them a choice."""
    for name in path.split("."):
        field = fields(type_name).get(name) if is_type(type_name) else None
        if field is None or field.element != name or field.type in ("Resource", "DomainResource"):
            return False
        type_name = field.type
    return True


def is_local(path: str, type_name: str) -> bool:
    """Tell whether a path stays within the entry, so that equal entries have equal values there."""
    return path == "$this" or is_named(path, type_name)


def signs_at(paths: list[str]) -> Signs:
    """Return what gives the parts of entries within which all paths lie."""
    names = {path.partition(".")[0] for path in paths}
    if len(names) > 1 or names == {"$this"}:
        return lambda entries: entries
    (name,) = names
    return lambda entries: [entry.get(name) if type(entry) is dict else None for entry in entries]


def _by_names(names: list[str]) -> Reader:
    def read(entry: Any, scope: Scope) -> list[Any]:
        here = [entry]
        for name in names:
            below: list[Any] = []
            for each in here:
                value = each.get(name) if type(each) is dict else None
                if type(value) is list:
                    below += value
                elif value is not None:
                    below.append(value)
            here = below
        return here

    return read


def _by_fhirpath(path: str, type_name: str) -> Reader:
    expression = compile_expression(path, type_name)

    def read(entry: Any, scope: Scope) -> list[Any]:
        try:
            return [bare(each) for each in expression.evaluate(entry, scope.env)]
        except EvaluationError:
            return []

    return read
