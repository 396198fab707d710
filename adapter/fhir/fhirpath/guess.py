"""What is known of a part of an expression before any value is seen, and what operators make of it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapter.fhir.fhirpath import model

FAILS = "fails"
"""The verdict of what raises EvaluationError."""
Verdicts: TypeAlias = frozenset[Any]
CERTAIN: Verdicts = frozenset({True})
EITHER: Verdicts = frozenset({True, False})
ANY: Verdicts = frozenset({True, False, None, FAILS})
MANY = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Guess:
    """What is known of a part: how many items, which verdicts, whether it is the focus itself."""

    least: int = 0
    most: int = MANY
    verdicts: Verdicts = ANY
    boolean: bool = False  # the verdict is the value
    number: tuple[int, int] | None = None  # the value is an Integer between these
    sure: bool = False  # evaluating it never fails
    focus: bool = False
    step: model.Step | None = None  # of the focus: a choice that a type may narrow


UNKNOWN = Guess()
NOTHING = Guess(0, 0, frozenset({None}), sure=True)


def verdict(found: Iterable[Any]) -> Guess:
    """Return what gives a Boolean (or nothing, or fails) of these verdicts."""
    possible = frozenset(found)
    least, most = int(possible <= EITHER), int(possible != {None})
    return Guess(least, most, possible, boolean=True, sure=FAILS not in possible)


def some(least: int, most: int) -> Guess:
    """Return elements of which only the number is known."""
    if most == 0:
        return NOTHING
    return Guess(least, most, ANY if most > 1 else ANY - {FAILS}, sure=True)


def of_two(symbol: str, left: Guess, right: Guess) -> Guess:
    """Return what is known of an operation with two operands that is no connective."""
    both_sure = left.sure and right.sure
    if both_sure and symbol in ("+", "-") and left.number is not None and right.number is not None:
        return _calculated(symbol, left.number, right.number)
    if both_sure and symbol in _COMPARED and (left.most == 0 or (right.most == 0 and left.most < 2)):
        return verdict({None})
    if both_sure and symbol == "in" and left.most == 0:
        return verdict({None})
    if not both_sure or symbol not in _COMPARED:
        return UNKNOWN
    if left.number is not None and right.number is not None:
        return verdict(_compared(symbol, left.number, right.number))
    if symbol in ("=", "!=") and left.boolean and right.boolean and (left.verdicts | right.verdicts) <= EITHER:
        judge = _COMPARED[symbol]
        return verdict(judge(one, other) for one in left.verdicts for other in right.verdicts)
    return UNKNOWN


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _calculated(symbol: str, left: tuple[int, int], right: tuple[int, int]) -> Guess:
    added = (left[0] + right[0], left[1] + right[1])
    taken = (left[0] - right[1], left[1] - right[0])
    return Guess(1, 1, CERTAIN, number=added if symbol == "+" else taken, sure=True)


def _compared(symbol: str, left: tuple[int, int], right: tuple[int, int]) -> Verdicts:
    """Return the verdicts that numbers within two bounds may have."""
    judge = _COMPARED[symbol]
    if symbol in ("=", "!="):
        if left[1] < right[0] or right[1] < left[0]:
            return frozenset({symbol == "!="})
        alone = left[0] == left[1] == right[0] == right[1]
        return frozenset({symbol == "="}) if alone else EITHER
    return frozenset({judge(left[0], right[1]), judge(left[1], right[0])})


def _or(left: Any, right: Any) -> Any:
    if left is True or left is FAILS:
        return left
    if right is True or right is FAILS:
        return right
    return None if left is None or right is None else False


def _and(left: Any, right: Any) -> Any:
    if left is False or left is FAILS:
        return left
    if right is False or right is FAILS:
        return right
    return None if left is None or right is None else True


def _xor(left: Any, right: Any) -> Any:
    if FAILS in (left, right):
        return FAILS
    return None if left is None or right is None else left is not right


def _implies(left: Any, right: Any) -> Any:
    if left is False or left is FAILS:
        return True if left is False else FAILS
    return right if right is True or right is FAILS or left is True else None


LOGIC: dict[str, Callable[[Any, Any], Any]] = {"or": _or, "and": _and, "xor": _xor, "implies": _implies}
