"""Functions of texts. Source: http://hl7.org/fhirpath/N1/#string-manipulation"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.fhir.fhirpath import pattern
from adapter.fhir.fhirpath.code import Code, Env, One, Truth, of_items, of_truth, value_of
from adapter.fhir.fhirpath.fault import FhirPathError
from adapter.fhir.fhirpath.focus import Builder, Focus, function
from adapter.fhir.fhirpath.functions.scalar import scalar, text, whole
from adapter.fhir.fhirpath.tree import Call
from adapter.fhir.regex import PatternError

STRING, INTEGER = "System.String", "System.Integer"


@scalar("indexOf", INTEGER, 1)
def _index_of(value: Any, part: Any) -> int:
    return text(value).find(text(part))


@scalar("substring", STRING, 1, 2)
def _substring(value: Any, start: Any, length: Any = None) -> str | None:
    found = text(value)
    if not 0 <= whole(start) < len(found):
        return None
    return found[start:] if length is None else found[start : start + max(whole(length), 0)]


@scalar("upper", STRING)
def _upper(value: Any) -> str:
    return text(value).upper()


@scalar("lower", STRING)
def _lower(value: Any) -> str:
    return text(value).lower()


@scalar("trim", STRING)
def _trim(value: Any) -> str:
    return text(value).strip()


@scalar("length", INTEGER)
def _length(value: Any) -> int:
    return len(text(value))


@scalar("replace", STRING, 2)
def _replace(value: Any, old: Any, new: Any) -> str:
    return text(value).replace(text(old), text(new))


@scalar("replaceMatches", STRING, 2)
def _replace_matches(value: Any, regex: Any, new: Any) -> str:
    return pattern.replaced(text(value), text(regex), text(new))


def _telling(judge: Any) -> Builder:
    """Return startsWith and its kin."""

    def build(target: Code, call: Call, focus: Focus) -> Code:
        given = focus.code(call.arguments[0])
        one, other = value_of(target), value_of(given)
        if given.constant and isinstance(given.constant[0], str):
            return of_truth(_telling_of(judge, one, given.constant[0]))

        def tells(this: Any, env: Env) -> bool | None:
            value = one(this, env)
            if value is None:
                return None
            part = other(this, env)
            return None if part is None else judge(text(value), text(part))

        return of_truth(tells)

    return build


def _telling_of(judge: Any, one: One, part: str) -> Truth:
    """Return startsWith and its kin for a part that stands in the expression."""

    def tells(this: Any, env: Env) -> bool | None:
        value = one(this, env)
        return None if value is None else bool(judge(text(value), part))

    return tells


function("startsWith", 1)(_telling(str.startswith))
function("endsWith", 1)(_telling(str.endswith))
function("contains", 1)(_telling(str.__contains__))


def _matching(whole_text: bool) -> Builder:
    def build(target: Code, call: Call, focus: Focus) -> Code:
        one, given = value_of(target), focus.code(call.arguments[0])
        regex = value_of(given)
        if given.constant and isinstance(given.constant[0], str):
            try:
                pattern.expect_pattern(given.constant[0])
            except PatternError as fault:
                raise FhirPathError(str(fault), call.arguments[0].position) from None

        def matches(this: Any, env: Env) -> bool | None:
            value = one(this, env)
            if value is None:
                return None
            wanted = regex(this, env)
            return None if wanted is None else pattern.matches(text(value), text(wanted), whole_text=whole_text)

        return of_truth(matches)

    return build


function("matches", 1)(_matching(whole_text=False))
function("matchesFull", 1)(_matching(whole_text=True))


@function("toChars")
def _to_chars(target: Code, _call: Call, _focus: Focus) -> Code:
    one = value_of(target)

    def characters(this: Any, env: Env) -> Sequence[Any]:
        value = one(this, env)
        return () if value is None else list(text(value))

    return of_items(characters, STRING)


@function("split", 1)
def _split(target: Code, call: Call, focus: Focus) -> Code:
    one, separator = value_of(target), value_of(focus.code(call.arguments[0]))

    def parts(this: Any, env: Env) -> Sequence[Any]:
        value, between = one(this, env), separator(this, env)
        if value is None or between is None:
            return ()
        return text(value).split(text(between)) if between else list(text(value))

    return of_items(parts, STRING)


@function("join", 0, 1)
def _join(target: Code, call: Call, focus: Focus) -> Code:
    from adapter.fhir.fhirpath.value import bare

    between = value_of(focus.code(call.arguments[0])) if call.arguments else lambda _this, _env: ""
    items = target.items

    def joined(this: Any, env: Env) -> Sequence[Any]:
        separator = between(this, env)
        found = items(this, env)
        return [text(separator or "").join(text(bare(item)) for item in found)] if found else ()

    return of_items(joined, STRING)
