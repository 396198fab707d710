"""Regular expressions of FHIRPath: single line, as FHIRPath says, so that a dot is any character."""

from __future__ import annotations

from adapter.fhir.fhirpath.fault import EvaluationError, Undecided
from adapter.fhir.regex import PatternError, TooCostly, Unsupported, compile_regex, compile_substitution


def expect_pattern(regex: str) -> None:
    """Raise PatternError where a text is no regular expression; one of a kind that is not understood may be one."""
    try:
        compile_regex(regex, dot_all=True)
    except Unsupported:
        return
    except PatternError as fault:
        raise PatternError(f"{regex[:200]!r} is no regular expression: {fault}") from None


def matches(text: str, regex: str, *, whole_text: bool) -> bool:
    """Tell whether an expression matches a text: anywhere in it, or as a whole."""
    try:
        return compile_regex(regex, whole=whole_text, dot_all=True)(text)
    except (PatternError, TooCostly) as fault:
        raise _fault(regex, fault) from None


def replaced(text: str, regex: str, new: str) -> str:
    """Return the text with every match replaced; `$1` in the new text is what the first group found."""
    try:
        return compile_substitution(regex, dot_all=True).substitute(text, new)
    except (PatternError, TooCostly) as fault:
        raise _fault(regex, fault) from None


def _fault(regex: str, fault: ValueError) -> EvaluationError:
    if isinstance(fault, Unsupported | TooCostly):
        return Undecided(f"the regular expression {regex[:200]!r} is not judged here: {fault}")
    return EvaluationError(f"{regex[:200]!r} is no regular expression: {fault}")
