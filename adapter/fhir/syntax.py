"""Text that is no FHIR at all: one error, with the place and what to do."""

from __future__ import annotations


class FhirSyntaxError(ValueError):
    """Text that cannot be read as FHIR JSON or XML.

    `issue_code` is an IssueType code: structure, value, too-costly or invalid. `line` and `column` count from
    1; None where there is no place to name. The message says what to do, and never repeats a value.
    """

    def __init__(
        self, message: str, issue_code: str = "structure", line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.issue_code = issue_code
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type[FhirSyntaxError], tuple[str, str, int | None, int | None]]:
        return (FhirSyntaxError, (str(self), self.issue_code, self.line, self.column))


def at(text: str, offset: int, message: str, issue_code: str = "structure") -> FhirSyntaxError:
    """Return the error at an offset of a text."""
    before = text[:offset]
    line = before.count("\n") + 1
    return FhirSyntaxError(message, issue_code, line, offset - before.rfind("\n"))
