"""Infix operators and signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from adapter.fhir.fhirpath import arithmetic, equality
from adapter.fhir.fhirpath.code import Code, Env, of_items, of_one, of_truth, value_of
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.logic import LOGIC
from adapter.fhir.fhirpath.relations import RELATIONS


def infix(operator: str, operands: list[Code]) -> Code:
    """Return the code of an operation; `and`, `or` and `|` may have more than two operands."""
    if operator in LOGIC:
        return of_truth(LOGIC[operator]([operand.truth for operand in operands]))
    if operator == "|":
        return union(operands)
    left, right = operands
    if operator in RELATIONS:
        return of_truth(RELATIONS[operator](left, right))
    return _calculated(operator, left, right)


def common_type(codes: Sequence[Code]) -> str | None:
    """Return the type of items of several codes together; None where they differ."""
    found = {code.type for code in codes if code.constant != ()}
    return found.pop() if len(found) == 1 else None


def union(operands: list[Code]) -> Code:
    """Return `|`: the items of all without repetition. Constants are united when compiled."""
    static = common_type(operands)
    boxed = [typed_items(operand, static) for operand in operands]

    def items(this: Any, env: Env) -> Sequence[Any]:
        return equality.distinct([item for each in boxed for item in each(this, env)], static)

    found = of_items(items, static)
    if all(operand.constant is not None for operand in operands):
        every = [item for operand in operands for item in operand.constant or ()]
        fixed = equality.distinct(every, static)
        found = of_items(lambda _this, _env: fixed, static)
        found.constant = fixed
    return found


def typed_items(code: Code, common: str | None) -> Callable[[Any, Env], Sequence[Any]]:
    """Return the items of a code in a collection of a common type: where that is None, each says its own."""
    items, static = code.items, code.type
    if common is not None or static is None or static.startswith("System."):
        return items
    return lambda this, env: [arithmetic.boxed(item, static) for item in items(this, env)]


def _calculated(operator: str, left: Code, right: Code) -> Code:
    one, other = value_of(left), value_of(right)
    calculate = arithmetic.OPERATORS[operator]
    if operator == "&":
        return of_one(lambda this, env: calculate(one(this, env), other(this, env)), "System.String")

    def result(this: Any, env: Env) -> Any:
        first = one(this, env)
        if first is None:
            return None
        second = other(this, env)
        return None if second is None else calculate(first, second)

    return of_one(result, None)


def negative(operand: Code) -> Code:
    """Return `-operand`."""
    one = value_of(operand)

    def negated(this: Any, env: Env) -> Any:
        found = one(this, env)
        return None if found is None else arithmetic.negated(found)

    return of_one(negated, None)


def positive(operand: Code) -> Code:
    """Return `+operand`: a number as it is."""
    one = value_of(operand)

    def same(this: Any, env: Env) -> Any:
        found = one(this, env)
        if found is not None and (isinstance(found, bool) or not isinstance(found, int | Decimal)):
            raise EvaluationError("a sign stands before a number")
        return found

    return of_one(same, None)
