"""Python's own engine, for texts that are so short that it cannot go back for long.

How many ways an expression can take through a text is counted from its tree; the longest text for which ways,
places to begin and steps stay within EFFORT is the longest that is tried.
"""

from __future__ import annotations

import math
import re

from adapter.fhir.regex.parser import Node, TooCostly, Unsupported, parse

EFFORT = 20_000_000
"""Steps of Python's engine: some tenths of a second."""

LONGEST = 1_000_000
"""Characters that are tried at most."""

_GROUP = re.compile(r"\$([0-9])", re.ASCII)


class Backtracking:
    """An expression for Python's engine, and how long its texts may be."""

    size = 1  # what a character costs, of the texts that are tried at all

    def __init__(self, expression: str, *, whole: bool = False, dot_all: bool = False) -> None:
        self._whole = whole
        tree = parse(expression, dot_all=dot_all)
        self.longest = longest(tree)
        try:
            self._compiled = re.compile(expression, re.ASCII | (re.DOTALL if dot_all else 0))
        except (re.error, OverflowError, RecursionError) as fault:
            raise Unsupported(f"it is not understood: {fault}") from None

    def __call__(self, text: str) -> bool:
        """Tell whether a text matches. Raises TooCostly."""
        self._affordable(text)
        return (self._compiled.fullmatch(text) if self._whole else self._compiled.search(text)) is not None

    def substitute(self, text: str, new: str) -> str:
        """Return the text with every match replaced; `$1` in the new text is what the first group found."""
        self._affordable(text)
        return self._compiled.sub(lambda match: _filled(match, new), text)

    def _affordable(self, text: str) -> None:
        if len(text) > self.longest:
            raise TooCostly(f"a text of more than {self.longest} characters is too long for an expression like this")


def _filled(match: re.Match[str], new: str) -> str:
    groups = match.re.groups
    return _GROUP.sub(lambda place: (match[int(place[1])] or "") if int(place[1]) <= groups else place[0], new)


def longest(tree: Node) -> int:
    """Return the length of the longest text for which Python's engine stays within EFFORT."""
    low, high, nodes = 0, LONGEST, count(tree)
    begins = tree[0] == "each" and tree[1] and tree[1][0] == ("begin",)
    while low < high:
        middle = (low + high + 1) // 2
        starts = 1 if begins else middle + 1
        affordable = starts * nodes * ways(tree, middle) <= EFFORT
        low, high = (middle, high) if affordable else (low, middle - 1)
    return low


def count(node: Node) -> int:
    """Return how many nodes a tree has, what is repeated a stated number of times that often."""
    found = 1
    match node:
        case ("each", nodes) | ("either", nodes):
            found += sum(map(count, nodes))
        case ("repeat", repeated, least, _):
            found += max(1, least) * count(repeated)
        case ("look", inner):
            found += count(inner)
    return found


def ways(node: Node, length: int) -> int:
    """Return how many ways there may be through a text of this length; never more than just above EFFORT."""
    found = 1
    match node:
        case ("each", nodes):
            for each in nodes:
                found = min(found * ways(each, length), EFFORT + 1)
        case ("either", nodes):
            found = sum(ways(each, length) for each in nodes)
        case ("look", inner):
            found = 1 + ways(inner, length)
        case ("repeat", repeated, least, most):
            found = _repeated(ways(repeated, length), least, length if most is None else min(most, length))
    return min(found, EFFORT + 1)


def _repeated(inner: int, least: int, most: int) -> int:
    """Each number of repeats is a way, and each repeat has ways of its own."""
    if inner == 1:
        return max(1, most - least + 1)
    repeats = min(max(most, least, 1), 64)
    return 2 * math.prod([inner] * repeats)  # beyond 64 repeats it is more than any effort
