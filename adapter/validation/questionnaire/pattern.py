"""Regular expressions of a Questionnaire, matched in time linear in the answer, whatever they are.

Python's own engine goes back and forth: `(a+)+b` on thirty letters hangs it. Here an expression becomes a
machine that reads each character once. It knows what Java's expressions and XML Schema's have in common;
what needs memory or a look ahead (backreferences, `(?=…)`) is refused with PatternError.
"""

from __future__ import annotations

from functools import lru_cache

from adapter.validation.questionnaire.machine import Machine
from adapter.validation.questionnaire.pattern_parser import PatternError, parse
from adapter.validation.questionnaire.walk import Walk

LONGEST = 4_000
"""Characters of an expression; one that is longer is no format of an answer."""

BUILDING, READING = 5, 8
"""What it costs to build a step of a machine, and how many steps may be tried at the cost of one."""


@lru_cache(256)
def compile_pattern(expression: str) -> Machine:
    """Return a predicate: whether a text matches as a whole. Raises PatternError for what is not understood."""
    if len(expression) > LONGEST:
        raise PatternError(f"it is longer than {LONGEST} characters")
    return Machine(parse(expression))


class Pattern:
    """A question's expression, compiled when its first answer comes."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._machine: Machine | None = None
        self.fault = ""

    def matches(self, text: str, walk: Walk) -> bool | None:
        """Tell whether an answer matches; None (and `fault` why) where that is not told."""
        if self._machine is None and not self.fault:
            self._compile(walk)
        if self._machine is None:
            return None
        if not walk.spend(len(text) * self._machine.size // READING):
            return None
        return self._machine(text)

    def _compile(self, walk: Walk) -> None:
        if not walk.spend(0):
            return
        try:
            self._machine = compile_pattern(self.expression)
            walk.spend(self._machine.size * BUILDING)
        except PatternError as fault:
            self.fault = str(fault)
