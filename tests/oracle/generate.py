"""All cases, in the same order for the same seed: a few ways to break each element, all ways where they are few."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from tests.oracle.breaks import BREAKS
from tests.oracle.case import Case, case
from tests.oracle.seeds import stated, tables
from tests.oracle.spot import Spot, carriers, of_data_types, spots

SEED = 4
MUTANTS = 100
"""Mutants drawn of each resource of the tables."""

WEIGHTS = {"count": 2, "JSON type": 2, "empty": 2, "code": 5, "reference": 5, "extension": 2, "format": 3, "pair": 5}
"""How often a way is drawn against the others, which have 1."""


def cases(seed: int = SEED) -> Iterator[Case]:
    """Yield the cases that the definitions table and the tables by hand give; a text may come twice."""
    for family, table in tables():
        yield from stated(family, table, seed, MUTANTS)
    yield from drawn(spots(), seed, 2)
    yield from drawn(of_data_types(), seed, 6)
    for _, spot in sorted(carriers().items()):
        yield from broken(spot, BREAKS)


def drawn(places: Iterable[Spot], seed: int, count: int) -> Iterator[Case]:
    """Yield each spot as it should be, and broken in `count` ways."""
    ways = sorted(name for name in BREAKS if name != "sound")
    weights = [WEIGHTS.get(name, 1) for name in ways]
    for spot in places:
        draw = random.Random(f"{seed} {spot.name}")
        yield from broken(spot, ["sound"])
        for _ in range(count):
            yield from broken_somehow(spot, draw, ways, weights)


def broken_somehow(spot: Spot, draw: random.Random, ways: list[str], weights: list[int]) -> Iterator[Case]:
    """Yield one case of one way that makes sense at the spot; of ten draws, one does."""
    for way in draw.choices(ways, weights, k=10):
        made = list(broken(spot, [way]))
        if made:
            yield draw.choice(made)
            return


def broken(spot: Spot, ways: Iterable[str]) -> Iterator[Case]:
    """Yield a spot broken in every variant of these ways."""
    for way in ways:
        for name, resource in BREAKS[way](spot):
            yield case(way, f"{spot.name}: {name}", resource)
