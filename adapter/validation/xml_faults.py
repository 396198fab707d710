"""What a reader of XML found wrong in the text, beside what the checks find in the resource that was read."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.fhir.syntax import TextFault
from adapter.outcome import Issue, Place


def joined(faults: Iterable[TextFault], issues: list[Issue]) -> list[Issue]:
    """Return both, each fault once: a check says more of the same element by the same rule.

    But how a value is written a check says in words for JSON, where some stand in quotation marks and some do not.
    """
    told = {_what(each) for each in issues if each.key != "format"}
    own = {_what(each): issue_of(each) for each in faults if _what(each) not in told}
    return [*own.values(), *(each for each in issues if _what(each) not in own)]


def _what(each: TextFault | Issue) -> tuple[str | None, str | None, str | None]:
    return each.key, each.expression, each.name


def issue_of(fault: TextFault) -> Issue:
    """Return a fault as an issue, at its line and column."""
    place = Place(line=fault.line, column=fault.column)
    text = f"{fault.message[0].upper()}{fault.message[1:]}."
    return Issue(
        "error",
        fault.issue_code,
        text,
        fault.expression,
        place=place,
        key=fault.key,
        name=fault.name,
    )
