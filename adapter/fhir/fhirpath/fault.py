"""What can be wrong with an expression: in itself (when compiled), or with what it meets (when evaluated)."""

from __future__ import annotations


class FhirPathError(ValueError):
    """The text is no expression that can be compiled: syntax, an unknown function or type, a wrong arity."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.reason = reason
        self.position = position  # offset into the text, from 0


class EvaluationError(ValueError):
    """The expression has no answer here: two items where one is needed, types that do not go together."""


class Undecided(EvaluationError):  # noqa: N818 (no fault of the expression)
    """The answer needs what is not at hand: a terminology server, a definition that is not loaded."""
