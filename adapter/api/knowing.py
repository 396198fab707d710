"""A request's resources in the study's own names, before they are addressed; what is not settled goes to quarantine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Response, g

from adapter.api import answer
from adapter.api.failure import content
from adapter.api.receipts import announced
from adapter.api.sender import sender
from adapter.api.service import Service
from adapter.intake.knowing import Located
from adapter.intake.receipt import Receipt
from adapter.intake.task import task
from adapter.outcome import Issue


class AwaitedError(Exception):
    """A push that waits in quarantine: its receipt is the answer."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.id)
        self.receipt = receipt


def known(here: Service, resources: Sequence[Located], *, whole: bool = True) -> list[Located]:
    """The resources with their patients, references and keys as the study names them.

    AwaitedError when a patient is not linked or a key not settled, and these resources are the `whole` of the push;
    failure 422 otherwise, and for names that contradict each other.
    """
    found = here.pipeline.knowing.of_resources(sender(here), resources)
    if found.held and whole:
        raise AwaitedError(here.pipeline.quarantine(sender(here), resources, found.issues, found.awaits))
    if any(issue.refuses for issue in found.issues):
        raise content(found.issues)
    g.said = [*said(), *found.issues]
    return found.resources


def said() -> list[Issue]:
    """What was said of this request's resources as they were named; told once."""
    found: list[Issue] = g.pop("said", [])
    return found


def may_name(here: Service, id_: str) -> bool:
    """True if the sender may call a resource so: a site's sender, by an id that is none of the study's."""
    own = re.match(here.desk.study.patterns["subject"], id_) is not None
    return sender(here).site is not None and not own


def awaited(waits: AwaitedError) -> Response:
    """202, with the Task of a push that waits in quarantine."""
    announced(waits.receipt)
    response = answer.answer(task(waits.receipt), 202)
    response.headers["Content-Location"] = f"/fhir/Task/{waits.receipt.id}"
    return response


def quarantined(here: Service, where: str, resource: dict[str, Any], issues: Sequence[Issue]) -> list[Issue]:
    """Keep a resource that was refused beside others; return its issues, and where it is kept."""
    receipt = here.pipeline.quarantine(sender(here), [(where, resource)], issues)
    text = f"It is kept in quarantine: /crf/quarantine/{receipt.quarantined[0]}"
    return [*issues, Issue("information", "informational", text, where, key="quarantine")]
