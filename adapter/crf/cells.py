r"""The cells of a CSV row: several values joined by `;`, and `~reason` for an answer that is missing.

A `;` inside a value is written `\;`, a `\` is `\\`; a value that begins with `~` is written `~~`.
A `\` before anything else stands for itself, so that a path that nobody escaped is read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from adapter.crf.answer import REASONS, Absent, AnswerError
from adapter.crf.nearest import hint

_PART = re.compile(r"\\[\\;]|;|[^\\;]+|\\")


def split(cell: str) -> list[str]:
    """Return the values of a cell in order; an empty one is an empty text."""
    if "\\" not in cell:
        return cell.split(";")
    values = [""]
    for part in _PART.findall(cell):
        if part == ";":
            values.append("")
        else:
            values[-1] += part[1] if part in ("\\\\", "\\;") else part
    return values


def join(values: Iterable[str]) -> str:
    """Return the cell of several values."""
    return ";".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def escape(text: str) -> str:
    """Return a value as a cell holds it, so that a leading `~` is no reason."""
    return f"~{text}" if text.startswith("~") else text


def absent(reason: str) -> Absent:
    """Return the missing answer of a reason; AnswerError when it is none of HL7's."""
    if reason in REASONS:
        return Absent(reason)
    if reason == "unknown":
        raise AnswerError("`unknown` is no reason but silence itself; leave the answer out", "code-invalid")
    near = hint(reason, REASONS, 14)
    raise AnswerError(f"{reason!r} is no reason for a missing answer{near}; a text that begins with ~ is written ~~")
