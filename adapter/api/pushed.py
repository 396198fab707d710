"""What is answered to a push of resources: each with the version that stands for it now, restricted ones with no word
more than that they were accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response, request

from adapter.api import answer
from adapter.api.policy import sight
from adapter.api.prefer import returned
from adapter.api.service import Service
from adapter.intake.receipt import HIDDEN, Receipt
from adapter.outcome import Issue, operation_outcome
from adapter.store.index import identifiers
from adapter.store.search_query import Query, identified, ids
from adapter.store.shapes import Address, Emission


def told(here: Service, receipt: Receipt, resource: Mapping[str, Any], kept: Emission | None) -> Response:
    """The answer to a push of one resource; 201 when it is new, with what `Prefer` asks for."""
    address = standing_address(here, receipt, resource, kept)
    if address is None:
        return answer.outcome(_issues(receipt, kept))
    response = of_version(here, address, _issues(receipt, kept))
    if _is_new(here, receipt, address):
        response.status_code = 201
        response.headers["Location"] = answer.location(here.config.base_url, address)
    return response


def of_version(here: Service, address: Address, issues: list[Issue]) -> Response:
    """A version that a request led to: its bytes, nothing, or an outcome, as `Prefer` asks for."""
    wish = returned(request.headers.get("Prefer", ""))
    if wish == "OperationOutcome":
        response = answer.outcome(issues)
    elif wish == "minimal":
        response = answer.empty()
    else:
        response = answer.raw(body_of(here, address))
    # Where there is no Location, clients (HAPI's) read the id and version of what they sent from this.
    response.headers["Content-Location"] = answer.location(here.config.base_url, address)
    return answer.versioned(response, address.version, address.at)


def told_entry(
    here: Service, receipt: Receipt, resource: Mapping[str, Any], kept: Emission | None, where: str
) -> dict[str, Any]:
    """The entry of a transaction-response for one resource that was pushed from `where`."""
    address = standing_address(here, receipt, resource, kept)
    issues = [issue for issue in _issues(receipt, kept) if (issue.expression or where).startswith(where)]
    if address is None:
        return {"response": {"status": "200 OK", "outcome": operation_outcome(issues)}}
    return entry_of(here, address, issues, created=_is_new(here, receipt, address))


def entry_of(here: Service, address: Address, issues: list[Issue], *, created: bool) -> dict[str, Any]:
    """The entry of a transaction-response for a version, with what `Prefer` asks for."""
    wish = request.headers.get("Prefer", "")
    response: dict[str, Any] = {
        "status": "201 Created" if created else "200 OK",
        "location": answer.location(here.config.base_url, address),
        "etag": answer.etag(address.version),
        "lastModified": address.at,
    }
    if returned(wish) == "OperationOutcome":
        response["outcome"] = operation_outcome(issues)
    entry: dict[str, Any] = {"fullUrl": f"{here.config.base_url}/fhir/{address.path}"}
    if "return=" in wish and returned(wish) == "representation":
        entry["resource"] = msgspec.Raw(body_of(here, address))
    return entry | {"response": response}


def body_of(here: Service, address: Address) -> bytes:
    """The bytes of a version."""
    stored = here.store.read(sight(), address.type, address.id, address.version)
    return stored.body if stored is not None else b"{}"


def standing_address(
    here: Service, receipt: Receipt, resource: Mapping[str, Any], kept: Emission | None
) -> Address | None:
    """The version that stands for a resource after its push; None where there is none that may be told."""
    if kept is not None and kept.restricted:
        return None
    type_ = resource["resourceType"]
    if kept is not None:
        return receipt.addresses.get((type_, kept.id))
    among = tuple(id_ for written, id_ in receipt.addresses if written == type_)
    return receipt.addresses.get((type_, _derived_id(here, resource, among)))


def _derived_id(here: Service, resource: Mapping[str, Any], among: tuple[str, ...]) -> str:
    """The id of a resource that holds derived items alone: its content makes nothing, its identifier finds
    it."""
    type_, named = resource["resourceType"], identifiers(resource.get("identifier"))
    page = here.store.search(sight(), Query(type_, (ids(among), identified(type_, named)), count=1, total="none"))
    return page.versions[0].address.id if page.versions else ""


def _issues(receipt: Receipt, kept: Emission | None) -> list[Issue]:
    hidden = [Issue("information", "informational", HIDDEN)] if kept is not None and kept.restricted else []
    return [*hidden, *receipt.issues]


def _is_new(here: Service, receipt: Receipt, address: Address) -> bool:
    """True if this push made the resource: where there was none, or where the last version was a deletion."""
    if address.at != receipt.at or receipt.replayed:
        return False
    before = here.store.read(sight(), address.type, address.id, address.version - 1) if address.version > 1 else None
    return before is None or before.deleted
