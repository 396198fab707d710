"""Findings become issues: with the FHIRPath from the resource on, in the order of severity, and not without end."""

from __future__ import annotations

from typing import Any

from adapter.outcome import Issue
from adapter.validation.finding import Finding

MOST_ISSUES = 1_000
"""Issues told of one resource; the rest are counted."""

ORDER = {"fatal": 0, "error": 1, "warning": 2, "information": 3}


def issues_of(found: list[Finding], resource: Any) -> list[Issue]:
    """Return the issues of a resource, each once, errors first and then as they stand; at most MOST_ISSUES."""
    type_ = resource.get("resourceType") if type(resource) is dict else None
    start = type_ if isinstance(type_, str) else ""
    once = dict.fromkeys(_issue(each, start) for each in found)
    issues = sorted(once, key=lambda issue: ORDER[issue.severity])
    if len(issues) <= MOST_ISSUES:
        return issues
    left = len(issues) - MOST_ISSUES
    at_least = "at least " if any(each.key == "not-judged" for each in issues) else ""
    text = f"{at_least}{left} more issues are not listed: mend these and validate again."
    return [*issues[:MOST_ISSUES], Issue("information", "too-costly", text, start or None, key="too-many")]


def _issue(finding: Finding, start: str) -> Issue:
    path = f"{start}{finding.path}".lstrip(".") or None
    return Issue(finding.severity, finding.code, finding.text, path, key=finding.key)  # type: ignore[arg-type]
