"""What tells whether a text matches an expression: a machine, or Python's engine for short texts."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from adapter.fhir.regex.backtracking import Backtracking
from adapter.fhir.regex.machine import Machine
from adapter.fhir.regex.parser import Unsupported, parse

LONGEST = 4_000
"""Characters of an expression; those published have some hundred at most."""


class Matcher(Protocol):
    """Tells whether a text matches; `size` is what a character costs at most. Raises TooCostly."""

    @property
    def size(self) -> int:
        """What a character costs at most."""

    def __call__(self, text: str) -> bool:
        """Tell whether a text matches. Raises TooCostly."""


@lru_cache(256)
def compile_regex(expression: str, *, whole: bool = True, dot_all: bool = False) -> Matcher:
    """Return what tells whether a text matches: the whole of it, or any part. Raises PatternError."""
    if len(expression) > LONGEST:
        raise Unsupported(f"it is longer than {LONGEST} characters")
    try:
        return Machine(parse(expression, dot_all=dot_all), whole=whole)
    except Unsupported:
        return Backtracking(expression, whole=whole, dot_all=dot_all)


@lru_cache(256)
def compile_substitution(expression: str, *, dot_all: bool = False) -> Backtracking:
    """Return the expression for replacing what it finds. Raises PatternError."""
    if len(expression) > LONGEST:
        raise Unsupported(f"it is longer than {LONGEST} characters")
    return Backtracking(expression, dot_all=dot_all)
