"""Receipts: the Task of a push, which its sender alone may read."""

from __future__ import annotations

from flask import Blueprint, Response, after_this_request, request

from adapter.api import answer
from adapter.api.failure import STATUS, STORED, FailureError, content, failure
from adapter.api.sender import sender
from adapter.api.service import service
from adapter.intake.receipt import Receipt
from adapter.intake.task import task

blueprint = Blueprint("receipts", __name__, url_prefix="/fhir")

HEADER = "X-Receipt"
"""Where an answer to a push names its receipt: `Task/12`."""


@blueprint.get("/Task/<id_>")
def read(id_: str) -> Response:
    """Answer the receipt of one of the sender's own pushes."""
    here = service()
    found = here.pipeline.receipt(sender(here), id_)
    if found is None:
        raise failure("not-found", "There is no receipt with this id among yours.")
    return answer.answer(task(found))


def accepted(receipt: Receipt) -> Receipt:
    """The receipt of a push that was stored, named in the answer. Failure 409 for a key of another content, 404 for
    another site's records, 422 with every issue for all else."""
    if receipt.conflict:
        raise FailureError(STATUS["conflict"], receipt.issues)
    if receipt.refused:
        raise content(receipt.issues)
    announced(receipt)
    return receipt


def announced(receipt: Receipt) -> None:
    """Let the answer to this request name the receipt, whatever fails after it was stored."""
    request.environ[STORED] = True

    @after_this_request
    def name(response: Response) -> Response:
        response.headers[HEADER] = f"Task/{receipt.id}"
        return response
