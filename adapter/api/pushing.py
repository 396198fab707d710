"""One push of FHIR: what the headers of the request say of it is handed to the pipeline with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request

from adapter.api.again import once
from adapter.api.failure import STATUS, FailureError, failure
from adapter.api.knowing import before
from adapter.api.lookup import MovedError
from adapter.api.receipts import accepted
from adapter.api.sender import sender
from adapter.api.service import Service
from adapter.fhir import json
from adapter.fhir.syntax import FhirSyntaxError
from adapter.intake.completing import UNCERTAIN
from adapter.intake.receipt import Receipt
from adapter.store.store import Push

Require = Callable[[Push], None]
"""Looks at the store inside the push's transaction before anything is written, and raises to refuse it."""


def push(
    here: Service,
    resources: Sequence[tuple[str, dict[str, Any]]],
    require: Require | None,
    gone: Sequence[tuple[str, str]] = (),
) -> Receipt:
    """Store resources, each with the FHIRPath where it stood, and void those of the addresses in `gone`, all or none.

    Failure 422 with every issue when they are refused, 409 for a key that came with another content before; MovedError
    when another was stored meanwhile under a key that had followed for one of them.
    """
    named = before()
    receipt = here.pipeline.push_resources(
        sender(here),
        resources,
        require=require,
        once=once(),
        provenance=provenance(here),
        gone=gone,
        before=named,
        readings=here.readings,
    )
    if named.completed and any(issue.key == UNCERTAIN for issue in receipt.issues):
        raise MovedError
    return accepted(receipt)


def provenance(here: Service) -> dict[str, Any] | None:
    """The Provenance of `X-Provenance`, whose target is what is pushed; failure 400 or 422 for one that is none."""
    header = request.headers.get("X-Provenance")
    if header is None:
        return None
    try:
        found = json.parse(header.encode("latin-1"))
    except FhirSyntaxError:
        raise failure("structure", "X-Provenance holds no JSON: give a Provenance without target.") from None
    if not isinstance(found, dict) or found.get("resourceType") != "Provenance" or "target" in found:
        raise failure("invalid", "X-Provenance holds a Provenance without target: the target is what is pushed.")
    aimed = found | {"target": [{"display": "this push"}]}
    wrong = [issue for issue in here.desk.validator.check(aimed) if issue.refuses]
    if wrong:
        raise FailureError(STATUS["content"], wrong)
    return found
