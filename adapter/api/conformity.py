"""A body that is to be stored, held to R4 and the profiles it claims: 400 for what is no FHIR, 422 for what breaks a
rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.api.failure import STATUS, FailureError
from adapter.api.service import Service
from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.outcome import Issue


def conforming(here: Service, resource: Any) -> None:
    """Failure with every issue of a resource or Bundle where one of them refuses it."""
    issues = judge(here.desk, resource)
    if any(issue.refuses for issue in issues):
        raise refusal(discreet(here.desk, issues))


def refusal(issues: Sequence[Issue]) -> FailureError:
    """The failure of FHIR that was judged: 400 where it is none, 422 where a rule or a profile is broken."""
    return FailureError(STATUS["content" if is_fhir(issues) else "structure"], issues)
