"""Regular expressions of a Questionnaire, matched in time linear in the answer, whatever they are.

Python's own engine goes back and forth: `(a+)+b` on thirty letters hangs it. Here an expression becomes a
machine that reads each character once. It knows what Java's expressions and XML Schema's have in common;
what needs memory or a look ahead (backreferences, `(?=…)`) is refused with PatternError.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from adapter.validation.questionnaire.machine import Machine
from adapter.validation.questionnaire.pattern_parser import PatternError, parse

__all__ = ["PatternError", "compile_pattern"]

LONGEST = 4_000
"""Characters of an expression; one that is longer is no format of an answer."""


@lru_cache(256)
def compile_pattern(expression: str) -> Callable[[str], bool]:
    """Return a predicate: whether a text matches as a whole. Raises PatternError for what is not understood."""
    if len(expression) > LONGEST:
        raise PatternError(f"it is longer than {LONGEST} characters")
    return Machine(parse(expression)).matches
