"""Regular expressions that come with packages and Questionnaires, matched in bounded time, whatever they are.

    compile_regex("(a+)+b")("a" * 30)  # False, at once

Python's own engine goes back and tries again: on that text it hangs. Here an expression becomes a machine that
reads each character once (parser → machine). What needs memory or a look around, `(?=…)` and `\\1`, is left
to Python's engine for texts so short that no way of going back takes long (backtracking).
"""

from adapter.fhir.regex.matcher import Matcher, compile_regex, compile_substitution
from adapter.fhir.regex.parser import PatternError, TooCostly, Unsupported

__all__ = ["Matcher", "PatternError", "TooCostly", "Unsupported", "compile_regex", "compile_substitution"]
