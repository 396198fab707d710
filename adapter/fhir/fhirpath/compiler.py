"""Syntax tree → code: what each kind of node becomes, given what is known of its focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.fhir.fhirpath import model, operators, types
from adapter.fhir.fhirpath.code import Code, Env, constant, nothing, of_items, of_one, value_of
from adapter.fhir.fhirpath.fault import EvaluationError, FhirPathError
from adapter.fhir.fhirpath.focus import Focus, called
from adapter.fhir.fhirpath.path import step_of, this
from adapter.fhir.fhirpath.tree import (
    Call,
    Child,
    External,
    Index,
    Literal,
    Node,
    Operation,
    Sign,
    TypeTest,
    Variable,
)

_SYSTEMS = {"ucum": "unitsofmeasure.org", "sct": "snomed.info/sct", "loinc": "loinc.org"}
_FAMILIES = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}


def compile_node(node: Node, focus: Focus) -> Code:
    """Return the code of a tree. Raises FhirPathError for what no evaluation could mend."""
    return _COMPILERS[node.__class__](node, focus)


def _literal(node: Literal, _focus: Focus) -> Code:
    return nothing() if node.type is None else constant(node.value, node.type)


def _variable(node: Variable, focus: Focus) -> Code:
    if node.name == "$this":
        return this(focus)
    if node.name == "$index":
        return of_one(lambda _this, env: env.index, "System.Integer")
    return of_items(lambda _this, env: () if env.total is None else env.total, focus.total)


def _external(node: External, focus: Focus) -> Code:
    name = node.name
    if name == "resource":
        return of_one(_resource, focus.resource)
    if name == "rootResource":
        return of_one(_root, "Resource")
    if name == "context":
        return of_one(_context, focus.root)
    if name == "extension":
        return of_one(_extension, "Extension")
    if name in _SYSTEMS:
        return constant(f"http://{_SYSTEMS[name]}", "System.String")
    for beginning, base in _FAMILIES.items():
        if name.startswith(beginning):
            return constant(base + name.removeprefix(beginning), "System.String")
    raise FhirPathError(f"there is no %{name}", node.position)


def _resource(_this: Any, env: Env) -> Any:
    return env.resource


def _root(_this: Any, env: Env) -> Any:
    return env.resource if env.root is None else env.root


def _context(_this: Any, env: Env) -> Any:
    return env.context


def _extension(_this: Any, env: Env) -> Any:
    if env.extension is None:
        raise EvaluationError("%extension is known to the invariants of an extension's context alone")
    return env.extension


def _child(node: Child, focus: Focus) -> Code:
    if node.target is not None:
        return step_of(focus.code(node.target), node.name)
    own = this(focus)
    if node.name[:1].isupper() and model.is_type(node.name):
        return types.narrowed(own, node.name)  # a path that begins with the type of its focus
    return step_of(own, node.name)


def _call(node: Call, focus: Focus) -> Code:
    target = this(focus) if node.target is None else focus.code(node.target)
    return called(target, node, focus)


def _index(node: Index, focus: Focus) -> Code:
    target, wanted = focus.code(node.target), value_of(focus.code(node.index))
    items = target.items

    def one(this: Any, env: Env) -> Any:
        place = wanted(this, env)
        if place is None:
            return None
        if not isinstance(place, int) or isinstance(place, bool):
            raise EvaluationError("an index is an Integer")
        found = items(this, env)
        return found[place] if 0 <= place < len(found) else None

    return of_one(one, target.type)


def _sign(node: Sign, focus: Focus) -> Code:
    operand = focus.code(node.operand)
    return operators.negative(operand) if node.operator == "-" else operators.positive(operand)


def _operation(node: Operation, focus: Focus) -> Code:
    return operators.infix(node.operator, [focus.code(operand) for operand in node.operands])


def _type_test(node: TypeTest, focus: Focus) -> Code:
    wanted = model.resolved(node.type, node.position)
    operand = focus.code(node.operand)
    return types.tested(operand, wanted) if node.operator == "is" else types.cast(operand, wanted)


_COMPILERS: dict[type, Callable[[Any, Focus], Code]] = {
    Literal: _literal,
    Variable: _variable,
    External: _external,
    Child: _child,
    Call: _call,
    Index: _index,
    Sign: _sign,
    Operation: _operation,
    TypeTest: _type_test,
}
