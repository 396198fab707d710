"""A push that comes again under its `Idempotency-Key`: it is known by what came, before anything was made of that, for
what follows from the schedule, from links or from what is stored may be another thing the second time."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from adapter.api import answer
from adapter.api.failure import STATUS, failure
from adapter.api.receipts import announced
from adapter.api.sender import sender
from adapter.api.service import Service
from adapter.fhir import json
from adapter.intake.once import LONGEST, Once, digest, earlier
from adapter.intake.receipt import Receipt
from adapter.intake.task import task
from adapter.outcome import Issue

KEY = "Idempotency-Key"
_ONCE, _BEFORE = "crfhir.once", "crfhir.before"


def arrives(here: Service, *what: Any) -> Receipt | None:
    """Remember what this request brings, where it has a key; the receipt that it had, where the same came before under
    the key and had its effect. Failure 400 for a key that is none."""
    key = request.headers.get(KEY)
    if key is None:
        return None
    if not key.strip() or len(key) > LONGEST or not key.isprintable():
        raise failure("invalid", f"An Idempotency-Key has 1 to {LONGEST} characters, all of them printable.")
    came = here.pipeline.names.mac("came", digest(json.encode(list(what))))
    request.environ[_ONCE] = found = Once(key.strip(), came=came)
    request.environ[_BEFORE] = before = earlier(here.store, sender(here).name, found)
    return before


def once() -> Once | None:
    """What makes this request the same as another: its key, and the HMAC of what it brings; None without a key."""
    found: Once | None = request.environ.get(_ONCE)
    return found


def answered_before(status: int) -> Response | None:
    """The answer to a request of FHIR that cannot be carried out, for it was; None where it was not. What is a conflict
    was one then."""
    before: Receipt | None = request.environ.get(_BEFORE)
    return of_receipt(before) if before is not None and status != STATUS["conflict"] else None


def of_receipt(receipt: Receipt) -> Response:
    """What is said of a push as a whole: 202 with the Task of one that was put into quarantine, else 200 with its
    name."""
    announced(receipt)
    if receipt.quarantined and not receipt.entries:
        response = answer.answer(task(receipt), 202)
    else:
        text = f"The same came before under this key, and had its effect then: its receipt is Task/{receipt.id}."
        response = answer.outcome([Issue("information", "informational", text, key="idempotency-key")])
    response.headers["Content-Location"] = f"/fhir/Task/{receipt.id}"
    return response
