"""What arrives as FHIR, held to R4 and to the profiles that it claims; what identifies a person is left out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.intake.arrival import unversioned
from adapter.mapping.residue import without
from adapter.outcome import Issue
from adapter.store.shapes import Emission

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

NO_FHIR = frozenset(
    {"resource-type", "unknown-element", "type", "choice", "empty", "null", "twin-length", "format", "depth"}
)
"""The rules of R4's grammar: what breaks one is no FHIR, whatever its type or profile asks."""

_INDEX = re.compile(r"\[[0-9]+\]", re.ASCII)


def is_fhir(issues: Iterable[Issue]) -> bool:
    """Tell whether what these issues are about is FHIR at all: only rules of content are broken, or none."""
    return not any(issue.refuses and issue.key in NO_FHIR for issue in issues)


def judge(desk: Desk, resource: Any) -> list[Issue]:
    """Return the issues of a resource or Bundle that arrives, each with the CRF item that it is about.

    An error that is none once what identifies a person is dropped is not told: a subject whose profile allows no
    name may come with one, for it is not stored. Nor does dropping ever make an error: a contact that was all name.
    """
    found: list[Issue] = desk.validator.check(resource)
    if is_fhir(found) and any(issue.refuses for issue in found):
        left = {_rule(issue) for issue in desk.validator.check(_nameless(desk, resource)) if issue.refuses}
        found = [issue for issue in found if not issue.refuses or _rule(issue) in left]
    return desk.naming.named(found, resource) if found else found


def judge_stored(desk: Desk, emitted: Iterable[Emission]) -> list[Issue]:
    """Return the errors of resources that a record would be served as, held to the study's profiles."""
    return [issue for each in emitted for issue in _of_stored(desk, json.parse(each.body))]


def _of_stored(desk: Desk, resource: Any) -> list[Issue]:
    found = [issue for issue in desk.validator.check(resource) if issue.refuses]
    told = [replace(issue, diagnostics=f"As it would be stored: {issue.diagnostics}") for issue in found]
    return desk.naming.named(told, resource) if told else told


def _rule(issue: Issue) -> tuple[str | None, str]:
    """What is broken and where; entries move up when one before them is dropped."""
    return issue.key, _INDEX.sub("", issue.expression or "")


def _nameless(desk: Desk, resource: Any) -> Any:
    """The resource, or a Bundle's resources, without what a reading of them drops because it identifies a person."""
    if not isinstance(resource, dict):
        return resource
    entries = resource.get("entry")
    if resource.get("resourceType") == "Bundle" and isinstance(entries, list):
        return resource | {"entry": [_entry(desk, each) for each in entries]}
    return without(resource, desk.read(unversioned(resource)).dropped)


def _entry(desk: Desk, entry: Any) -> Any:
    held = entry.get("resource") if isinstance(entry, Mapping) else None
    return {**entry, "resource": _nameless(desk, held)} if isinstance(held, dict) else entry
