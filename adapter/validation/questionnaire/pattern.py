"""Regular expressions of a Questionnaire, matched as far as the effort for one response reaches."""

from __future__ import annotations

from adapter.fhir.regex import Matcher, PatternError, TooCostly, compile_regex
from adapter.validation.questionnaire.walk import Walk

BUILDING, READING = 5, 8
"""What it costs to build a step of a machine, and how many steps may be tried at the cost of one."""


class Pattern:
    """A question's expression, compiled when its first answer comes."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._matcher: Matcher | None = None
        self.fault = ""

    def matches(self, text: str, walk: Walk) -> bool | None:
        """Tell whether an answer matches; None (and `fault` why) where that is not told."""
        if self._matcher is None and not self.fault:
            self._compile(walk)
        if self._matcher is None:
            return None
        if not walk.spend(len(text) * self._matcher.size // READING):
            return None
        try:
            return self._matcher(text)
        except TooCostly:
            return None

    def _compile(self, walk: Walk) -> None:
        if not walk.spend(0):
            return
        try:
            self._matcher = compile_regex(self.expression)
            walk.spend(self._matcher.size * BUILDING)
        except PatternError as fault:
            self.fault = str(fault)
