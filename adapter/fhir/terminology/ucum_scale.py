"""What UCUM's units are worth in its base units, so that quantities in unlike units can be compared.

The definitions are those that the package ucumvert keeps as published. A unit that is more than a factor of others
(degrees Celsius, pH) or is defined by a procedure (international units) is worth nothing that could be compared.
Source: https://ucum.org/ucum (2.1), sections 2 and 3
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from adapter.fhir.kept import kept

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 60
"""Characters of a unit that is converted; real ones have fewer than twenty."""

HIGHEST = 20
"""The highest power that is computed."""

KEPT = 1_000
_NAMESPACE = "{http://unitsofmeasure.org/ucum-essence}"
_TOKEN: Final = re.compile(r"\{[^{}]*\}|[./()]|(?:\[[^\[\]]*\]|[^./(){}\[\]])+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scale:
    """A factor, and the base units that it is of, with their powers."""

    factor: Fraction
    powers: Mapping[str, int]

    def times(self, other: Scale, power: int = 1) -> Scale:
        """Return the product with another one to some power."""
        powers = dict(self.powers)
        for base, each in other.powers.items():
            powers[base] = powers.get(base, 0) + each * power
        return Scale(self.factor * other.factor**power, {base: each for base, each in powers.items() if each})


ONE = Scale(Fraction(1), MappingProxyType({}))


class NoFactorError(ValueError):
    """This unit is no factor of base units."""


@kept(KEPT)
def ratio(one: str, other: str) -> Fraction | None:
    """Return how many of the other unit one of a unit is; None where they are of unlike kinds, or no factors."""
    try:
        left, right = _scale(one), _scale(other)
    except (NoFactorError, ZeroDivisionError):
        return None
    return left.factor / right.factor if left.powers == right.powers and left.factor and right.factor else None


def _scale(code: str) -> Scale:
    tokens = _TOKEN.findall(code)
    if not tokens or len(code) > LONGEST or sum(map(len, tokens)) != len(code):
        raise NoFactorError(code)
    tokens.reverse()
    found = _term(tokens)
    if tokens:
        raise NoFactorError(code)
    return found


def _term(tokens: list[str]) -> Scale:
    """Return what components with points and strokes between them are worth; takes them off the tokens' end."""
    found, power = ONE, 1
    if tokens and tokens[-1] == "/":
        tokens.pop()
        power = -1
    while True:
        found = found.times(_component(tokens), power)
        if not tokens or tokens[-1] not in (".", "/"):
            break
        power = 1 if tokens.pop() == "." else -1
    return found


def _component(tokens: list[str]) -> Scale:
    token = tokens.pop() if tokens else ""
    if token == "(":
        found = _term(tokens)
        if not tokens or tokens.pop() != ")":
            raise NoFactorError(token)
    elif token.startswith("{"):
        return ONE
    elif token.isdigit():
        return Scale(Fraction(int(token)), ONE.powers)
    else:
        found = _powered(token)
    if tokens and tokens[-1].startswith("{"):
        tokens.pop()
    return found


def _powered(token: str) -> Scale:
    symbol = token.rstrip("0123456789")
    written = token[len(symbol) :]
    if written and symbol[-1:] in ("+", "-"):
        symbol, written = symbol[:-1], symbol[-1] + written
    if abs(int(written or "1")) > HIGHEST:
        raise NoFactorError(token)
    return ONE.times(_symbol(symbol), int(written or "1"))


def _symbol(symbol: str) -> Scale:
    """Return what an atom is worth, or a prefix and an atom that takes one."""
    atoms, prefixes = _definitions()
    if symbol in atoms:
        return _atom(symbol)
    for length in (1, 2):
        rest = symbol[length:]
        if symbol[:length] in prefixes and rest in atoms and atoms[rest].metric:
            return Scale(prefixes[symbol[:length]], ONE.powers).times(_atom(rest))
    raise NoFactorError(symbol)


@cache
def _atom(code: str) -> Scale:
    atom = _definitions()[0][code]
    if atom.value is None:
        raise NoFactorError(code)
    return Scale(Fraction(1), {code: 1}) if not atom.unit else Scale(atom.value, ONE.powers).times(_scale(atom.unit))


@dataclass(frozen=True, slots=True)
class _Atom:
    """An atom as UCUM defines it: so much of a unit, of none where it is a base; `value` None is no factor."""

    metric: bool
    value: Fraction | None
    unit: str = ""


@cache
def _definitions() -> tuple[Mapping[str, _Atom], Mapping[str, Fraction]]:
    """Return UCUM's atoms and its prefixes; none where the package holds them no more in this form."""
    from xml.etree import ElementTree as ET  # for units alone

    found = find_spec("ucumvert")
    try:
        root = ET.parse(Path((found and found.origin) or "").parent / "vendor" / "ucum-essence.xml").getroot()
    except (OSError, ET.ParseError):
        return {}, {}
    atoms = {each.attrib["Code"]: _Atom(metric=True, value=Fraction(1)) for each in root.iter(f"{_NAMESPACE}base-unit")}
    atoms.update((each.attrib["Code"], _defined(each)) for each in root.iter(f"{_NAMESPACE}unit"))
    prefixes = {each.attrib["Code"]: _number(each) for each in root.iter(f"{_NAMESPACE}prefix")}
    return atoms, {code: value for code, value in prefixes.items() if value is not None}


def _defined(unit: Element) -> _Atom:
    stated = unit.find(f"{_NAMESPACE}value")
    factor = unit.get("isSpecial") != "yes" and unit.get("isArbitrary") != "yes"
    written = "" if stated is None else stated.get("Unit", "")
    return _Atom(unit.get("isMetric") == "yes", _number(unit) if factor else None, written)


def _number(defined: Element) -> Fraction | None:
    stated = defined.find(f"{_NAMESPACE}value")
    written = None if stated is None else stated.get("value")
    return None if written is None else Fraction(written)
