"""Issues: what is wrong, where it stands, what was expected and what to do; and how they become an OperationOutcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

Severity = Literal["fatal", "error", "warning", "information"]

CRF_ITEM = "urn:crfhir:crf-item"
"""Code system of `details.coding` that names the CRF item of an issue as `form.item`."""

RULE = "urn:crfhir:rule"
"""Code system of `details.coding` that names the rule or constraint of an issue."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in what was read: file, then line and column of text, or sheet and row of a table."""

    file: str | None = None
    line: int | None = None
    column: str | int | None = None
    sheet: str | None = None
    row: int | None = None
    number: int | None = None
    """Which of the files that were read it is, for those who are not told its name, which may be a person's."""

    @property
    def nameless(self) -> str:
        """The place without what somebody has named: the file's number, then line and row."""
        words = [("file", self.number), ("line", self.line), ("row", self.row)]
        return ", ".join(f"{name} {value}" for name, value in words if value is not None)

    def __str__(self) -> str:
        named = (("sheet", self.sheet), ("line", self.line), ("row", self.row), ("column", self.column))
        words = [f"{name} {value}" for name, value in named if value is not None]
        return ", ".join(([self.file] if self.file is not None else []) + words)


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong: a value, never an exception.

    `code` is an R4 IssueType code; `diagnostics` says what was found, what was expected and what to do;
    `expression` is the FHIRPath of the element; `form` and `item` name the CRF item; `key` the rule that was broken;
    `name` the key within the element that FHIR has no element for.
    """

    severity: Severity
    code: str
    diagnostics: str
    expression: str | None = None
    form: str | None = None
    item: str | None = None
    place: Place | None = None
    key: str | None = None
    name: str | None = None

    @property
    def refuses(self) -> bool:
        """True for an issue that keeps its record or resource from being accepted."""
        return self.severity in ("error", "fatal")

    def at(self, place: Place) -> Issue:
        """Return the same issue at `place`, unless it has a place already."""
        return self if self.place is not None else replace(self, place=place)

    def __str__(self) -> str:
        item = ".".join(part for part in (self.form, self.item) if part is not None)
        where = [part for part in (str(self.place or ""), item, self.expression) if part]
        return f"{self.severity} [{self.code}] {' | '.join(where)}{': ' if where else ''}{self.diagnostics}"


def operation_outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """Return the OperationOutcome of `issues`, in their order; of none: one information issue that all is well."""
    entries = [_entry(issue) for issue in issues]
    well = {"severity": "information", "code": "informational", "diagnostics": "No issue was found."}
    return {"resourceType": "OperationOutcome", "issue": entries or [well]}


def _entry(issue: Issue) -> dict[str, Any]:
    entry: dict[str, Any] = {"severity": issue.severity, "code": issue.code}
    item = ".".join(part for part in (issue.form, issue.item) if part is not None)
    codings = [{"system": CRF_ITEM, "code": item}] if item else []
    if issue.key is not None:
        codings.append({"system": RULE, "code": issue.key})
    if codings:
        entry["details"] = {"coding": codings}
    entry["diagnostics"] = issue.diagnostics if issue.place is None else f"{issue.diagnostics} ({issue.place})"
    if issue.expression is not None:
        entry["expression"] = [issue.expression]
    return entry
