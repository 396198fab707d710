"""What stands at a discriminator's path below an entry: names alone are followed without any machinery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import fields, is_type
from adapter.fhir.fhirpath import EvaluationError, compile_expression
from adapter.fhir.fhirpath.value import bare
from adapter.validation.memory import KEYS, UNKEYED, is_text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

Reader = Callable[[Any, "Scope"], list[Any]]
"""The values that stand at a discriminator's path below an entry."""


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


def concept_reader(paths: list[str], type_name: str) -> list[Reader] | None:
    """Return the reader of one CodeableConcept, where all paths lead into it: it is told at once, not path by path."""
    if type_name == "CodeableConcept":
        return [lambda entry, scope: [_told(entry)]]
    first = {path.partition(".")[0] for path in paths}
    name = first.pop()
    field = fields(type_name).get(name) if is_type(type_name) else None
    if first or field is None or field.type != "CodeableConcept" or field.many:
        return None
    return [lambda entry, scope: [_told(entry.get(name) if type(entry) is dict else None)]]


def _told(concept: Any) -> Any:
    try:
        return KEYS["CodeableConcept"](concept)
    except UNKEYED:
        return concept


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
    if type(value) is str or (type(value) is tuple and is_text(value)):
        return value
    if type(value) is dict:
        return tuple([(key, frozen(below)) for key, below in value.items()])
    if type(value) is list:
        return ("[]", *map(frozen, value))
    return (type(value), str(value))
