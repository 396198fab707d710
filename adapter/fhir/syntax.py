"""Text that is no FHIR at all: one error, with the place and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextFault:
    """One fault of a text that could be read on behind it: `key` is the rule's name, `expression` FHIRPath.

    `name` is the key within the element that FHIR has no element for.
    """

    message: str
    key: str
    issue_code: str
    expression: str | None
    name: str | None = None
    line: int | None = None
    column: int | None = None


class FhirSyntaxError(ValueError):
    """Text that cannot be read as FHIR JSON or XML.

    `issue_code` is an IssueType code: structure, value, too-costly or invalid. `line` and `column` count from
    1; None where there is no place to name. The message says what to do, and never repeats a value. `faults` are all
    of them, where reading went on behind the first one, which this is.
    """

    def __init__(
        self,
        message: str,
        issue_code: str = "structure",
        line: int | None = None,
        column: int | None = None,
        faults: tuple[TextFault, ...] = (),
    ) -> None:
        super().__init__(message)
        self.issue_code = issue_code
        self.line = line
        self.column = column
        self.faults = faults

    def __reduce__(
        self,
    ) -> tuple[type[FhirSyntaxError], tuple[str, str, int | None, int | None, tuple[TextFault, ...]]]:
        return (FhirSyntaxError, (str(self), self.issue_code, self.line, self.column, self.faults))


def at(text: str, offset: int, message: str, issue_code: str = "structure") -> FhirSyntaxError:
    """Return the error at an offset of a text."""
    before = text[:offset]
    line = before.count("\n") + 1
    return FhirSyntaxError(message, issue_code, line, offset - before.rfind("\n"))
