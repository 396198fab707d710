"""A request's resources in the study's own names, before they are addressed; what is not settled goes to quarantine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Response, request

from adapter.api.again import of_receipt, once
from adapter.api.failure import content, failure
from adapter.api.policy import sight
from adapter.api.receipts import accepted
from adapter.api.sender import sender
from adapter.api.service import Service
from adapter.intake.knowing import Known, Located
from adapter.intake.receipt import Receipt
from adapter.outcome import Issue

_NAMED = "crfhir.named"


class AwaitedError(Exception):
    """A push that waits in quarantine: its receipt is the answer."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.id)
        self.receipt = receipt


def known(here: Service, resources: Sequence[Located], *, whole: bool = True) -> list[Located]:
    """The resources with their patients, references and keys as the study names them.

    AwaitedError when a patient is not linked or a key not settled, and these resources are the `whole` of the push;
    failure 422 otherwise, and for names that contradict each other; 409 for a key that came with another content.
    """
    found = here.pipeline.knowing.of_resources(sender(here), resources)
    if found.held and whole:
        receipt = here.pipeline.quarantine(sender(here), resources, found.issues, found.awaits, once())
        raise AwaitedError(accepted(receipt))
    if any(issue.refuses for issue in found.issues):
        raise content(found.issues)
    found.add(before())
    request.environ[_NAMED] = found  # of this request alone: g is one for all entries of a batch
    return found.resources


def before() -> Known:
    """What was said and completed of this request's resources as they were named; told once."""
    found: Known | None = request.environ.pop(_NAMED, None)
    return found if found is not None else Known([])


def may_name(here: Service, id_: str) -> bool:
    """True if the sender may call a resource so: a site's sender, by an id that is none of the study's."""
    own = re.match(here.desk.study.patterns["subject"], id_) is not None
    return sender(here).site is not None and not own


def id_here(here: Service, type_: str, id_: str) -> str:
    """The id of the resource that is addressed so: a site's sender may address what it has sent by its own id. Failure
    409 for what waits in quarantine under it: it could be stored after it was deleted."""
    found = here.pipeline.knowing.id_here(sender(here), type_, id_)
    waits = here.pipeline.knowing.waiting_as(sender(here), type_, id_) if found == id_ else None
    if waits is not None and here.store.read(sight(), type_, id_) is None:
        text = f"This waits in quarantine (/crf/quarantine/{waits}), and nothing of it is stored: send this when it is."
        raise failure("conflict", text)
    return found


def awaited(waits: AwaitedError) -> Response:
    """202, with the Task of a push that waits in quarantine; 200 where the same was stored before under its key."""
    return of_receipt(waits.receipt)


def quarantined(here: Service, where: str, resource: Any, issues: Sequence[Issue]) -> list[Issue]:
    """Keep what was refused beside others; return its issues, and where it is kept.

    What is no object cannot be freed of what identifies a person: that it came is kept, and why it is none.
    """
    own = [(where, resource)] if isinstance(resource, dict) else []
    receipt = here.pipeline.quarantine(sender(here), own, issues)
    text = f"It is kept in quarantine: /crf/quarantine/{receipt.quarantined[0]}"
    return [*issues, Issue("information", "informational", text, where, key="quarantine")]
