"""`POST /fhir`: a Bundle to be carried out, a transaction or a batch."""

from __future__ import annotations

from flask import Blueprint, Response, request

from adapter.api import asynchronous, batch, transaction
from adapter.api.conformity import arrived
from adapter.api.failure import failure, unsupported
from adapter.api.media import answerable
from adapter.api.service import service
from adapter.api.several import bounded

blueprint = Blueprint("bundles", __name__, url_prefix="/fhir")


@blueprint.before_request
def _answerable() -> None:
    answerable(request)


@blueprint.post("")
def carry_out() -> Response:
    """Carry out a transaction, all or none of it, or a batch, each entry by itself."""
    here = service()
    bundle = arrived(here, request)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise failure(
            "structure", "POST a Bundle of type transaction or batch here, or a resource to /fhir/{its type}."
        )
    given = bundle.get("entry", [])
    if isinstance(given, list):
        bounded(given, "entries")
    if bundle.get("type") in ("batch", "transaction") and asynchronous.is_asked(request.headers.get("Prefer", "")):
        return asynchronous.carry_out(here, bundle)
    if bundle.get("type") == "batch":
        return batch.carry_out(here, bundle)
    if bundle.get("type") != "transaction":
        raise unsupported("Only a Bundle of type transaction or batch is carried out here.", status=422)
    return transaction.carry_out(here, bundle)
