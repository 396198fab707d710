"""Writing FHIR: a resource by POST or PUT, a transaction of them; each push whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from adapter.api import answer
from adapter.api.conformity import arrived, conforming
from adapter.api.failure import content, failure
from adapter.api.precondition import precondition, unconditional
from adapter.api.service import SENDER, Service, service
from adapter.api.transaction import entries_of
from adapter.intake.receipt import HIDDEN, Receipt
from adapter.intake.standing import standing
from adapter.outcome import Issue, operation_outcome
from adapter.store.index import identifiers
from adapter.store.search import Query
from adapter.store.shapes import Address, Emission

blueprint = Blueprint("write", __name__, url_prefix="/fhir")


@blueprint.post("/<type_>")
def create(type_: str) -> Response:
    """Store a resource; its id is made from its business key, whatever id it came with."""
    return _push(service(), _body(service(), type_), None)


@blueprint.put("/<type_>/<id_>")
def update(type_: str, id_: str) -> Response:
    """Store a resource at its id, which must be the one of its business key."""
    resource = _body(service(), type_)
    if resource.get("id") != id_:
        text = f"PUT to {type_}/{id_[:64]} needs a resource with this id: give it, or POST to {type_}."
        raise failure("invalid", text, expression=f"{type_}.id")
    return _push(service(), resource, id_)


@blueprint.post("")
def transaction() -> Response:
    """Store the resources of a transaction Bundle, all or none."""
    here = service()
    unconditional(request)
    entries = entries_of(here, arrived(here, request))
    receipt = here.pipeline.push_resources(SENDER, [(entry.where, entry.resource) for entry in entries])
    if receipt.refused:
        raise content(receipt.issues)
    answers = [_response(here, receipt, entry.resource, entry.kept) for entry in entries]
    answered = {"resourceType": "Bundle", "type": "transaction-response"}
    return answer.answer(answered | ({"entry": answers} if answers else {}))


def _body(here: Service, type_: str) -> dict[str, Any]:
    here.known_type(type_)
    resource = arrived(here, request)
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise failure("structure", f"The body is no FHIR resource: send one {type_}, an object with a resourceType.")
    if resource["resourceType"] != type_:
        text = f"The body is a {resource['resourceType'][:60]}, the address is for {type_}: they must agree."
        raise failure("invalid", text, expression="resourceType")
    conforming(here, resource)
    return resource


def _push(here: Service, resource: dict[str, Any], id_: str | None) -> Response:
    kept = standing(here.desk, resource)
    if id_ is not None and kept is not None and kept.id != id_:
        text = f"This resource's id follows from its business key: PUT it to {kept.type}/{kept.id}, with it."
        raise failure("business-rule", text, status=422, expression=f"{kept.type}.id")
    receipt = here.pipeline.push_resources(SENDER, [("", resource)], precondition(request, kept))
    if receipt.refused:
        raise content(receipt.issues)
    return _answer(here, receipt, resource, kept)


def _answer(here: Service, receipt: Receipt, resource: Mapping[str, Any], kept: Emission | None) -> Response:
    address = _address(here, receipt, resource, kept)
    issues = [_hidden(), *receipt.issues] if kept is not None and kept.restricted else receipt.issues
    prefer = request.headers.get("Prefer", "")
    if address is None or "return=OperationOutcome" in prefer:
        response = answer.outcome(issues)
    elif "return=minimal" in prefer:
        response = Response()
    else:
        stored = here.store.read(address.type, address.id, address.version)
        response = answer.raw(stored.body if stored is not None else b"{}")
    if address is not None:
        _addressed(here, response, receipt, address)
    return response


def _addressed(here: Service, response: Response, receipt: Receipt, address: Address) -> None:
    answer.versioned(response, address.version, address.at)
    if _is_new(receipt, address):
        response.status_code = 201
        response.headers["Location"] = answer.location(here.config.base_url, address)


def _response(here: Service, receipt: Receipt, resource: Mapping[str, Any], kept: Emission | None) -> Mapping[str, Any]:
    address = _address(here, receipt, resource, kept)
    if address is None:
        issues = [_hidden()] if kept is not None and kept.restricted else []
        return {"response": {"status": "200 OK", "outcome": operation_outcome(issues)}}
    return {
        "fullUrl": f"{here.config.base_url}/fhir/{address.path}",
        "response": {
            "status": "201 Created" if _is_new(receipt, address) else "200 OK",
            "location": answer.location(here.config.base_url, address),
            "etag": answer.etag(address.version),
            "lastModified": address.at,
        },
    }


def _address(here: Service, receipt: Receipt, resource: Mapping[str, Any], kept: Emission | None) -> Address | None:
    if kept is not None and kept.restricted:
        return None
    type_ = resource["resourceType"]
    written = (address for entry in receipt.entries for address in entry.written.resources)
    found = {address.id: address for address in written if address.type == type_}
    return found.get(kept.id if kept is not None else _derived_id(here, resource, tuple(found)))


def _derived_id(here: Service, resource: Mapping[str, Any], ids: tuple[str, ...]) -> str:
    """The id of a resource that holds derived items alone: its content makes nothing, its identifier finds
    it."""
    tokens = identifiers(resource.get("identifier"))
    page = here.store.search(Query(resource["resourceType"], ids=(ids,), tokens=(tokens,), count=1))
    return page.versions[0].address.id if page.versions else ""


def _is_new(receipt: Receipt, address: Address) -> bool:
    return address.version == 1 and address.at == receipt.at


def _hidden() -> Issue:
    return Issue("information", "informational", HIDDEN)
