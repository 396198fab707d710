"""Regular expressions of filters, refused where matching could take more than a moment.

A filter's expression comes with a package and is asked of every code of a system. Python's engine goes back and
tries again, so that one repeat within another, `(a+)+`, may take for ever: such are not run.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST = 500
"""Characters of an expression: those published have under a hundred."""

# What may be repeated, told apart as far as the search for repeats in repeats needs.
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\?<[=!]|[()*+]|\{[0-9]*,?[0-9]*\}|.", re.DOTALL)
_ONCE = ("{1}", "{0,1}", "{0}", "{,1}")


class UnsafePattern(ValueError):  # noqa: N818 (an answer, not a failure)
    """An expression that could take too long."""


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a whole text matches. Raises re.error, or UnsafePattern."""
    if len(pattern) > LONGEST or _repeats_a_repeat(pattern):
        raise UnsafePattern("it repeats what is repeated already")
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _repeats_a_repeat(pattern: str) -> bool:
    """Tell whether a repeat stands within a group that is repeated itself."""
    within = [False]  # for each open group, whether a repeat stands in it
    closed: bool | None = None  # of the group that ended just before
    for token in _TOKEN.findall(pattern):
        repeats = token in ("*", "+") or (token[0] == "{" and token not in _ONCE and len(token) > 1)
        if repeats and closed:
            return True
        if token[0] == "(":
            within.append(False)
        ended = within.pop() if token == ")" and len(within) > 1 else None
        within[-1] = within[-1] or repeats or bool(ended)
        closed = ended
    return False
