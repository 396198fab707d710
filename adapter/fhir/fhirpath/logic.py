"""The logic of three values: true, false, and nothing known.

Source: http://hl7.org/fhirpath/N1/#boolean-logic
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.fhir.fhirpath.code import Env, Truth


def inverse(truth: Truth) -> Truth:
    """Return `not()` of a verdict."""

    def inverted(this: Any, env: Env) -> bool | None:
        found = truth(this, env)
        return None if found is None else not found

    return inverted


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


LOGIC: dict[str, Callable[[list[Truth]], Truth]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
"""Connective → what joins the verdicts of its operands; `and` and `or` take any number."""
