"""The receipt of a push: what became of each record, in words that tell a blinded sender no more than it may
know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from adapter.fhir import json
from adapter.outcome import Issue
from adapter.store.shapes import Address, Key, Written

NAMED = 1000
"""Entries of quarantine that the receipt of a load names; the others are counted."""

HIDDEN = "accepted (restricted)"
"""What is said of restricted content, new or known, changed or not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a push: what became of its open part, and whether restricted content came with it.

    `came` is what became of what was sent, where that is not what became of the record: superseded, queried,
    voided. `digest` is the SHA-256 of the record's open content, as GET /crf/{form}/{key} answers it.
    """

    written: Written
    restricted: bool
    came: str | None = None
    digest: str = ""

    @property
    def outcome(self) -> str:
        """created, changed, unchanged, superseded, queried or voided."""
        return self.came if self.came is not None else self.written.outcome

    def json(self) -> dict[str, Any]:
        """The entry as a receipt says it."""
        key = self.written.key
        entry: dict[str, Any] = {"form": key.form, "key": key.text, "outcome": self.outcome}
        if self.restricted:
            entry["restricted"] = HIDDEN
        return entry | {
            "record": f"/crf/{key.form}/{key.text}",
            "resources": [f"/fhir/{address.path}" for address in self.written.resources],
        }


@dataclass
class Receipt:
    """What a push came to. Without a submission's number nothing was stored, and `issues` say why.

    `replayed`: it was made by the same push before, which had its effect then. `conflict`: the push came under the
    key of another. `quarantined`: the numbers of what was put into quarantine, `unnamed` how many more there are;
    `fates` what became of them (None: they wait), `settled` the pushes that they were stored with, number and instant.
    """

    submission: int | None = None
    at: str = ""
    entries: Sequence[Entry] = ()
    issues: list[Issue] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    quarantined: list[int] = field(default_factory=list)
    unnamed: int = 0
    fates: list[str] | None = None
    settled: Sequence[tuple[int, str]] = ()
    replayed: bool = False
    conflict: bool = False
    sender: str = ""
    chain: str = ""

    @property
    def id(self) -> str:
        """The id of its Task; "" where nothing was stored."""
        return "" if self.submission is None else str(self.submission)

    @property
    def refused(self) -> bool:
        """True if nothing was stored, nor kept to be decided on."""
        return self.submission is None

    @property
    def stored(self) -> int:
        """How many records were counted, of a load, which keeps no entries."""
        return self.counts.total()

    def count(self, entry: Entry) -> None:
        """Count an entry by form and outcome, without keeping it."""
        self.counts[entry.written.key.form, entry.outcome] += 1

    def hold(self, numbers: Sequence[int]) -> None:
        """Count what a load put into quarantine, and name the first of it."""
        room = NAMED - len(self.quarantined)
        self.quarantined += numbers[:room]
        self.unnamed += len(numbers[room:])

    @property
    def outcomes(self) -> dict[str, int]:
        """Outcome -> how many records (of what is quarantined: how many parts of the push)."""
        found = Counter(entry.outcome for entry in self.entries)
        for (_, outcome), records in self.counts.items():
            found[outcome] += records
        if self.quarantined:
            found["quarantined"] += len(self.quarantined) + self.unnamed
        return dict(found)

    @cached_property
    def addresses(self) -> dict[tuple[str, str], Address]:
        """(type, id) -> the version of each open resource that stands for a record of the whole push."""
        return {(each.type, each.id): each for entry in self.entries for each in entry.written.resources}

    @property
    def checksum(self) -> str:
        """The SHA-256 of a line `form/key digest` for each record, in their order: both sides can compute it."""
        lines = sorted(f"{e.written.key.form}/{e.written.key.text} {e.digest}\n" for e in self.entries)
        return sha256("".join(lines).encode()).hexdigest()

    def text(self) -> str:
        """The receipt as it is kept with its submission."""
        counts = [{"form": f, "outcome": o, "records": number} for (f, o), number in self.counts.items()]
        refused = sum(issue.refuses for issue in self.issues)
        told = {
            "records": [_kept(entry) for entry in self.entries],
            "counts": counts,
            "issues": refused,
            "told": [] if self.counts else [kept_issue(issue) for issue in self.issues],
            "quarantined": self.quarantined,
            **({"unnamed": self.unnamed} if self.unnamed else {}),
        }
        return json.encode(told).decode()


def read_receipt(number: int, at: str, sender: str, content: str) -> Receipt:
    """The receipt that was kept as `content` with the submission of this number."""
    kept = json.parse(content)
    return Receipt(
        submission=number,
        at=at,
        entries=[_entry(entry) for entry in kept["records"] if "resources" in entry],
        issues=[Issue(**issue) for issue in kept.get("told", ())],
        counts=Counter({(c["form"], c["outcome"]): int(c["records"]) for c in kept["counts"]}),
        quarantined=[int(number) for number in kept.get("quarantined", ())],
        unnamed=int(kept.get("unnamed", 0)),
        sender=sender,
    )


def _kept(entry: Entry) -> dict[str, Any]:
    written = entry.written
    return {
        "form": written.key.form,
        "key": written.key.text,
        "subject": written.key.subject,
        "written": written.outcome,
        "came": entry.came,
        "restricted": entry.restricted,
        "digest": entry.digest,
        "resources": [[a.type, a.id, a.version, a.at] for a in written.resources],
    }


def _entry(kept: Mapping[str, Any]) -> Entry:
    if "written" not in kept:  # as receipts were kept before their outcomes had more than one word
        written = Written(Key(kept["form"], kept["key"]), kept["outcome"], ())
        return Entry(written, "restricted" in kept)
    addresses = tuple(Address(type_, id_, int(version), at) for type_, id_, version, at in kept["resources"])
    key = Key(kept["form"], kept["key"], kept["subject"])
    return Entry(Written(key, kept["written"], addresses), kept["restricted"], kept["came"], kept["digest"])


def kept_issue(issue: Issue) -> dict[str, Any]:
    """An issue as it is kept."""
    names = ("severity", "code", "diagnostics", "expression", "form", "item", "key")
    return {name: getattr(issue, name) for name in names if getattr(issue, name) is not None}
