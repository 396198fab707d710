"""Tables of cases by rule: what is judged, and every error and warning that must come of it.

A file holds rules; a rule holds cases:

    {"rule": "cardinality-min", "says": "...", "cases": [
        {"name": "...", "resource": {...}, "issues": []},
        {"name": "...", "resource": {...}, "issues": ["error required Patient.x cardinality-min"]}]}

`base` of a file or a rule is what `with` of a case changes: {"with": {"status": null}} takes an element away. `json` and
`xml` hold a text in place of a resource; `profiles` and `definitions` what it is held to. Notes (information) are
listed too where a case says "notes": true.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter.fhir.json import parse
from adapter.outcome import Issue
from adapter.validation.validator import Validator

FOLDER = Path(__file__).parent / "cases"
KEYS = {"name", "resource", "with", "json", "xml", "profiles", "definitions", "issues", "notes", "because"}


@dataclass(frozen=True)
class Case:
    rule: str
    name: str
    stated: dict[str, Any]
    base: dict[str, Any] | None

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"

    @property
    def resource(self) -> dict[str, Any]:
        if "resource" in self.stated:
            return self.stated["resource"]
        assert self.base is not None, f"{self}: neither a resource nor a base"
        return changed(self.base, self.stated.get("with", {}))

    def found(self, validator: Validator) -> list[str]:
        profiles = self.stated.get("profiles", ())
        if "json" in self.stated:
            issues = validator.check_json(self.stated["json"], profiles)
        elif "xml" in self.stated:
            issues = validator.check_xml(self.stated["xml"].encode(), profiles)
        else:
            issues = validator.check(self.resource, profiles)
        return sorted(line(each) for each in issues if self.stated.get("notes") or each.severity != "information")


def line(issue: Issue) -> str:
    return f"{issue.severity} {issue.code} {issue.expression or '-'} {issue.key}"


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with the values at 'a.b.0.c' replaced; null takes the element away."""
    made: Any = copy.deepcopy(base)
    for path, value in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        at = made
        for step in way:
            at = at[step]
        if value is None:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value
    return made


def tables() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.json")):
        table = parse(path.read_bytes())
        assert table.keys() <= {"about", "base", "rules"}, path
        for rule in table["rules"]:
            assert rule.keys() <= {"rule", "says", "base", "cases"}, f"{path}: {rule.get('rule')}"
            yield {"base": table.get("base"), **rule}


def cases() -> list[Case]:
    found = []
    for rule in tables():
        for stated in rule["cases"]:
            assert stated.keys() <= KEYS, f"{rule['rule']}: {stated.keys() - KEYS}"
            assert "issues" in stated, f"{rule['rule']}: {stated['name']} asserts nothing"
            found.append(Case(rule["rule"], stated["name"], stated, rule["base"]))
    return found


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
