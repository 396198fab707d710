"""FHIR that is to be stored, held to R4 and the profiles it claims: 400 for what is no FHIR, or no Bundle to carry
out; 422 for what breaks a rule or a profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Request

from adapter.api.failure import STATUS, FailureError
from adapter.api.media import XML, parsed, written
from adapter.api.service import Service
from adapter.fhir.syntax import FhirSyntaxError
from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.outcome import Issue
from adapter.validation.xml_faults import joined

OF_BUNDLES = ("bdl-", "bundle-")
"""How the keys of the rules begin that a Bundle breaks by itself, whatever its entries hold."""


def arrived(here: Service, request: Request) -> Any:
    """The FHIR of a request's body; failure as of `body`, and 400 for XML that is none, with every issue that it has.

    What XML alone has (an order, attributes) is told beside what R4 and profiles say of what could be read.
    """
    raw, kind = written(request, here.config.largest_body)
    try:
        return parsed(raw, kind)
    except FailureError:
        if kind == XML:
            _refuse_xml(here, raw)
        raise


def _refuse_xml(here: Service, raw: bytes) -> None:
    """Failure with every issue of XML that can be read, though not as FHIR; else none."""
    from adapter.fhir import xml  # lxml is needed by few requests

    with suppress(FhirSyntaxError):
        resource, faults = xml.read(raw)
        issues = here.desk.naming.named(joined(faults, judge(here.desk, resource)), resource)
        raise FailureError(STATUS["structure"], discreet(here.desk, issues))


def conforming(here: Service, resource: dict[str, Any]) -> None:
    """Failure with every issue of a resource where one of them refuses it."""
    refuse(here, here.readings.judge(resource))


def refuse(here: Service, issues: Sequence[Issue]) -> None:
    """Failure with these issues of a validation where one of them refuses."""
    if any(issue.refuses for issue in issues):
        raise refusal(discreet(here.desk, issues))


def refusal(issues: Sequence[Issue]) -> FailureError:
    """The failure of FHIR that was read and refused, its status by what is wrong with it."""
    malformed = not is_fhir(issues) or any(issue.refuses and _is_of_bundle(issue) for issue in issues)
    return FailureError(STATUS["structure" if malformed else "content"], issues)


def _is_of_bundle(issue: Issue) -> bool:
    return issue.key is not None and issue.key.startswith(OF_BUNDLES)
