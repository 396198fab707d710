"""Subsetting and combining of collections.

Source: http://hl7.org/fhirpath/N1/#subsetting and #combining
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.fhir.fhirpath import equality
from adapter.fhir.fhirpath.code import Code, Env, of_items, of_one, value_of
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.focus import Builder, Focus, function
from adapter.fhir.fhirpath.operators import common_type, typed_items, union
from adapter.fhir.fhirpath.tree import Call


@function("first")
def _first(target: Code, _call: Call, _focus: Focus) -> Code:
    if not target.many:
        return target
    items = target.items

    def first(this: Any, env: Env) -> Any:
        found = items(this, env)
        return found[0] if found else None

    return of_one(first, target.type)


@function("last")
def _last(target: Code, _call: Call, _focus: Focus) -> Code:
    items = target.items

    def last(this: Any, env: Env) -> Any:
        found = items(this, env)
        return found[-1] if found else None

    return of_one(last, target.type)


@function("single")
def _single(target: Code, _call: Call, _focus: Focus) -> Code:
    return of_one(target.one, target.type)


@function("tail")
def _tail(target: Code, _call: Call, _focus: Focus) -> Code:
    items = target.items
    return of_items(lambda this, env: items(this, env)[1:], target.type)


def _cut(take: bool) -> Builder:
    def build(target: Code, call: Call, focus: Focus) -> Code:
        items, wanted = target.items, value_of(focus.code(call.arguments[0]))

        def found(this: Any, env: Env) -> Sequence[Any]:
            count = wanted(this, env)
            if not isinstance(count, int) or isinstance(count, bool):
                raise EvaluationError(f"{call.name}() takes an Integer")
            count = max(count, 0)
            return items(this, env)[:count] if take else items(this, env)[count:]

        return of_items(found, target.type)

    return build


function("skip", 1)(_cut(take=False))
function("take", 1)(_cut(take=True))


@function("intersect", 1)
def _intersect(target: Code, call: Call, focus: Focus) -> Code:
    other = focus.code(call.arguments[0])

    def both(this: Any, env: Env) -> Sequence[Any]:
        wanted = set(equality.keys(other.items(this, env), other.type))
        mine = equality.distinct(target.items(this, env), target.type)
        return [item for item in mine if equality.keys((item,), target.type)[0] in wanted]

    return of_items(both, target.type)


@function("exclude", 1)
def _exclude(target: Code, call: Call, focus: Focus) -> Code:
    other = focus.code(call.arguments[0])

    def rest(this: Any, env: Env) -> Sequence[Any]:
        unwanted = set(equality.keys(other.items(this, env), other.type))
        mine = target.items(this, env)
        return [item for item in mine if equality.keys((item,), target.type)[0] not in unwanted]

    return of_items(rest, target.type)


@function("distinct")
def _distinct(target: Code, _call: Call, _focus: Focus) -> Code:
    items, static = target.items, target.type
    return of_items(lambda this, env: equality.distinct(items(this, env), static), static)


@function("union", 1)
def _union(target: Code, call: Call, focus: Focus) -> Code:
    return union([target, focus.code(call.arguments[0])])


@function("combine", 1)
def _combine(target: Code, call: Call, focus: Focus) -> Code:
    other = focus.code(call.arguments[0])
    static = common_type([target, other])
    first, second = typed_items(target, static), typed_items(other, static)
    return of_items(lambda this, env: [*first(this, env), *second(this, env)], static)
