"""Filtering and projection: where, select, repeat, ofType, aggregate, iif.

Source: http://hl7.org/fhirpath/N1/#filtering-and-projection
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapter.fhir.fhirpath import equality, types
from adapter.fhir.fhirpath.code import Code, Env, Items, Truth, of_items
from adapter.fhir.fhirpath.focus import Focus, function
from adapter.fhir.fhirpath.functions.iteration import criterion, projection
from adapter.fhir.fhirpath.operators import common_type, typed_items
from adapter.fhir.fhirpath.tree import Call


@function("where", 1)
def _where(target: Code, call: Call, focus: Focus) -> Code:
    items, holds = target.items, criterion(call.arguments[0], focus.each(target))

    def found(this: Any, env: Env) -> Sequence[Any]:
        return [item for place, item in enumerate(items(this, env)) if holds(item, place, env) is True]

    def exists(this: Any, env: Env) -> bool:
        return any(holds(item, place, env) is True for place, item in enumerate(items(this, env)))

    code = of_items(found, target.type)
    code.exists = exists
    return code


@function("select", 1)
def _select(target: Code, call: Call, focus: Focus) -> Code:
    items = target.items
    project, static = projection(call.arguments[0], focus.each(target))

    def found(this: Any, env: Env) -> Sequence[Any]:
        return [each for place, item in enumerate(items(this, env)) for each in project(item, place, env)]

    return of_items(found, static)


@function("repeat", 1)
def _repeat(target: Code, call: Call, focus: Focus) -> Code:
    """What a projection finds, and what it finds there, until nothing new comes: each item once."""
    first, static = projection(call.arguments[0], focus.each(target))
    again, onward = projection(call.arguments[0], replace(focus, type=static, collection=False))
    items = target.items
    known = static if static == onward else None

    def found(this: Any, env: Env) -> Sequence[Any]:
        seen: dict[Any, Any] = {}
        wave = [each for place, item in enumerate(items(this, env)) for each in first(item, place, env)]
        while wave:
            new = {equality.key(item): item for item in wave}
            new = {key: item for key, item in new.items() if key not in seen}
            seen.update(new)
            wave = [each for place, item in enumerate(new.values()) for each in again(item, place, env)]
        return list(seen.values())

    return of_items(found, known)


@function("ofType", 1)
def _of_type(target: Code, call: Call, _focus: Focus) -> Code:
    return types.narrowed(target, types.specifier(call.arguments[0]))


@function("as", 1)
def _as(target: Code, call: Call, _focus: Focus) -> Code:
    return types.cast(target, types.specifier(call.arguments[0]))


@function("is", 1)
def _is(target: Code, call: Call, _focus: Focus) -> Code:
    return types.tested(target, types.specifier(call.arguments[0]))


@function("type")
def _type(target: Code, _call: Call, _focus: Focus) -> Code:
    return types.described(target)


@function("iif", 2, 3)
def _iif(target: Code, call: Call, focus: Focus) -> Code:
    """One of two results; both look at the target as a whole, and only the one that is chosen is evaluated."""
    alone = call.target is None
    inside = focus if alone else focus.whole(target)
    condition, *results = [inside.code(argument) for argument in call.arguments]
    static = common_type(results)
    chosen = _chosen(condition.truth, [typed_items(result, static) for result in results])
    if alone:
        return of_items(chosen, static)
    items = target.items
    return of_items(lambda this, env: chosen(items(this, env), env), static)


def _chosen(truth: Truth, results: list[Items]) -> Items:
    then, otherwise = results[0], results[1] if len(results) > 1 else None

    def chosen(this: Any, env: Env) -> Sequence[Any]:
        if truth(this, env) is True:
            return then(this, env)
        return () if otherwise is None else otherwise(this, env)

    return chosen


@function("aggregate", 1, 2)
def _aggregate(target: Code, call: Call, focus: Focus) -> Code:
    start = focus.code(call.arguments[1]).items if len(call.arguments) > 1 else None
    step, _ = projection(call.arguments[0], replace(focus.each(target), total=None))
    items = target.items

    def total(this: Any, env: Env) -> Sequence[Any]:
        before, found = env.total, () if start is None else start(this, env)
        try:
            for place, item in enumerate(items(this, env)):
                env.total = found
                found = step(item, place, env)
        finally:
            env.total = before
        return found

    return of_items(total, None)
