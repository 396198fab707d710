"""Tables of cases by rule: what is judged, and every error and warning that must come of it.

A file holds rules; a rule holds cases:

    {"rule": "cardinality-min", "says": "...", "cases": [
        {"name": "...", "resource": {...}, "issues": []},
        {"name": "...", "resource": {...}, "issues": ["error required Patient.x cardinality-min"]}]}

`base` of a file or a rule is what `with` of a case changes: {"with": {"status": null}} takes an element away. `json`
and `xml` hold a text in place of a resource; `profiles` and `definitions` what it is held to (of a rule: what each of
its cases is). Definitions of the file are those of all its cases. One with `elements` is a profile in short: its
id, the type, the base (R4's, or the id of another), and by element id what is stated; a profile is named by its id.
Notes (information) are listed too where a case says "notes": true.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter.fhir.json import parse
from adapter.outcome import Issue
from adapter.validation.validator import Validator

FOLDER = Path(__file__).parent / "cases"
BASE, CORE = "http://example.org/StructureDefinition/", "http://hl7.org/fhir/StructureDefinition/"
DATA_TYPES = {"Extension", "Identifier", "Quantity", "CodeableConcept", "Reference", "HumanName", "Coding", "string"}
KEYS = {"name", "resource", "with", "json", "xml", "profiles", "definitions", "issues", "notes", "because"}


@dataclass(frozen=True)
class Case:
    rule: str
    name: str
    stated: dict[str, Any]
    base: dict[str, Any] | None
    definitions: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"

    @property
    def resource(self) -> dict[str, Any]:
        if "resource" in self.stated:
            return self.stated["resource"]
        assert self.base is not None, f"{self}: neither a resource nor a base"
        return changed(self.base, self.stated.get("with", {}))

    def found(self, validator: Validator, *, is_read: bool = False) -> list[str]:
        """What is found in the case; `is_read` takes its resource for one that was read, and may be remembered."""
        profiles = [url_of(each) for each in self.stated.get("profiles", ())]
        if "json" in self.stated:
            issues = validator.check_json(self.stated["json"], profiles)
        elif "xml" in self.stated:
            issues = validator.check_xml(self.stated["xml"].encode(), profiles)
        else:
            issues = validator.check(self.resource, profiles, is_read=is_read)
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


def url_of(name: str) -> str:
    return name if ":" in name else f"{BASE}{name}"


def definition(stated: dict[str, Any]) -> dict[str, Any]:
    """A definition as it is written, or the StructureDefinition that a short one stands for."""
    if "elements" not in stated:
        return stated
    assert stated.keys() <= {"id", "type", "base", "elements", "context", "contextInvariant", "version"}, stated
    base = stated.get("base")
    elements = [
        {
            "id": id_,
            "path": re.sub(r":[^.]*", "", id_),
            **says,
            **({"sliceName": name} if (name := slice_of(id_)) else {}),
        }
        for id_, says in stated["elements"].items()
    ]
    data_type = stated["type"] in DATA_TYPES
    made = {
        "resourceType": "StructureDefinition",
        "url": url_of(stated["id"]),
        "name": "Profile",
        "status": "draft",
        "kind": "complex-type" if data_type else "resource",
        "abstract": False,
        "type": stated["type"],
        "baseDefinition": f"{CORE}{stated['type']}" if base is None else url_of(base),
        "derivation": "constraint",
        "differential": {"element": elements},
    }
    return made | {key: stated[key] for key in ("context", "contextInvariant", "version") if key in stated}


def slice_of(id_: str) -> str:
    return id_.rpartition(".")[2].partition(":")[2]


def tables() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.json")):
        table = parse(path.read_bytes())
        assert table.keys() <= {"about", "base", "definitions", "rules"}, path
        for rule in table["rules"]:
            assert rule.keys() <= {"rule", "says", "base", "definitions", "profiles", "cases"}, (
                f"{path}: {rule.get('rule')}"
            )
            every = (*table.get("definitions", ()), *rule.get("definitions", ()))
            yield {"base": table.get("base"), **rule, "definitions": every}


def cases() -> list[Case]:
    found = []
    for rule in tables():
        for stated in rule["cases"]:
            assert stated.keys() <= KEYS, f"{rule['rule']}: {stated.keys() - KEYS}"
            assert "issues" in stated, f"{rule['rule']}: {stated['name']} asserts nothing"
            if "profiles" in rule:
                stated = {"profiles": rule["profiles"], **stated}
            definitions = (*rule["definitions"], *stated.get("definitions", ()))
            found.append(Case(rule["rule"], stated["name"], stated, rule["base"], definitions))
    return found


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
