"""Functions of one value: empty where the value, or an argument, is empty."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from adapter.fhir.fhirpath.code import Code, Env, One, of_one, value_of
from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.focus import Builder, Focus, function
from adapter.fhir.fhirpath.tree import Call


def scalar(name: str, result: str | None, least: int = 0, most: int | None = None) -> Callable[[Any], Any]:
    """Register a function of plain values: (value, arguments…) → value or None.

    Its arguments have passed `check` by the type that they are annotated to have: the function raises
    EvaluationError for what it does not take.
    """

    def register(calculate: Callable[..., Any]) -> Callable[..., Any]:
        function(name, least, most)(_builder(calculate, result))
        return calculate

    return register


def _builder(calculate: Callable[..., Any], result: str | None) -> Builder:
    def build(target: Code, call: Call, focus: Focus) -> Code:
        one = value_of(target)
        arguments = [value_of(focus.code(argument)) for argument in call.arguments]
        return of_one(_called(calculate, one, arguments), result)

    return build


def _called(calculate: Callable[..., Any], one: One, arguments: list[One]) -> One:
    def without(this: Any, env: Env) -> Any:
        value = one(this, env)
        return None if value is None else _guarded(calculate, value)

    def called(this: Any, env: Env) -> Any:
        value = one(this, env)
        if value is None:
            return None
        given = [argument(this, env) for argument in arguments]
        return None if None in given else _guarded(calculate, value, *given)

    return called if arguments else without


def _guarded(calculate: Callable[..., Any], *values: Any) -> Any:
    """Return the result, or None where a number has none (a logarithm of 0)."""
    try:
        found = calculate(*values)
    except (DecimalException, ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(found, Decimal) and not found.is_finite() else found


def text(value: Any) -> str:
    """Return a text. Raises EvaluationError for anything else."""
    if isinstance(value, str):
        return value
    raise EvaluationError(f"expected a text, found {value!r:.80}")


def whole(value: Any) -> int:
    """Return an Integer. Raises EvaluationError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise EvaluationError(f"expected an Integer, found {value!r:.80}")
