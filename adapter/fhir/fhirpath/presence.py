"""What the keys of an object alone decide: an expression's verdict without looking at any value.

An abstract interpretation. Of each part is known how many items it may give, which verdicts it may have as a
criterion, and whether evaluating it may fail. What is not known is any of them; so what comes out as the only
verdict is certain, and the validator leaves such invariants out for objects of that shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapter.fhir.fhirpath import model
from adapter.fhir.fhirpath.guess import (
    ANY,
    CERTAIN,
    EITHER,
    FAILS,
    LOGIC,
    MANY,
    NOTHING,
    UNKNOWN,
    Guess,
    Verdicts,
    of_two,
    some,
    verdict,
)
from adapter.fhir.fhirpath.tree import Call, Child, Index, Literal, Node, Operation, TypeTest, Variable


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shape:
    """An object of which the type and the keys are known."""

    type: str
    keys: frozenset[str]


def verdicts(node: Node, type_name: str, keys: frozenset[str]) -> Verdicts:
    """Return every verdict that an expression may have of an object of a type with these keys."""
    return guess(node, Shape(type_name, keys)).verdicts


def guess(node: Node, shape: Shape) -> Guess:
    """Return what is known of a part of an expression on the object itself."""
    found = _GUESSES.get(node.__class__)
    return UNKNOWN if found is None else found(node, shape)


def _literal(node: Literal, _shape: Shape) -> Guess:
    if node.type is None:
        return NOTHING
    if isinstance(node.value, bool):
        return verdict({node.value})
    number = (node.value, node.value) if node.type == "System.Integer" else None
    return Guess(1, 1, CERTAIN, number=number, sure=True)


def _variable(node: Variable, _shape: Shape) -> Guess:
    if node.name != "$this":
        return UNKNOWN
    return Guess(1, 1, CERTAIN, sure=True, focus=True)


_FOCUS = Guess(1, 1, CERTAIN, sure=True, focus=True)


def _child(node: Child, shape: Shape) -> Guess:
    target = _FOCUS if node.target is None else guess(node.target, shape)
    if node.target is None and node.name[:1].isupper() and model.is_type(node.name):
        return _as_type(node.name, shape)
    if target.focus:
        return _element(node.name, shape)
    return NOTHING if target.most == 0 else Guess(0, MANY, ANY, sure=target.sure)


def _as_type(name: str, shape: Shape) -> Guess:
    """Return the focus where a path begins with its type."""
    if model.is_kind_of(shape.type, name):
        return _FOCUS
    return UNKNOWN if shape.type in model.ABSTRACT or shape.type in model.UNTYPED else NOTHING


def _element(name: str, shape: Shape) -> Guess:
    """Return an element of the focus, by the keys that are there."""
    if shape.type in model.UNTYPED:
        there = any(key.lstrip("_") == name or key.lstrip("_").startswith(name) for key in shape.keys)
        exact = name in shape.keys or f"_{name}" in shape.keys
        return some(int(exact), MANY) if there else NOTHING
    step = model.step(shape.type, name)
    if step is None:
        return UNKNOWN if shape.type in model.ABSTRACT else NOTHING
    return _stepped(step, shape)


def _stepped(step: model.Step, shape: Shape) -> Guess:
    if step.keys.isdisjoint(shape.keys):
        return NOTHING
    found = some(1, MANY if step.many else 1)
    return Guess(found.least, found.most, found.verdicts, sure=True, step=step)


def _call(node: Call, shape: Shape) -> Guess:
    target = _FOCUS if node.target is None else guess(node.target, shape)
    known = _CALLS.get(node.name)
    if known is not None:
        return known(node, target, shape)
    return NOTHING if target.most == 0 and node.name in _KEEP_NOTHING else UNKNOWN


_KEEP_NOTHING = frozenset(
    {
        "where",
        "select",
        "repeat",
        "ofType",
        "first",
        "last",
        "tail",
        "single",
        "distinct",
        "children",
        "descendants",
        "resolve",
        "getValue",
        "extension",
        "substring",
        "startsWith",
        "endsWith",
        "contains",
        "matches",
        "matchesFull",
        "indexOf",
        "length",
        "upper",
        "lower",
        "trim",
        "replace",
        "replaceMatches",
        "toInteger",
        "toDecimal",
        "toString",
        "toBoolean",
        "toQuantity",
        "toDate",
        "toDateTime",
        "toTime",
        "abs",
        "ceiling",
        "floor",
        "round",
        "truncate",
        "memberOf",
        "conformsTo",
        "htmlChecks",
        "as",
        "is",
    }
)
"""Functions that give nothing when called on nothing, without looking at their arguments."""


def _empty(_node: Call, target: Guess, _shape: Shape) -> Guess:
    return verdict(_of_number(target, lambda count: count == 0))


def _of_number(target: Guess, judge: Callable[[int], bool]) -> Verdicts:
    """Return a verdict about how many items there are: the least and the most decide."""
    return frozenset({judge(target.least), judge(min(target.most, 2))} | (set() if target.sure else {FAILS}))


def _exists(node: Call, target: Guess, _shape: Shape) -> Guess:
    if node.arguments:
        return verdict({False} if target.most == 0 else {True, False, FAILS})
    return verdict(_of_number(target, lambda count: count > 0))


def _all(_node: Call, target: Guess, _shape: Shape) -> Guess:
    return verdict({True} if target.most == 0 else {True, False, FAILS})


def _is_distinct(_node: Call, target: Guess, _shape: Shape) -> Guess:
    return verdict({True} if target.most < 2 and target.sure else {True, False, FAILS})


def _not(_node: Call, target: Guess, _shape: Shape) -> Guess:
    return verdict(not each if each in EITHER else each for each in target.verdicts)


def _count(_node: Call, target: Guess, _shape: Shape) -> Guess:
    possible = CERTAIN if target.sure else CERTAIN | {FAILS}
    return Guess(1, 1, possible, number=(target.least, target.most), sure=target.sure)


def _has_value(_node: Call, target: Guess, shape: Shape) -> Guess:
    """An object has no value of its own (a primitive with a twin may); what an element has must be looked at."""
    an_object = target.focus and not model.is_primitive(shape.type)
    possible = {False} if an_object or target.most == 0 else {True, False}
    return verdict(possible | (set() if target.sure else {FAILS}))


def _same(_node: Call, target: Guess, _shape: Shape) -> Guess:
    return target


def _where(_node: Call, target: Guess, _shape: Shape) -> Guess:
    return NOTHING if target.most == 0 else Guess(0, target.most, ANY)


def _children(_node: Call, target: Guess, shape: Shape) -> Guess:
    if not target.focus:
        return NOTHING if target.most == 0 else UNKNOWN
    return Guess(_elements(shape), MANY, ANY, sure=True)


def _elements(shape: Shape) -> int:
    """Return how many elements are there at least: a key and its twin are one."""
    if shape.type in model.UNTYPED or shape.type in model.ABSTRACT:
        return len({key.lstrip("_") for key in shape.keys} - {"resourceType"})
    known = model.by_key(shape.type)
    return len({known[key][0].key for key in shape.keys if key in known})


def _iif(node: Call, target: Guess, shape: Shape) -> Guess:
    if node.target is not None and not target.focus:
        return UNKNOWN
    condition, then, *otherwise = [guess(argument, shape) for argument in node.arguments]
    if condition.verdicts == CERTAIN:
        return then
    if condition.verdicts <= {False, None}:
        return otherwise[0] if otherwise else NOTHING
    return UNKNOWN


_CALLS: dict[str, Callable[[Call, Guess, Shape], Guess]] = {
    "empty": _empty,
    "exists": _exists,
    "all": _all,
    "isDistinct": _is_distinct,
    "not": _not,
    "count": _count,
    "hasValue": _has_value,
    "trace": _same,
    "where": _where,
    "children": _children,
    "descendants": _children,
    "iif": _iif,
}


def _index(node: Index, shape: Shape) -> Guess:
    whole = isinstance(node.index, Literal) and node.index.type == "System.Integer"
    return NOTHING if whole and guess(node.target, shape).most == 0 else UNKNOWN


def _type_test(node: TypeTest, shape: Shape) -> Guess:
    operand = guess(node.operand, shape)
    if operand.most == 0:
        return NOTHING
    if operand.step is None or operand.most > 1 or not operand.sure:
        return UNKNOWN
    named = model.resolved(node.type, node.position)
    wanted = operand.step.narrowed(named if node.operator == "is" else model.cast(named, None))
    if node.operator == "is":
        return verdict({not wanted.keys.isdisjoint(shape.keys)})
    return _stepped(wanted, shape)


def _operation(node: Operation, shape: Shape) -> Guess:
    operands = [guess(operand, shape) for operand in node.operands]
    if node.operator in LOGIC:
        possible = operands[0].verdicts
        for operand in operands[1:]:
            possible = frozenset(LOGIC[node.operator](one, other) for one in possible for other in operand.verdicts)
        return verdict(possible)
    if node.operator == "|":
        least, most = max(each.least for each in operands), sum(each.most for each in operands)
        return Guess(min(least, 1), min(most, MANY), ANY, sure=all(each.sure for each in operands))
    return of_two(node.operator, *operands)


_GUESSES: dict[type, Callable[[Any, Shape], Guess]] = {
    Literal: _literal,
    Variable: _variable,
    Child: _child,
    Call: _call,
    Index: _index,
    Operation: _operation,
    TypeTest: _type_test,
}
