"""Draws of numbers: by chance in binary floating point, written as whole numbers or decimals of `digits`."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import exp, floor, inf, log
from random import Random
from typing import Any

from adapter.sample.draw import Compiler, number, pair, verb
from adapter.sample.moment import Draw, Moment

SHAPE = ("within", "digits")
"""The options of every number: the range it is kept in, and the digits after the point that are written."""


def rounded(value: float, digits: int) -> int | Decimal:
    """Return `value` with so many digits after the point (half up); a whole number for 0."""
    return floor(value + 0.5) if digits == 0 else Decimal(f"{value:.{digits}f}") + 0


def _shaped(declared: Mapping[str, Any], raw: Callable[[Moment], float]) -> Draw:
    shape = _shape(declared)
    return lambda moment: shape(raw(moment))


def _shape(declared: Mapping[str, Any]) -> Callable[[float], float | Decimal]:
    low, high = pair(declared["within"]) if "within" in declared else (-inf, inf)
    if "digits" not in declared:
        return lambda value: min(max(value, low), high)
    digits = int(declared["digits"])
    return lambda value: rounded(min(max(value, low), high), digits)


def _gauss(random: Random) -> float:
    return random.gauss(0.0, 1.0)


@verb("normal", *SHAPE)
def normal(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{normal: [mean, sd], within: [low, high], digits: 1}`."""
    mean, deviation = pair(declared["normal"])
    return _shaped(declared, lambda moment: mean + deviation * _gauss(moment.random))


@verb("lognormal", *SHAPE)
def lognormal(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{lognormal: [median, factor]}`: two thirds lie between median ÷ factor and median × factor."""
    median, factor = pair(declared["lognormal"])
    return _shaped(declared, lambda moment: median * exp(log(factor) * _gauss(moment.random)))


@verb("uniform", *SHAPE)
def uniform(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{uniform: [low, high]}`: any number between; with `digits: 0`, any whole number, both ends too."""
    low, high = pair(declared["uniform"])
    if str(declared.get("digits")) == "0":
        return lambda moment: floor(low + (high - low + 1) * moment.random.random())
    return _shaped(declared, lambda moment: low + (high - low) * moment.random.random())


@verb("poisson")
def poisson(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{poisson: 0.8}`: how often something happens that happens so often on average."""
    limit = exp(-number(declared["poisson"]))

    def draw(moment: Moment) -> int:
        count, product = 0, moment.random.random()
        while product > limit:
            count, product = count + 1, product * moment.random.random()
        return count

    return draw


@verb("sum", *SHAPE)
def total(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{sum: [DRAW, DRAW], within: [0, 3], digits: 0}`; silence as soon as one part is silent."""
    parts, shape = [compiler.draw(part) for part in declared["sum"]], _shape(declared)

    def draw(moment: Moment) -> Any:
        drawn = [part(moment) for part in parts]
        return None if any(value is None for value in drawn) else shape(sum(map(float, drawn)))

    return draw


@verb("times", *SHAPE)
def product(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{times: [DRAW, DRAW]}`: the product of two draws."""
    first, second = (compiler.draw(part) for part in declared["times"])
    return _shaped(declared, lambda moment: float(first(moment)) * float(second(moment)))


@verb("along", "points", *SHAPE)
def along(declared: Mapping[str, Any], compiler: Compiler) -> Draw:
    """`{along: study_day, points: {0: 2.4, 14: 1.1}}`: a line through the points, level outside them."""
    read = compiler.name(declared["along"])
    points = sorted((number(at), number(value)) for at, value in declared["points"].items())
    places = [at for at, _ in points]

    def line(moment: Moment) -> float:
        at = float(read(moment))
        right = bisect(places, at)
        if right in (0, len(points)):
            return points[max(right - 1, 0)][1]
        (start, low), (end, high) = points[right - 1], points[right]
        return low + (high - low) * (at - start) / (end - start)

    return _shaped(declared, line)


@verb("walk", "keep", *SHAPE)
def walk(declared: Mapping[str, Any], _compiler: Compiler) -> Draw:
    """`{walk: 0.4, keep: 0.8}`: a random walk of the participant around 0: good days follow good days."""
    deviation, keep = number(declared["walk"]), number(declared.get("keep", "0.8"))
    stir, state = deviation * (1 - keep * keep) ** 0.5, object()

    def step(moment: Moment) -> float:
        walks = moment.participant.walks
        before = walks[state] if state in walks else deviation * _gauss(moment.random)
        walks[state] = keep * before + stir * _gauss(moment.random)
        return walks[state]

    return _shaped(declared, step)
