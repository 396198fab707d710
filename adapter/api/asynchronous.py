"""`Prefer: respond-async` on a Bundle: what can be stored of it is, the rest waits in quarantine; the Task says which.

Source: http://hl7.org/fhir/R4/async.html; the Task stands at the status address, and is there when it is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from adapter.api import answer
from adapter.api.again import arrives, once
from adapter.api.failure import content, failure, unsupported
from adapter.api.interaction import Interaction, read_entry
from adapter.api.precondition import unconditional
from adapter.api.prefer import preferences
from adapter.api.receipts import accepted
from adapter.api.sender import sender
from adapter.api.service import Service
from adapter.intake.redacting import nameless
from adapter.intake.task import task


def is_asked(prefer: str) -> bool:
    """True if the request need not be answered with what became of each entry."""
    return "respond-async" in preferences(prefer)


def carry_out(here: Service, bundle: dict[str, Any]) -> Response:
    """202, with the Task of a Bundle of which each entry is stored or quarantined by itself. Failure 400 for one that
    does more than store resources, or has a condition; 409 for a key that came with another content; 503 for patients
    who cannot be kept without a key of the server."""
    unconditional(request)
    arrives(here, "each", bundle)
    given = bundle.get("entry", [])
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise failure("structure", "Bundle.entry is a list of objects.")
    asked = [read_entry(here, position, entry) for position, entry in enumerate(given)]
    if not _stores(asked):
        raise unsupported("With respond-async each entry stores a resource, by POST or PUT, unconditionally.")
    resources = [(f"{each.where}.resource", each.resource) for each in asked if each.resource is not None]
    whose = sender(here)
    unkept = nameless(here.desk, here.pipeline.names, whose, resources)
    if unkept:
        raise content(unkept)
    receipt = accepted(here.pipeline.push_each(whose, resources, once()))
    response = answer.answer(task(receipt), 202)
    response.headers["Content-Location"] = f"/fhir/Task/{receipt.id}"
    return response


def _stores(asked: Sequence[Interaction]) -> bool:
    return all(
        each.method in ("POST", "PUT") and isinstance(each.resource, dict) and not (each.conditions or each.search)
        for each in asked
    )
