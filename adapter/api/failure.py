"""What a request cannot have: one table from failures to HTTP status and issue code."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.outcome import Issue

STATUS = {
    "invalid": 400,
    "structure": 400,
    "value": 400,
    "too-costly": 400,
    "login": 401,
    "forbidden": 403,
    "not-found": 404,
    "not-acceptable": 406,
    "timeout": 408,
    "conflict": 409,
    "deleted": 410,
    "precondition": 412,
    "too-long": 413,
    "media": 415,
    "content": 422,
    "throttled": 429,
    "exception": 500,
    "no-store": 503,
    "lock-error": 503,
    "transient": 503,
}
"""Kind of failure -> HTTP status. Where a kind is no IssueType code, CODES has the code it is told as."""

CODES = {"not-acceptable": "not-supported", "media": "not-supported", "precondition": "conflict"}

STORED = "crfhir.stored"
"""In the environ of a request of which something is stored already, whatever its answer will be."""

OF_STATUS = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    408: "timeout",
    409: "conflict",
    410: "deleted",
    411: "required",
    412: "conflict",
    413: "too-long",
    414: "too-long",
    415: "not-supported",
    429: "throttled",
    431: "too-long",
}
"""HTTP status of the framework's own refusals -> issue code."""


class FailureError(Exception):
    """A request that is answered with an OperationOutcome of these issues and this status."""

    def __init__(self, status: int, issues: Sequence[Issue]) -> None:
        super().__init__(f"{status}: {len(issues)} issues")
        self.status = status
        self.issues = tuple(issues)


def failure(kind: str, diagnostics: str, *, status: int | None = None, expression: str | None = None) -> FailureError:
    """The failure of one kind of STATUS (or an issue code with a status of its own), in one sentence that
    says what to do."""
    issue = Issue("error", CODES.get(kind, kind), diagnostics, expression)
    return FailureError(STATUS[kind] if status is None else status, [issue])


def unsupported(diagnostics: str, status: int = 400) -> FailureError:
    """What this server does not do, said as `not-supported`."""
    return failure("not-supported", diagnostics, status=status)


def content(issues: Sequence[Issue]) -> FailureError:
    """Content that was read and refused: 422 with every issue, those that only inform included; 404 for the records
    of another site, which are not there for this sender; 503 where nothing is wrong but what this server lacks."""
    if any(issue.key == "site" for issue in issues):
        return FailureError(STATUS["not-found"], issues)
    ours = {issue.code for issue in issues if issue.refuses} == {"transient"}
    return FailureError(STATUS["transient" if ours else "content"], issues)
