"""Regular expressions of FHIRPath, compiled once."""

from __future__ import annotations

import re
from functools import lru_cache

from adapter.fhir.fhirpath.fault import EvaluationError


class PatternError(ValueError):
    """The text is no regular expression."""


@lru_cache(1_000)
def compiled(regex: str) -> re.Pattern[str]:
    """Return the compiled expression: single line, as FHIRPath says. Raises PatternError."""
    try:
        return re.compile(regex, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as fault:
        raise PatternError(f"{regex!r} is no regular expression: {fault}") from None


def _usable(regex: str) -> re.Pattern[str]:
    try:
        return compiled(regex)
    except PatternError as fault:
        raise EvaluationError(str(fault)) from None


def matches(text: str, regex: str, *, whole_text: bool) -> bool:
    """Tell whether an expression matches a text: anywhere in it, or as a whole."""
    found = _usable(regex)
    return (found.fullmatch(text) if whole_text else found.search(text)) is not None


def replaced(text: str, regex: str, new: str) -> str:
    """Return the text with every match replaced; `$1` in the new text is what the first group found."""
    return _usable(regex).sub(lambda match: _filled(match, new), text)


_GROUP = r"\$([0-9])"


def _filled(match: re.Match[str], new: str) -> str:
    groups = match.re.groups
    return re.sub(_GROUP, lambda place: (match[int(place[1])] or "") if int(place[1]) <= groups else place[0], new)
