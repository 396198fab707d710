"""What stands at a discriminator's path below an entry: names alone are followed without any machinery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import fields, is_type
from adapter.fhir.fhirpath import EvaluationError, compile_expression
from adapter.fhir.fhirpath.value import bare
from adapter.validation.memory import KEYS, UNKEYED

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

Reader = Callable[[Any, "Scope"], list[Any]]
"""The values that stand at a discriminator's path below an entry."""

Signs = Callable[[Any, "Scope"], Any]
"""All that tells the slice of an entry, as something that can be looked up."""


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


def signs_at(paths: list[str], type_name: str) -> Signs:
    """Return what reads the values at all paths; where they lead into one CodeableConcept, that is read at once."""
    if type_name == "CodeableConcept":
        return lambda entry, scope: _told(entry)
    name = paths[0].partition(".")[0]
    field = fields(type_name).get(name) if is_type(type_name) else None
    together = all(path.partition(".")[0] == name for path in paths)
    if together and field is not None and field.type == "CodeableConcept" and not field.many:
        return lambda entry, scope: _told(entry.get(name) if type(entry) is dict else None)
    readers = [reader_of(path, type_name) for path in paths]
    return lambda entry, scope: tuple([frozen(value) for read in readers for value in (*read(entry, scope), None)])


def _told(concept: Any) -> Any:
    try:
        return KEYS["CodeableConcept"](concept)
    except UNKEYED:
        return frozen(concept)


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


def frozen(value: Any) -> Any:
    """Return what a value says as something that can be looked up; numbers apart from truth values, digits kept."""
    if value is None or type(value) is str:
        return value
    if type(value) is dict:
        return tuple([(key, frozen(below)) for key, below in value.items()])
    if type(value) is list:
        return ("[]", *map(frozen, value))
    return (type(value).__name__, str(value))
