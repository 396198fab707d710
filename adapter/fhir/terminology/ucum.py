"""UCUM: whether a text is a unit by UCUM's grammar and its list of units and prefixes.

The list is that of the package ucumvert, which keeps it as published. Its parser is not used: it needs half a
millisecond a unit, and importing it, with a registry of units to convert, a fifth of a second.
Source: https://ucum.org/ucum (2.1), sections 2 and 3. As HL7's validator has it, and more than the letter of the
text allows, an annotation may hold blanks: `{a b}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

LONGEST = 500
"""Characters of a unit; brackets may be this deep."""

KEPT = 10_000
"""Verdicts that are remembered."""

_NAMESPACE = "{http://unitsofmeasure.org/ucum-essence}"
_TOKEN = re.compile(r"\{[ -z|~]*\}|[./()]|(?:\[[!-Z\\^-z|~]*\]|[!-'*+,0-Z\\^-z|~-])+", re.ASCII)
_FACTOR = re.compile(r"[0-9]+", re.ASCII)
_EXPONENT = re.compile(r"[+-]?[0-9]+", re.ASCII)


class Vocabulary:
    """The atoms of UCUM by their case-sensitive codes."""

    def __init__(self, atoms: Mapping[str, bool], prefixes: frozenset[str]) -> None:
        self._atoms = atoms  # code -> metric, so that a prefix may stand before it
        self._prefixes = prefixes
        self._longest = max(map(len, prefixes))

    def has(self, symbol: str) -> bool:
        """Tell whether a symbol is an atom, or a prefix and a metric atom."""
        return symbol in self._atoms or any(
            symbol[:length] in self._prefixes and self._atoms.get(symbol[length:], False)
            for length in range(1, self._longest + 1)
        )


@cache
def vocabulary() -> Vocabulary | None:
    """Return the units and prefixes that ucumvert holds; None where it holds them no more in this form."""
    from xml.etree import ElementTree as ET  # for units alone

    found = find_spec("ucumvert")
    if found is None or found.origin is None:
        return None
    try:
        root = ET.parse(Path(found.origin).parent / "vendor" / "ucum-essence.xml").getroot()
    except (OSError, ET.ParseError):
        return None
    atoms = {unit.attrib["Code"]: True for unit in root.iter(f"{_NAMESPACE}base-unit")}
    atoms.update((unit.attrib["Code"], unit.get("isMetric") == "yes") for unit in root.iter(f"{_NAMESPACE}unit"))
    return Vocabulary(atoms, frozenset(prefix.attrib["Code"] for prefix in root.iter(f"{_NAMESPACE}prefix")))


def is_unit(code: str) -> bool | None:
    """Tell whether a text is a UCUM unit; None: it is too long to be told, or the list of units is not here."""
    return None if len(code) > LONGEST else _verdict(code)


@lru_cache(KEPT)
def _verdict(code: str) -> bool | None:
    known = vocabulary()
    return None if known is None else _Reader(code, known).is_unit()


OPERATORS: Final = (".", "/")


class _Reader:
    """Reads `/`? component ((`.` | `/`) component)*, brackets counted instead of entered."""

    def __init__(self, code: str, known: Vocabulary) -> None:
        self._tokens = _TOKEN.findall(code)
        self._whole = sum(map(len, self._tokens)) == len(code)
        self._known = known

    def is_unit(self) -> bool:
        """Tell whether all of the text is a unit."""
        return self._whole and bool(self._tokens) and self._reads()

    def _reads(self) -> bool:
        depth = 0
        before = "("  # the beginning is like the inside of a bracket
        for token in self._tokens:
            if not self._may_follow(token, before):
                return False
            depth += (token == "(") - (token == ")")
            if depth < 0:
                return False
            before = token
        return depth == 0 and before not in (*OPERATORS, "(")

    def _may_follow(self, token: str, before: str) -> bool:
        """Tell whether a token may stand after another."""
        opens = before in (*OPERATORS, "(")  # where a component must come
        if token == "/":
            return not opens or before == "("
        if token in (".", ")"):
            return not opens
        if token[0] == "{":
            return True  # alone, or after what it annotates
        return opens and (token == "(" or self._is_component(token))

    def _is_component(self, token: str) -> bool:
        """Tell whether a token is a number, or an atom with its prefix and exponent."""
        if _FACTOR.fullmatch(token):
            return True
        if self._known.has(token):
            return True
        symbol = token.rstrip("0123456789")
        exponent = token[len(symbol) :]
        symbol = symbol[:-1] if symbol[-1:] in ("+", "-") else symbol
        return bool(exponent) and self._known.has(symbol)
