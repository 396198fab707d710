"""Infix operators and signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from adapter.fhir.fhirpath import arithmetic, equality
from adapter.fhir.fhirpath.code import Code, Env, One, Truth, of_items, of_one, of_truth, value_of
from adapter.fhir.fhirpath.fault import EvaluationError


def infix(operator: str, operands: list[Code]) -> Code:
    """Return the code of an operation; `and`, `or` and `|` may have more than two operands."""
    if operator in _LOGIC:
        return of_truth(_LOGIC[operator]([operand.truth for operand in operands]))
    if operator == "|":
        return union(operands)
    left, right = operands
    if operator in _RELATIONS:
        return of_truth(_RELATIONS[operator](left, right))
    return _calculated(operator, left, right)


def _and(truths: list[Truth]) -> Truth:
    if len(truths) > 2:
        return _all(truths)
    left, right = truths

    def both(this: Any, env: Env) -> bool | None:
        one = left(this, env)
        if one is False:
            return False
        other = right(this, env)
        if other is False:
            return False
        return None if one is None or other is None else True

    return both


def _all(truths: list[Truth]) -> Truth:
    def every(this: Any, env: Env) -> bool | None:
        found: bool | None = True
        for truth in truths:
            verdict = truth(this, env)
            if verdict is False:
                return False
            if verdict is None:
                found = None
        return found

    return every


def _or(truths: list[Truth]) -> Truth:
    if len(truths) > 2:
        return _any(truths)
    left, right = truths

    def either(this: Any, env: Env) -> bool | None:
        one = left(this, env)
        if one is True:
            return True
        other = right(this, env)
        if other is True:
            return True
        return None if one is None or other is None else False

    return either


def _any(truths: list[Truth]) -> Truth:
    def some(this: Any, env: Env) -> bool | None:
        found: bool | None = False
        for truth in truths:
            verdict = truth(this, env)
            if verdict is True:
                return True
            if verdict is None:
                found = None
        return found

    return some


def _xor(truths: list[Truth]) -> Truth:
    left, right = truths

    def one_alone(this: Any, env: Env) -> bool | None:
        one, other = left(this, env), right(this, env)
        return None if one is None or other is None else one is not other

    return one_alone


def _implies(truths: list[Truth]) -> Truth:
    left, right = truths

    def implied(this: Any, env: Env) -> bool | None:
        one = left(this, env)
        if one is False:
            return True
        other = right(this, env)
        if other is True:
            return True
        return None if one is None else other

    return implied


_LOGIC: dict[str, Callable[[list[Truth]], Truth]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}


def _equal(left: Code, right: Code) -> Truth:
    if left.many or right.many:
        return _all_equal(left, right)
    one, other = value_of(left), value_of(right)
    if right.constant and isinstance(right.constant[0], str):
        return _equals_text(one, right.constant[0])

    def equal(this: Any, env: Env) -> bool | None:
        first = one(this, env)
        if first is None:
            return None
        second = other(this, env)
        return None if second is None else equality.equal(first, second)

    return equal


def _equals_text(one: One, text: str) -> Truth:
    def equal(this: Any, env: Env) -> bool | None:
        found = one(this, env)
        return None if found is None else bool(found == text)

    return equal


def _all_equal(left: Code, right: Code) -> Truth:
    first, second, types = left.items, right.items, (left.type, right.type)
    return lambda this, env: equality.all_equal(first(this, env), second(this, env), types)


def _equivalent(left: Code, right: Code) -> Truth:
    first, second, types = left.items, right.items, (left.type, right.type)
    return lambda this, env: equality.all_equivalent(first(this, env), second(this, env), types)


def inverse(truth: Truth) -> Truth:
    """Return `not()` of a verdict."""

    def inverted(this: Any, env: Env) -> bool | None:
        found = truth(this, env)
        return None if found is None else not found

    return inverted


def _ordered(holds: Callable[[int], bool]) -> Callable[[Code, Code], Truth]:
    def build(left: Code, right: Code) -> Truth:
        one, other = value_of(left), value_of(right)

        def compared(this: Any, env: Env) -> bool | None:
            first = one(this, env)
            if first is None:
                return None
            second = other(this, env)
            if second is None:
                return None
            found = equality.order(first, second)
            return None if found is None else holds(found)

        return compared

    return build


def _in(left: Code, right: Code) -> Truth:
    if right.constant is not None and all(isinstance(item, str) for item in right.constant):
        return _in_texts(value_of(left), frozenset(right.constant))
    one, items, types = left.one, right.items, (left.type, right.type)

    def member(this: Any, env: Env) -> bool | None:
        found = one(this, env)
        if found is None:
            return None
        return equality.keys((found,), types[0])[0] in equality.keys(items(this, env), types[1])

    return member


def _in_texts(one: One, texts: frozenset[str]) -> Truth:
    def member(this: Any, env: Env) -> bool | None:
        found = one(this, env)
        return None if found is None else isinstance(found, str) and found in texts

    return member


_RELATIONS: dict[str, Callable[[Code, Code], Truth]] = {
    "=": _equal,
    "!=": lambda left, right: inverse(_equal(left, right)),
    "~": _equivalent,
    "!~": lambda left, right: inverse(_equivalent(left, right)),
    "<": _ordered(lambda found: found < 0),
    "<=": _ordered(lambda found: found <= 0),
    ">": _ordered(lambda found: found > 0),
    ">=": _ordered(lambda found: found >= 0),
    "in": _in,
    "contains": lambda left, right: _in(right, left),
}


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
