"""What a CRF record is, and the one value it holds beside Python's own: a missing answer with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
"""Item id -> typed value, in the form's item order, answered items only (docs/study-package.md, Records)."""

REASONS = (
    "asked-unknown",
    "temp-unknown",
    "not-asked",
    "asked-declined",
    "masked",
    "not-applicable",
    "unsupported",
    "as-text",
    "error",
    "not-a-number",
    "negative-infinity",
    "positive-infinity",
    "not-performed",
    "not-permitted",
)
"""Why an answer is missing: HL7's data-absent-reason codes, less `unknown`, which is silence itself."""


@dataclass(frozen=True, slots=True)
class Absent:
    """An answer that is missing for a stated reason: itself an answer, unlike silence."""

    reason: str


class AnswerError(ValueError):
    """Why a text or a JSON value is no answer of an item; `code` is the IssueType of the issue it becomes."""

    def __init__(self, why: str, code: str = "value") -> None:
        super().__init__(why)
        self.code = code


def answered(record: Mapping[str, Any], item: str) -> Any:
    """Return the value of an item, None for silence and for a missing answer with a reason alike."""
    value = record.get(item)
    return None if type(value) is Absent else value


def show(value: Any) -> str:
    """Return what was found as a message shows it: quoted, and no longer than a line can bear."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:56]}…{text[-1]}"
