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
    ordered = sorted(found, key=lambda finding: ORDER[finding.severity])
    issues: dict[Issue, None] = {}
    for place, each in enumerate(ordered):
        issues[_issue(each, start)] = None
        if len(issues) > MOST_ISSUES:
            return [*list(issues)[:MOST_ISSUES], _rest(ordered[place:], start)]
    return list(issues)


def _rest(left: list[Finding], start: str) -> Issue:
    """Return what tells how many there are beside those told; no text is made to count them."""
    count = len({(each.key, each.path, each.name, each.text if isinstance(each.text, str) else "") for each in left})
    at_least = "at least " if any(each.key == "not-judged" for each in left) else ""
    text = f"{at_least}{count} more issues are not listed: mend these and validate again."
    return Issue("information", "too-costly", text, start or None, key="too-many")


def _issue(finding: Finding, start: str) -> Issue:
    path = f"{start}{finding.path}".lstrip(".") or None
    text = finding.text if isinstance(finding.text, str) else finding.text()
    return Issue(finding.severity, finding.code, text, path, key=finding.key, name=finding.name)  # type: ignore[arg-type]
