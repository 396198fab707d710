"""Relations of two operands: equality, equivalence, order, membership.

The commonest forms (a key against a text, two dates as written) are compared without being converted.
Source: http://hl7.org/fhirpath/N1/#operations
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.fhir.fhirpath import equality
from adapter.fhir.fhirpath.code import Code, Env, One, Truth, value_of
from adapter.fhir.fhirpath.logic import inverse
from adapter.fhir.fhirpath.temporal import text_order
from adapter.fhir.fhirpath.value import bare, converter, system

_DATED = ("date", "dateTime", "instant")


def _equal(left: Code, right: Code) -> Truth:
    if left.many or right.many:
        return _all_equal(left, right)
    if left.type == right.type == "System.Boolean":
        return _same_verdict(left.truth, right.truth)
    one, other = value_of(left), value_of(right)
    if right.constant and isinstance(right.constant[0], str):
        return _key_is_text(left, right.constant[0]) or _equals_text(one, right.constant[0])

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


def _same_verdict(left: Truth, right: Truth) -> Truth:
    def same(this: Any, env: Env) -> bool | None:
        one, other = left(this, env), right(this, env)
        return None if one is None or other is None else one is other

    return same


def _key_is_text(left: Code, text: str) -> Truth | None:
    """Return `key = 'text'` for a primitive of the focus, the commonest comparison; None for another."""
    key = left.key
    if key is None or converter(left.type) is not None:
        return None

    def equal(this: Any, _env: Env) -> bool | None:
        found = this.get(key)
        return None if found is None else bool(found == text)

    return equal


def _all_equal(left: Code, right: Code) -> Truth:
    first, second, types = left.items, right.items, (left.type, right.type)
    return lambda this, env: equality.all_equal(first(this, env), second(this, env), types)


def _equivalent(left: Code, right: Code) -> Truth:
    first, second, types = left.items, right.items, (left.type, right.type)
    return lambda this, env: equality.all_equivalent(first(this, env), second(this, env), types)


def _ordered(holds: Callable[[int], bool]) -> Callable[[Code, Code], Truth]:
    def build(left: Code, right: Code) -> Truth:
        if left.type in _DATED and right.type in _DATED:
            return _ordered_texts(left, right, holds)
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


def _ordered_texts(left: Code, right: Code, holds: Callable[[int], bool]) -> Truth:
    """Return the comparison of two dates of R4: by their texts where these are alike, parsed where not."""
    one, other, types = _text_of(left), _text_of(right), (left.type, right.type)

    def compared(this: Any, env: Env) -> bool | None:
        first, second = one(this, env), other(this, env)
        if first is None or second is None:
            return None
        found = text_order(first, second)
        if found is None:
            found = equality.order(system(first, types[0]), system(second, types[1]))
        return None if found is None else holds(found)

    return compared


def _text_of(code: Code) -> One:
    """Return what reads the text of a primitive, its twin aside."""
    key, one = code.key, code.one
    if key is not None:
        return lambda this, _env: this.get(key)
    return lambda this, env: bare(one(this, env))


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


RELATIONS: dict[str, Callable[[Code, Code], Truth]] = {
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
