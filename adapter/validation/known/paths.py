"""The names in a FHIRPath expression that no element bears, as far as plain paths tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.fhir.definitions import fields, is_resource, is_type
from adapter.fhir.fhirpath import compile_expression
from adapter.fhir.fhirpath.parser import parse
from adapter.fhir.fhirpath.tree import Call, Child, Index, Node, Operation, Sign, TypeTest

SAME = frozenset({"where", "first", "last", "tail", "skip", "take", "single", "distinct", "trace"})
"""Functions that give what they were given, or some of it."""

ANYTHING = frozenset({"Resource", "DomainResource"})


def unknown_names(text: str, bases: Sequence[str]) -> list[str]:
    """Return the paths of which resources of these types have nothing: `Patient.foo`. Raises FhirPathError.

    Names after a choice, a reference or a function that may give anything are let pass.
    """
    for base in bases[:1]:
        compile_expression(text, base if is_resource(base) else "Resource")
    return list(dict.fromkeys(_unknown(parse(text), bases)))


def _unknown(node: Node | None, bases: Sequence[str]) -> Iterator[str]:
    found = _typed(node, bases) if isinstance(node, Child) else None
    if isinstance(node, Child) and found == ():
        yield _written(node)
    elif found is None:
        for below in _within(node):
            yield from _unknown(below, bases)


def _within(node: Node | None) -> Sequence[Node | None]:
    """Return what a node is made of, less the arguments of functions: those speak of other types."""
    if isinstance(node, Operation):
        return node.operands
    if isinstance(node, Sign | TypeTest):
        return (node.operand,)
    return (node.target,) if isinstance(node, Index | Call | Child) else ()


def _typed(node: Node | None, bases: Sequence[str]) -> tuple[str, ...] | None:
    """Return the types that a path may lead to: None where that is not clear, () where it leads nowhere."""
    if isinstance(node, Child) and node.target is None:
        return _first(node.name, bases)
    if isinstance(node, Child):
        types = _typed(node.target, bases)
        return None if not types else _below(types, node.name)
    if isinstance(node, Call) and node.name in SAME:
        return _typed(node.target, bases)
    if isinstance(node, Index):
        return _typed(node.target, bases)
    return None


def _first(name: str, bases: Sequence[str]) -> tuple[str, ...] | None:
    if name[:1].isupper() and is_type(name):
        return (name,) if name in bases or name in ANYTHING or not is_resource(name) else ()
    return _below(tuple(bases), name)


def _below(types: tuple[str, ...], name: str) -> tuple[str, ...] | None:
    found: list[str] = []
    for type_name in types:
        if type_name in ANYTHING or not is_type(type_name):
            return None
        own = fields(type_name)
        if f"{name}[x]" in {field.element for field in own.values()}:
            return None
        if name in own:
            found.append(own[name].type)
    return tuple(dict.fromkeys(found))


def _written(node: Node | None) -> str:
    if isinstance(node, Child):
        return node.name if node.target is None else f"{_written(node.target)}.{node.name}"
    return "…"
