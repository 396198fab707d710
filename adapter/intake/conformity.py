"""What arrives as FHIR, held to R4 and to the profiles that it claims; docs/adr/0016 says why it is done so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.fhir.fhirpath import Env, EvaluationError, FhirPathError, Typed, compile_expression
from adapter.intake.active import active
from adapter.intake.arrival import unversioned
from adapter.mapping.residue import without
from adapter.outcome import Issue
from adapter.store.shapes import Emission

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

SHAPE = frozenset({"resource-type", "unknown-element", "type", "choice", "empty", "null", "twin-length", "depth"})
"""The rules of R4's grammar: what breaks one cannot be read for sure, wherever it stands."""

NO_FHIR = SHAPE | {"format"}
"""What breaks one of these is no FHIR, whatever its type or a profile asks of it."""

OF_CODES = frozenset({"binding", "pattern", "fixed"})
"""The rules that a code breaks which is not the one, or none of those, that a profile names."""

_INDEX = re.compile(r"\[[0-9]+\]", re.ASCII)
_CODING = re.compile(r"(.*\.coding\[[0-9]+\])\.[a-z]+", re.ASCII)


def is_fhir(issues: Iterable[Issue]) -> bool:
    """Tell whether what these issues are about is FHIR at all: only rules of content are broken, or none."""
    return not any(issue.refuses and issue.key in NO_FHIR for issue in issues)


def judge(desk: Desk, resource: Any, profiles: tuple[str, ...] = ()) -> list[Issue]:
    """Return the issues of a resource or Bundle that arrives, each with the CRF item that it is about.

    `profiles` are those that it is held to beside those it claims.

    What has not the shape of FHIR is told as it is. Else an error is told that is one still when what identifies a
    person is dropped: a subject whose profile allows no name may come with one, for it is not stored. And a
    hospital's own code, which its site file translates, does not break a profile that names the study's. A narrative
    that acts (a script, a remote image) is refused, dropped or not.
    """
    found: list[Issue] = desk.validator.check(resource, profiles, is_read=True)
    if any(issue.refuses for issue in found) and not any(issue.key in SHAPE for issue in found):
        nameless = _each(resource, lambda one: without(one, desk.read(unversioned(one)).dropped))
        found = _still(found, desk.validator.check(nameless, profiles))
        if any(issue.refuses and issue.key in OF_CODES for issue in found):
            found = _translated(desk, found, resource)
    found = [*found, *(issue for issue in active(resource) if issue not in found)]
    return desk.naming.named(found, resource) if found else found


def judge_stored(desk: Desk, emitted: Iterable[Emission]) -> list[Issue]:
    """Return the errors of the resources as which a record would be served, held to the study's profiles."""
    return [issue for each in emitted for issue in _of_stored(desk, json.parse(each.body))]


def _of_stored(desk: Desk, resource: Any) -> list[Issue]:
    found = [issue for issue in desk.validator.check(resource, is_read=True) if issue.refuses]
    told = [replace(issue, diagnostics=f"As it would be stored: {issue.diagnostics}") for issue in found]
    return desk.naming.named(told, resource) if told else told


def _still(found: list[Issue], left: list[Issue]) -> list[Issue]:
    """Return what was found but for the errors that are left no longer."""
    rules = {_rule(issue) for issue in left if issue.refuses}
    return [issue for issue in found if not issue.refuses or _rule(issue) in rules]


def _rule(issue: Issue) -> tuple[str | None, str]:
    """Return what is broken and where; entries move up when one before them is dropped."""
    return issue.key, _INDEX.sub("", issue.expression or "")


def _translated(desk: Desk, found: list[Issue], resource: Any) -> list[Issue]:
    """Return what was found but for codes that a profile does not name and a hospital's file does; R4's own count."""
    of_r4 = _still(found, desk.validator.check(_each(resource, _unclaimed)))
    return [issue for issue in found if issue in of_r4 or not _in_own_words(desk, issue, resource)]


def _in_own_words(desk: Desk, issue: Issue, resource: Any) -> bool:
    if issue.key not in OF_CODES or issue.expression is None:
        return False
    inside = _CODING.fullmatch(issue.expression)
    try:
        expression = compile_expression(inside[1] if inside else issue.expression, resource["resourceType"])
        values = expression.evaluate(resource, Env(resource=resource, root=resource))
    except (FhirPathError, EvaluationError):
        return False
    return any(desk.in_own_words(value.value if isinstance(value, Typed) else value) for value in values)


def _unclaimed(resource: dict[str, Any]) -> dict[str, Any]:
    meta = resource.get("meta")
    if not isinstance(meta, dict):
        return resource
    kept = {key: value for key, value in meta.items() if key != "profile"}
    return {key: kept if key == "meta" else value for key, value in resource.items() if key != "meta" or kept}


def _each(resource: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Return the resource changed; of a Bundle those of its entries."""
    if resource.get("resourceType") != "Bundle":
        return change(resource)
    entries = [
        {**entry, "resource": _each(entry["resource"], change)} if "resource" in entry else entry
        for entry in resource.get("entry", ())
    ]
    return {**resource, "entry": entries} if entries else resource
