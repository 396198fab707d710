"""What a conversion has come to: counts, and the issues in groups that do not grow with the number of
records."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from adapter.convert.batch import Batch, Loss, Refusal
from adapter.outcome import Issue, Place

EXAMPLES = 3
"""Issues of one kind in one file that are told in full; the others are counted."""

GROUPS = 2_000

Kind = tuple[str | None, str | None, str, str, str | None, str | None, str | None, str]
"""File, sheet, severity, code, form, item, rule, and what is said but for the values: issues that agree in these
are told together."""

_VALUES = re.compile(
    r"""'(?:[^'\\]++|\\.)*+'|"(?:[^"\\]++|\\.)*+"|[0-9]++|"""
    r"(?<=write )[^;,]++|(?<=; if )\S++(?= is meant)|(?<=this for )[^:]++",
    re.ASCII | re.DOTALL,
)
"""What differs between issues of one kind: what was found, and what is meant."""


@dataclass(slots=True)
class Group:
    """Issues of one kind: the first of them, and how many there are."""

    issues: list[Issue] = field(default_factory=list)
    count: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of one run. `read` are input records (or resources), `converted` records, `written` pieces of
    output."""

    read: int = 0
    converted: int = 0
    refused: int = 0
    written: int = 0
    passed: int = 0
    severities: Counter[str] = field(default_factory=Counter)
    groups: dict[Kind, Group] = field(default_factory=dict)
    ungrouped: int = 0
    lost: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    dropped: int = 0
    skipped: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """True when something of the input was refused, or there was nothing to convert."""
        return self.severities["error"] + self.severities["fatal"] > 0

    def count(self, batch: Batch) -> None:
        """Count a batch: what was read and refused, and every issue."""
        self.read += batch.read
        self.passed += batch.passed
        for issue in batch.notes:
            self._note(issue)
        for refusal in batch.refusals:
            self.refuse(refusal)
        for loss in batch.losses:
            self._lose(loss)

    def refuse(self, refusal: Refusal) -> None:
        """Count one refusal and its issues."""
        self.refused += refusal.records
        for issue in refusal.issues:
            self._note(issue)

    def _note(self, issue: Issue) -> None:
        self.severities[issue.severity] += 1
        place = issue.place or Place()
        said = _VALUES.sub("…", issue.diagnostics)
        kind = (place.file, place.sheet, issue.severity, issue.code, issue.form, issue.item, issue.key, said)
        group = self.groups.get(kind)
        if group is None:
            if len(self.groups) >= GROUPS:
                self.ungrouped += 1
                return
            group = self.groups[kind] = Group()
        group.count += 1
        if len(group.issues) < EXAMPLES:
            group.issues.append(issue)

    def _lose(self, loss: Loss) -> None:
        if loss.dropped:
            self.dropped += 1
        elif (loss.form, loss.expression) in self.lost or len(self.lost) < GROUPS:
            self.lost[loss.form, loss.expression] += 1
        else:
            self.lost[None, "…"] += 1
