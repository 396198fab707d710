"""The receipt of a push: what became of each record, in words that tell a blinded sender no more than it may
know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapter.fhir import json
from adapter.outcome import Issue
from adapter.store.shapes import Written

HIDDEN = "accepted (restricted)"
"""What is said of restricted content, new or known, changed or not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a push: what became of its open part, and whether restricted content came with it."""

    written: Written
    restricted: bool

    def json(self) -> dict[str, Any]:
        """The entry as a receipt says it."""
        key = self.written.key
        entry: dict[str, Any] = {"form": key.form, "key": key.text, "outcome": self.written.outcome}
        if self.restricted:
            entry["restricted"] = HIDDEN
        return entry | {
            "record": f"/crf/{key.form}/{key.text}",
            "resources": [f"/fhir/{address.path}" for address in self.written.resources],
        }


@dataclass(slots=True)
class Receipt:
    """What a push came to. Without a submission's number nothing was stored, and `issues` say why."""

    submission: int | None = None
    at: str = ""
    entries: Sequence[Entry] = ()
    issues: list[Issue] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def refused(self) -> bool:
        """True if nothing was stored."""
        return self.submission is None

    @property
    def stored(self) -> int:
        """How many records were counted, of a load, which keeps no entries."""
        return self.counts.total()

    def count(self, entry: Entry) -> None:
        """Count an entry by form and outcome, without keeping it."""
        self.counts[entry.written.key.form, entry.written.outcome] += 1

    def text(self) -> str:
        """The receipt as it is kept with its submission."""
        counts = [{"form": f, "outcome": o, "records": number} for (f, o), number in self.counts.items()]
        refused = sum(issue.refuses for issue in self.issues)
        told = {"records": [entry.json() for entry in self.entries], "counts": counts, "issues": refused}
        return json.encode(told).decode()
