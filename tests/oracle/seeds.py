"""Cases by hand: tables of whole resources, each judged as it stands, with named changes, and as mutants."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapter.fhir import json
from tests.oracle.case import Case, case
from tests.oracle.mutant import mutants

TABLES = Path(__file__).parent / "cases"


def tables() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(TABLES.glob("*.json")):
        yield path.stem, json.parse(path.read_bytes())


def stated(family: str, table: dict[str, Any], seed: int, most: int) -> Iterator[Case]:
    """Yield a table's resources, changed resources and texts, and at most `most` mutants of each resource."""
    by_name = {each["name"]: each["resource"] for each in table["seeds"]}
    for name, resource in by_name.items():
        yield case(family, name, resource)
        yield from drawn(family, name, resource, seed, most)
    for each in table.get("cases", ()):
        yield case(family, f"{each['of']}: {each['name']}", changed(by_name[each["of"]], each["with"]))
    for each in table.get("texts", ()):
        yield Case(family, each["name"], each["text"])


def drawn(family: str, name: str, resource: dict[str, Any], seed: int, most: int) -> Iterator[Case]:
    """Yield at most `most` mutants of a resource."""
    found = list(mutants(resource))
    for what, made in random.Random(f"{seed} {name}").sample(found, min(most, len(found))):
        yield case(family, f"{name}: {what}", made)


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with the values at 'a.b.0.c' replaced; null takes the element away."""
    made: Any = copy.deepcopy(base)
    for path, value in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        at = made
        for step in way:
            at = at[step]
        if value is None:
            at.pop(last)
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value
    return made
