"""The golden resources, each with one thing broken that a profile of the study forbids: cases/profiles.json.

`golden`, `type` and `code` (a text that its JSON holds) choose the resource; `set` and `add` put a value at a path of
keys and places, `remove` takes one away; `error` is what an error then names: the constraint, or a part of the
element's path.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from adapter.fhir import json

CASES = Path(__file__).parent / "cases" / "profiles.json"
GOLDEN = Path(__file__).parents[1] / "golden"
KEYS = {"desc", "golden", "view", "type", "code", "set", "add", "remove", "error"}

Case = dict[str, Any]


def cases() -> list[Case]:
    """Return the cases as written. ValueError for one with a key that nobody reads, or that changes nothing."""
    found: list[Case] = json.parse(CASES.read_bytes())
    for case in found:
        if not case.keys() <= KEYS or case.keys().isdisjoint({"set", "add", "remove"}):
            raise ValueError(case["desc"])
    return found


def whole(case: Case) -> dict[str, Any]:
    """Return the golden resource that a case breaks: the first that it describes."""
    path = GOLDEN / case["golden"] / f"{case.get('view', 'clinical')}.json"
    named = case.get("code", "")
    for resource in json.parse(path.read_bytes()):
        if resource["resourceType"] == case["type"] and named in json.encode(resource).decode():
            return dict(resource)
    raise LookupError(case["desc"])


def broken(case: Case) -> dict[str, Any]:
    """Return the resource with its one fault."""
    resource = copy.deepcopy(whole(case))
    for path in case.get("remove", []):
        parent, key = _at(resource, path)
        del parent[key]
    for path, value in case.get("set", {}).items():
        parent, key = _at(resource, path)
        parent[key] = value
    for path, value in case.get("add", {}).items():
        parent, key = _at(resource, path)
        parent[key].append(value)
    return resource


def _at(resource: Any, path: str) -> tuple[Any, Any]:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        resource = resource[step]
    return resource, last
