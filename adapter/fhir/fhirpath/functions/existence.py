"""Existence: is there any, are all so, how many, are they different.

Source: http://hl7.org/fhirpath/N1/#existence
"""

from __future__ import annotations

from typing import Any

from adapter.fhir.fhirpath import equality
from adapter.fhir.fhirpath.code import Code, Env, Truth, of_one, of_truth
from adapter.fhir.fhirpath.focus import Builder, Focus, function
from adapter.fhir.fhirpath.functions.iteration import criterion
from adapter.fhir.fhirpath.logic import inverse
from adapter.fhir.fhirpath.tree import Call
from adapter.fhir.fhirpath.value import system


@function("empty")
def _empty(target: Code, _call: Call, _focus: Focus) -> Code:
    exists = target.exists
    return of_truth(lambda this, env: not exists(this, env))


@function("exists", 0, 1)
def _exists(target: Code, call: Call, focus: Focus) -> Code:
    if not call.arguments:
        return of_truth(target.exists)
    items, holds = target.items, criterion(call.arguments[0], focus.each(target))

    def some(this: Any, env: Env) -> bool:
        return any(holds(item, place, env) is True for place, item in enumerate(items(this, env)))

    return of_truth(some)


@function("all", 1)
def _all(target: Code, call: Call, focus: Focus) -> Code:
    items, holds = target.items, criterion(call.arguments[0], focus.each(target))

    def every(this: Any, env: Env) -> bool:
        return all(holds(item, place, env) is True for place, item in enumerate(items(this, env)))

    return of_truth(every)


@function("not")
def _not(target: Code, _call: Call, _focus: Focus) -> Code:
    return of_truth(inverse(target.truth))


def _each_is(wanted: bool, every: bool) -> Builder:
    """Return allTrue and its kin: whether all, or any, of the items are true, or false."""
    judge = all if every else any

    def build(target: Code, _call: Call, _focus: Focus) -> Code:
        items, static = target.items, target.type

        def found(this: Any, env: Env) -> bool:
            return judge(system(item, static) is wanted for item in items(this, env))

        return of_truth(found)

    return build


function("allTrue")(_each_is(wanted=True, every=True))
function("anyTrue")(_each_is(wanted=True, every=False))
function("allFalse")(_each_is(wanted=False, every=True))
function("anyFalse")(_each_is(wanted=False, every=False))


@function("count")
def _count(target: Code, _call: Call, _focus: Focus) -> Code:
    items = target.items
    return of_one(lambda this, env: len(items(this, env)), "System.Integer")


@function("isDistinct")
def _is_distinct(target: Code, _call: Call, _focus: Focus) -> Code:
    items, static = target.items, target.type

    def distinct(this: Any, env: Env) -> bool:
        found = items(this, env)
        return len(found) < 2 or len(set(equality.keys(found, static))) == len(found)

    return of_truth(distinct)


@function("subsetOf", 1)
def _subset_of(target: Code, call: Call, focus: Focus) -> Code:
    return of_truth(_within(target, focus.code(call.arguments[0])))


@function("supersetOf", 1)
def _superset_of(target: Code, call: Call, focus: Focus) -> Code:
    return of_truth(_within(focus.code(call.arguments[0]), target))


def _within(small: Code, large: Code) -> Truth:
    def within(this: Any, env: Env) -> bool:
        wanted = set(equality.keys(small.items(this, env), small.type))
        return wanted.issubset(equality.keys(large.items(this, env), large.type))

    return within
