"""A batch Bundle: each entry as a request of its own, with its own answer; what one comes to is nothing to the others.

Source: http://hl7.org/fhir/R4/http.html#brules
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import Response, request

from adapter.api import answer
from adapter.api.conformity import refuse
from adapter.api.dispatch import dispatched
from adapter.api.failure import STATUS, FailureError
from adapter.api.interaction import Interaction, read_entry, refuse_faults
from adapter.api.knowing import quarantined
from adapter.api.lookup import placed
from adapter.api.precondition import unconditional
from adapter.api.service import Service
from adapter.fhir import json
from adapter.intake.conformity import judge
from adapter.intake.discretion import discreet
from adapter.outcome import CRF_ITEM, RULE, Issue, operation_outcome

_ENTRY = re.compile(r"Bundle\.entry\[([0-9]+)\](\.resource\b)?", re.ASCII)

KEPT = ("400", "404", "422")
"""With which statuses a resource is refused that is kept in quarantine: for what it is, or whose. One that met a
condition (412), or others that were faster (409, 503), is sent again by its sender."""

ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")


def carry_out(here: Service, bundle: dict[str, Any]) -> Response:
    """Answer a batch: 200, each entry's fate in its own. Failure 400 where the Bundle itself is none."""
    unconditional(request)
    given = bundle.get("entry", [])
    faults = _faults(here, bundle)
    asked = [read_entry(here, position, entry) for position, entry in enumerate(given)]
    ordered = sorted(asked, key=_order)
    told = {each.position: _told(here, each, given[each.position], faults[each.position]) for each in ordered}
    entries = [told[position] for position in sorted(told)]
    made = {"resourceType": "Bundle", "type": "batch-response"}
    return answer.answer(made | ({"entry": entries} if entries else {}))


def _order(asked: Interaction) -> tuple[int, int]:
    return ORDER.index(asked.method) if asked.method in ORDER else len(ORDER), asked.position


def _faults(here: Service, bundle: dict[str, Any]) -> dict[int, list[Issue]]:
    """What is wrong with each entry, but for its resource, which is judged by itself. Failure 400 or 422 with what is
    wrong with the Bundle."""
    faults: dict[int, list[Issue]] = defaultdict(list)
    of_bundle = []
    for issue in judge(here.desk, _skeleton(bundle)):
        entry = _ENTRY.match(issue.expression or "")
        if entry is None or not isinstance(bundle["entry"][int(entry[1])], dict):
            of_bundle.append(issue)
        elif entry[2] is None and issue.refuses:
            faults[int(entry[1])].append(issue)
    refuse(here, of_bundle)
    return faults


def _told(here: Service, asked: Interaction, entry: Mapping[str, Any], faults: Sequence[Issue]) -> dict[str, Any]:
    try:
        if faults:
            raise FailureError(STATUS["structure"], discreet(here.desk, faults))
        refuse_faults(here, asked, entry)
    except FailureError as failed:
        outcome = operation_outcome(placed(failed, asked.where).issues)
        told: dict[str, Any] = {"response": {"status": f"{failed.status} Bad Request", "outcome": outcome}}
    else:
        told = dispatched(asked)
    if asked.method in ("POST", "PUT") and "resource" in entry and told["response"]["status"].startswith(KEPT):
        told["response"]["outcome"] = _kept(here, asked, entry["resource"], told["response"]["outcome"])
    return told


def _kept(here: Service, asked: Interaction, resource: Any, outcome: Any) -> dict[str, Any]:
    """The outcome of a resource that was refused for what it is: it is kept in quarantine, to be decided on."""
    said = json.parse(bytes(outcome)) if isinstance(outcome, msgspec.Raw) else outcome
    issues = [_issue(issue) for issue in said["issue"]]
    return operation_outcome(quarantined(here, f"{asked.where}.resource", resource, issues))


def _issue(told: Mapping[str, Any]) -> Issue:
    codings = {each["system"]: each["code"] for each in told.get("details", {}).get("coding", ())}
    form, _, item = codings.get(CRF_ITEM, "").partition(".")
    expression = next(iter(told.get("expression", ())), None)
    return Issue(
        told["severity"],
        told["code"],
        told.get("diagnostics", ""),
        expression,
        form or None,
        item or None,
        key=codings.get(RULE),
    )


def _skeleton(bundle: dict[str, Any]) -> dict[str, Any]:
    """The Bundle with no more than the names of what its entries hold: these are judged one by one."""
    given = bundle.get("entry")
    if not isinstance(given, list):
        return bundle
    return bundle | {"entry": [_bare(entry) for entry in given]}


def _bare(entry: Any) -> Any:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict):
        return entry
    return entry | {"resource": {key: resource[key] for key in ("resourceType", "id") if key in resource}}
