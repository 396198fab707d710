"""Invariants of R4 and of profiles: FHIRPath compiled once, and left out where a shape has settled them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import Invariant, invariants
from adapter.fhir.fhirpath import Env, EvaluationError, Expression, Undecided, compile_expression
from adapter.validation.finding import Finding, Found

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

SAYS_WRONG_SHAPE = frozenset({"structure", "value"})
READS_ALL = frozenset({"children", "descendants"})
_WORD = re.compile(r"[A-Za-z]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant ready to be judged; `holds` raises EvaluationError where the expression cannot be evaluated."""

    key: str
    severity: str
    text: str
    profile: str | None
    expression: Expression
    holds: Callable[[Any, Env], bool]
    words: frozenset[str]

    def settled(self, keys: frozenset[str]) -> bool:
        """Tell whether the presence of these keys alone makes it hold."""
        return self.expression.settled(keys)


def rules_of(type_name: str, overlays: tuple[Constraints, ...]) -> Iterator[Rule]:
    """Yield the rules of a type and those that profiles add, each once."""
    seen: set[tuple[str, str]] = set()
    stated: list[tuple[Invariant, str | None]] = [(each, None) for each in invariants(type_name)]
    profiled = [(each, overlay.profile) for overlay in overlays for each in overlay.invariants]
    for each, profile in [*stated, *profiled]:
        if (each.key, each.expression) not in seen:
            seen.add((each.key, each.expression))
            yield _rule(each, type_name, profile)


def rules_at(path: str, type_name: str, overlays: tuple[Constraints, ...] = ()) -> Iterator[Rule]:
    """Yield the rules that R4 states at an element of a data type, and those that profiles state there."""
    for each in invariants(path) if path else ():
        yield _rule(each, type_name, None)
    for overlay in overlays:
        for each in overlay.invariants:
            yield _rule(each, type_name, overlay.profile)


@lru_cache(4096)
def _rule(stated: Invariant, type_name: str, profile: str | None) -> Rule:
    expression = compile_expression(stated.expression, type_name)
    return Rule(
        stated.key,
        stated.severity,
        _told(stated),
        profile,
        expression,
        expression.holds,
        frozenset(_WORD.findall(stated.expression)),
    )


def _told(stated: Invariant) -> str:
    """Say a rule in its author's words, and as it is written; in FHIRPath alone where there are no words."""
    said = " ".join(stated.human.split()).rstrip(".")
    return f"{said}. The rule: {stated.expression}" if said else f"{stated.key} does not hold: {stated.expression}"


def ruled(value: Any, scope: Scope, rules: tuple[Rule, ...], found: Found) -> Found:
    """Return what was found before and what the rules find."""
    env = scope.env
    try:
        for rule in rules:
            if not rule.holds(value, env):
                break
        else:
            return found
    except EvaluationError:
        pass
    more = [each for rule in rules for each in judged(rule, value, env, found)]
    return [*(found or ()), *more] or None


def judged(rule: Rule, value: Any, env: Env, found: Found) -> list[Finding]:
    """Return the finding of a rule that does not hold; none where what it reads is of the wrong shape already."""
    for each in found or ():
        if each.code in SAYS_WRONG_SHAPE and (rule.words & READS_ALL or rule.words & set(_WORD.findall(each.path))):
            return []
    try:
        if rule.holds(value, env):
            return []
    except Undecided as reason:
        return [Finding("information", "not-supported", f"{rule.key} was not judged: {reason}.", rule.key, "")]
    except EvaluationError as reason:
        text = f"{rule.key} could not be evaluated: {reason}. The rule: {rule.expression.text}"
        return [Finding("error", "exception", text, rule.key, "", rule.profile)]
    severity = "error" if rule.severity == "error" else "warning"
    return [Finding(severity, "invariant", rule.text, rule.key, "", rule.profile)]
