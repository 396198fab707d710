"""A random text that a regular expression matches: what a subject of an unknown study may be called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from random import Random
from string import ascii_letters, digits, punctuation
from typing import Any

from adapter.errors import CrfhirError

ALPHABET = ascii_letters + digits + punctuation + " "
MOST = 3
"""How often more than its least a repeated part is written."""

CATEGORIES = {"CATEGORY_DIGIT": digits, "CATEGORY_WORD": f"{ascii_letters}{digits}_", "CATEGORY_SPACE": " "}

_parser: Any = import_module("re._parser")
"""The standard library's own reading of a pattern, which has no public name."""


TRIES = 200
"""How many texts are made before it is given up that the pattern matches one."""


def text(pattern: str, random: Random) -> str:
    """Return a text that `pattern` matches as a whole.

    CrfhirError for a pattern of which none is found (look-arounds): a sample file then says what they are.
    """
    parsed, matches = _parser.parse(pattern), re.compile(pattern).fullmatch
    for _ in range(TRIES):
        made = _Sampler(random).sequence(parsed)
        if matches(made) is not None:
            return made
    raise CrfhirError(f"No text can be sampled of the pattern {pattern}: declare the sample in a sample.yaml.")


class _Sampler:
    """Writes one text; remembers its groups for back references."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._groups: dict[int, str] = {}
        self._parts: Mapping[str, Callable[[Any], str]] = {
            "LITERAL": chr,
            "NOT_LITERAL": lambda point: self._one(ALPHABET.replace(chr(point), "")),
            "ANY": lambda _: self._one(ALPHABET),
            "IN": self._in,
            "BRANCH": lambda branch: self.sequence(self._one(branch[1])),
            "SUBPATTERN": self._subpattern,
            "MAX_REPEAT": self._repeat,
            "MIN_REPEAT": self._repeat,
            "POSSESSIVE_REPEAT": self._repeat,
            "GROUPREF": self._groups.__getitem__,
        }

    def sequence(self, parsed: Any) -> str:
        """Return the text of one part after the other; of a part that says nothing by itself, none."""
        return "".join(self._parts.get(str(kind), _nothing)(argument) for kind, argument in parsed)

    def _subpattern(self, argument: Any) -> str:
        number, *_, inner = argument
        drawn = self.sequence(inner)
        if number is not None:
            self._groups[number] = drawn
        return drawn

    def _repeat(self, argument: Any) -> str:
        least, most, inner = argument
        span = min(int(most), least + MOST) - least + 1
        return "".join(self.sequence(inner) for _ in range(least + int(self._random.random() * span)))

    def _in(self, argument: Any) -> str:
        refused = str(argument[0][0]) == "NEGATE"
        inside = {letter for kind, value in argument for letter in _letters(str(kind), value)}
        return str(self._one([letter for letter in ALPHABET if (letter in inside) != refused] or sorted(inside)))

    def _one(self, among: Any) -> Any:
        return among[int(self._random.random() * len(among))]


def _nothing(_: Any) -> str:
    return ""


def _letters(kind: str, value: Any) -> list[str]:
    if kind == "RANGE":
        return [chr(point) for point in range(value[0], value[1] + 1)]
    if kind == "LITERAL":
        return [chr(value)]
    return list(CATEGORIES.get(str(value), ""))
