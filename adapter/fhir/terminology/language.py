"""BCP 47: whether a text is a valid language tag, each of its subtags registered with IANA.

Source: RFC 5646, sections 2.1 (syntax) and 2.2.9 (well-formed and valid).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

KEPT = 10_000
LONGEST = 200
"""Characters of a tag: one of many extensions is shorter."""

_SUBTAG = re.compile(r"[a-z0-9]{1,8}", re.ASCII)
_SCRIPT_OF_ONES_OWN = re.compile(r"qa[a-b][a-x]|qa[a-b]x", re.ASCII)
_REGION_OF_ONES_OWN = re.compile(r"aa|zz|q[m-z]|x[a-z]", re.ASCII)
_LANGUAGE_OF_ONES_OWN = re.compile(r"q[a-t][a-z]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Subtags:
    """The registered subtags, in small letters. An extended language stands after its prefix alone."""

    languages: frozenset[str]
    extended: frozenset[str]  # 'zh-yue'
    scripts: frozenset[str]
    regions: frozenset[str]
    variants: frozenset[str]
    whole: frozenset[str]  # tags registered as they are, before there was a grammar


@cache
def subtags() -> Subtags:
    """Return what the registry holds."""
    held = json.loads((Path(__file__).parent / "languages.json").read_bytes())
    return Subtags(*(frozenset(held[name].split()) for name in Subtags.__dataclass_fields__))


def is_language(code: str) -> bool | None:
    """Tell whether a text is a valid language tag, whatever its case."""
    return len(code) <= LONGEST and _is_valid(code.lower())


@lru_cache(KEPT)
def _is_valid(tag: str) -> bool:
    parts = tag.split("-")
    if not all(_SUBTAG.fullmatch(part) for part in parts):
        return False
    if tag in subtags().whole:
        return True
    if parts[0] == "x":
        return len(parts) > 1
    return _Tag(parts).is_valid()


class _Tag:
    """Reads a tag's subtags from the left: language-extlang-script-region-variant*-extension*-private."""

    def __init__(self, parts: list[str]) -> None:
        self._parts = parts
        self._at = 0

    def is_valid(self) -> bool:
        """Tell whether every subtag is registered and in its place."""
        known = subtags()
        language = self._parts[0]
        if not self._take(lambda part: part in known.languages or bool(_LANGUAGE_OF_ONES_OWN.fullmatch(part))):
            return False
        self._take(lambda part: f"{language}-{part}" in known.extended)
        self._take(lambda part: part in known.scripts or bool(_SCRIPT_OF_ONES_OWN.fullmatch(part)))
        self._take(lambda part: part in known.regions or bool(_REGION_OF_ONES_OWN.fullmatch(part)))
        variants = list(self._all(lambda part: part in known.variants))
        return len(variants) == len(set(variants)) and self._ends_well()

    def _ends_well(self) -> bool:
        """Read extensions, each of its own letter, and what is for private use."""
        singletons: set[str] = set()
        while self._at < len(self._parts):
            letter = self._parts[self._at]
            if len(letter) != 1 or letter in singletons:
                return False
            singletons.add(letter)
            self._at += 1
            if letter == "x":
                return self._at < len(self._parts)
            if not list(self._all(lambda part: len(part) > 1)):
                return False
        return True

    def _take(self, fits: Callable[[str], bool]) -> bool:
        """Go past the next subtag when it fits."""
        if self._at < len(self._parts) and fits(self._parts[self._at]):
            self._at += 1
            return True
        return False

    def _all(self, fits: Callable[[str], bool]) -> Iterator[str]:
        """Go past the subtags that fit, and yield them."""
        while self._take(fits):
            yield self._parts[self._at - 1]
