"""A transaction Bundle: its entries in R4's order, references between them resolved, all of it stored or nothing.

Source: http://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, request

from adapter.api import answer
from adapter.api.again import arrives
from adapter.api.conformity import refuse
from adapter.api.delete import disputed
from adapter.api.dispatch import dispatched
from adapter.api.entries import Entry, settled_entries
from adapter.api.failure import FailureError
from adapter.api.interaction import Interaction, interactions
from adapter.api.lookup import settled
from adapter.api.precondition import both, precondition, unconditional
from adapter.api.pushed import entry_of, told_entry
from adapter.api.pushing import Require, push
from adapter.api.references import unresolved
from adapter.api.service import Service
from adapter.intake.conformity import is_fhir
from adapter.intake.discretion import discreet
from adapter.intake.receipt import Receipt
from adapter.outcome import Issue, operation_outcome

ORDER = ("DELETE", "POST", "PUT", "PATCH")


def carry_out(here: Service, bundle: dict[str, Any]) -> Response:
    """Answer a transaction. Failure 400, 412 or 422 with every issue, each at its entry, when it is refused."""
    unconditional(request)
    arrives(here, bundle)
    given = bundle.get("entry", [])
    issues = here.readings.judge(bundle)
    asked = _asked(here, given, issues) if is_fhir(issues) else []
    refuse(here, issues)
    writing = [each for each in asked if not each.reads]
    answers = settled(lambda: _written(here, writing)) if writing else {}
    for each in asked:
        if each.reads:
            answers[each.position] = dispatched(each)
    told = [answers[position] for position in sorted(answers)]
    return answer.answer({"resourceType": "Bundle", "type": "transaction-response"} | ({"entry": told} if told else {}))


def _asked(here: Service, given: Sequence[dict[str, Any]], issues: Sequence[Issue]) -> list[Interaction]:
    """What the entries ask for. Failure 400 with what cannot be carried out, beside what the validation found
    elsewhere."""
    asked: list[Interaction] = []
    faults: list[Issue] = []
    try:
        asked = interactions(here, given)
    except FailureError as failed:
        faults = list(failed.issues)
    faults += unresolved(given)
    if faults:
        places = {issue.expression for issue in faults}
        others = [issue for issue in discreet(here.desk, issues) if issue.expression not in places]
        raise FailureError(400, [*faults, *others])
    return asked


def _written(here: Service, asked: Sequence[Interaction]) -> dict[int, dict[str, Any]]:
    """Store what the entries ask for; the answer to each by its position."""
    entries = settled_entries(here, asked)
    stored = sorted((each for each in entries if each.resource is not None), key=_order)
    gone = [(each.asked.type, each.id) for each in entries if each.asked.method == "DELETE" and each.id is not None]
    require = both(*_required(entries))
    pushed = [(f"{each.asked.where}.resource", each.resource) for each in stored if each.resource is not None]
    receipt = push(here, pushed, require, gone) if pushed or gone else Receipt()
    return {each.asked.position: _told(here, receipt, each) for each in entries}


def _order(entry: Entry) -> tuple[int, int]:
    return ORDER.index(entry.asked.method), entry.asked.position


def _required(entries: Sequence[Entry]) -> Iterator[Require | None]:
    for each in entries:
        yield each.require
        kept = (each.kept.type, each.kept.id) if each.kept is not None else None
        address = (each.asked.type, each.id) if each.id is not None else kept
        headers = {name: text for name, text in each.asked.conditions.items() if name != "If-None-Exist"}
        yield precondition(headers, address, f"{each.asked.where}.request")


def _told(here: Service, receipt: Receipt, each: Entry) -> dict[str, Any]:
    if each.found is not None and each.resource is None and each.asked.method == "POST":
        return entry_of(here, each.found, [], created=False)
    if each.resource is None and (each.asked.type, each.id) in receipt.addresses:
        return {"response": {"status": "200 OK", "outcome": operation_outcome(disputed(receipt))}}
    if each.resource is None:
        return {"response": {"status": "204 No Content"}}
    return told_entry(here, receipt, each.resource, each.kept, f"{each.asked.where}.resource")
