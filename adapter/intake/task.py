"""A receipt as the FHIR Task that its sender reads: docs/adr/0027 says why a Task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.intake.receipt import Receipt
from adapter.outcome import Issue, operation_outcome
from adapter.store.quarantine import CORRECTED, REJECTED, REPLAYED, WAITING

PARTS = "urn:crfhir:receipt"
"""The code system of a receipt's outputs."""


def task(receipt: Receipt) -> dict[str, Any]:
    """The Task of a receipt: completed, or on-hold while a part of its push is in quarantine."""
    made: dict[str, Any] = {"resourceType": "Task", "id": receipt.id}
    issues = _issues(receipt)
    if issues:
        made["contained"] = [operation_outcome(issues) | {"id": "issues"}]
    return made | {
        "status": _status(receipt),
        "intent": "order",
        "code": {"coding": [{"system": PARTS, "code": "push"}]},
        "authoredOn": receipt.at,
        "lastModified": max([receipt.at, *(at for _, at in receipt.settled)]),
        "requester": {"display": receipt.sender},
        "output": list(_outputs(receipt)),
    }


def _status(receipt: Receipt) -> str:
    fates = receipt.fates if receipt.fates is not None else [WAITING for _ in receipt.quarantined]
    if WAITING in fates:
        return "on-hold"
    return "rejected" if REJECTED in fates and not receipt.entries and len(set(fates)) == 1 else "completed"


def _issues(receipt: Receipt) -> list[Issue]:
    """What is still to be said of a push: not why its parts waited, when all of these are stored."""
    stored = receipt.fates is not None and receipt.settled and set(receipt.fates) <= {REPLAYED, CORRECTED}
    return [issue for issue in receipt.issues if not (stored and issue.refuses)]


def _outputs(receipt: Receipt) -> Iterator[dict[str, Any]]:
    for outcome, records in sorted(receipt.outcomes.items()):
        yield _output(outcome, valueInteger=records)
    for entry in receipt.entries:
        key = entry.written.key
        yield _output("record", valueString=f"{key.form}/{key.text} {entry.outcome} {entry.digest}".rstrip())
        for address in entry.written.resources:
            yield _output("resource", valueReference={"reference": f"{address.path}/_history/{address.version}"})
    for number in receipt.quarantined:
        yield _output("quarantine", valueString=str(number))
    for number, _ in receipt.settled:
        yield _output("stored", valueReference={"reference": f"Task/{number}"})
    if _issues(receipt):
        yield _output("issues", valueReference={"reference": "#issues"})
    yield _output("checksum", valueString=receipt.checksum)
    if receipt.chain:
        yield _output("chain", valueString=receipt.chain)


def _output(code: str, **value: Any) -> dict[str, Any]:
    return {"type": {"coding": [{"system": PARTS, "code": code}]}, **value}
