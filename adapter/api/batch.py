"""A batch Bundle: each entry as a request of its own, with its own answer; what one comes to is nothing to the others.

Source: http://hl7.org/fhir/R4/http.html#brules
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response, request

from adapter.api import answer
from adapter.api.conformity import refuse
from adapter.api.dispatch import dispatched
from adapter.api.failure import FailureError
from adapter.api.interaction import Interaction, read_entry, refuse_faults
from adapter.api.knowing import quarantined
from adapter.api.lookup import placed
from adapter.api.precondition import unconditional
from adapter.api.service import Service
from adapter.fhir import json
from adapter.intake.conformity import judge
from adapter.outcome import CRF_ITEM, RULE, Issue, operation_outcome

_BELOW = re.compile(r"Bundle\.entry\[[0-9]+\]\.resource\b", re.ASCII)

ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")


def carry_out(here: Service, bundle: dict[str, Any]) -> Response:
    """Answer a batch: 200, each entry's fate in its own. Failure 400 where the Bundle itself is none."""
    unconditional(request)
    given = bundle.get("entry", [])
    found = judge(here.desk, _skeleton(bundle))
    refuse(here, [issue for issue in found if not _BELOW.match(issue.expression or "")])
    asked = [read_entry(here, position, entry) for position, entry in enumerate(given)]
    told = {each.position: _told(here, each, given[each.position]) for each in sorted(asked, key=_order)}
    entries = [told[position] for position in sorted(told)]
    made = {"resourceType": "Bundle", "type": "batch-response"}
    return answer.answer(made | ({"entry": entries} if entries else {}))


def _order(asked: Interaction) -> tuple[int, int]:
    return ORDER.index(asked.method) if asked.method in ORDER else len(ORDER), asked.position


def _told(here: Service, asked: Interaction, entry: Mapping[str, Any]) -> dict[str, Any]:
    try:
        refuse_faults(here, asked, entry)
    except FailureError as failed:
        outcome = operation_outcome(placed(failed, asked.where).issues)
        return {"response": {"status": f"{failed.status} Bad Request", "outcome": outcome}}
    told = dispatched(asked)
    if asked.method in ("POST", "PUT") and told["response"]["status"].startswith("422"):
        told["response"]["outcome"] = _kept(here, asked, told["response"]["outcome"])
    return told


def _kept(here: Service, asked: Interaction, outcome: msgspec.Raw) -> dict[str, Any]:
    """The outcome of a resource that was refused for what it says: it is kept in quarantine, to be decided on."""
    issues = [_issue(issue) for issue in json.parse(bytes(outcome))["issue"]]
    resource = asked.resource if asked.resource is not None else {}
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
