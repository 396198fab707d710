"""START HERE: what happens to data that arrives, on one page.

    receive → validate → drop what identifies → map back → meet what is stored → edit checks → store → receipt

A push is one transaction: every issue of it is found and told at once, and it is stored whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import Any

from adapter.crf.facts import FORM, study_record
from adapter.fhir import json
from adapter.files.seen import Seen
from adapter.intake.desk import Desk
from adapter.intake.discretion import discreet
from adapter.intake.draft import Draft, Drafts, of_resources, of_values, repeated
from adapter.intake.engine import Engine
from adapter.intake.meet import meet
from adapter.intake.receipt import Entry, Receipt
from adapter.intake.scores import rescore
from adapter.outcome import Issue
from adapter.store.moment import now_text
from adapter.store.shapes import Written
from adapter.store.store import BATCH, Push, Store

Clock = Callable[[], datetime]


class RefusedError(Exception):
    """A push with an issue that refuses: leaving the transaction by it takes everything back."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(f"{len(issues)} issues")
        self.issues = tuple(issues)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Pipeline:
    """One study and its store. `clock` gives the aware time of now, for versions and for checks against the
    future."""

    desk: Desk
    store: Store
    clock: Clock = field(default=_utc_now)

    def push_records(self, sender: str, form: str, values: Sequence[Any]) -> Receipt:
        """Store JSON records of one form; what a record leaves out is silent, but for restricted items."""
        return self._push(sender, _digest(json.encode([form, values])), of_values(self.desk, form, values))

    def push_resources(
        self,
        sender: str,
        resources: Sequence[tuple[str, Mapping[str, Any]]],
        require: Callable[[Push], None] | None = None,
    ) -> Receipt:
        """Store FHIR resources, each with the FHIRPath where it stood ('' for one alone); fragments merge.

        `require` looks at the store inside the transaction before anything is written, and raises to refuse.
        """
        digest = _digest(json.encode([resource for _, resource in resources]))
        return self._push(sender, digest, of_resources(self.desk, resources), require)

    def load(self, sender: str, digest: str, found: Iterable[Drafts], progress: Callable[[int], None]) -> Receipt:
        """Store files of records, in one transaction: the good ones, with what refused the bad ones in the
        receipt.

        `found` gives them one at a time, each with its own issues.
        """
        now, receipt = self.clock(), Receipt()
        with self.store.push(sender, digest, now_text(now)) as push, Seen() as seen:
            touched: set[tuple[str, str]] = set()
            for drafts in _batches(found, seen):
                _leave(push, drafts)
                receipt.issues += [issue for issue in drafts.issues if issue.refuses]
                for entry in self._write(push, drafts.drafts, now, receipt.issues):
                    receipt.count(entry)
                    touched.add((entry.written.key.form, entry.written.key.subject or ""))
                progress(receipt.stored)
            rescore(self.desk, push, touched)
            push.close(receipt.text())
            receipt.submission = push.number
        receipt.issues = discreet(self.desk, receipt.issues)
        self.store.analyze()
        return receipt

    def put_study(self) -> None:
        """Bring the study's own record up to date with study.yaml, if the package has a form for it."""
        record = study_record(self.desk.study)
        if record is None:
            return
        content = self.desk.parser(FORM).to_json(record)
        key = self.desk.key(FORM, record)
        held = self.store.read_record(FORM, key.text)
        if held is None or json.parse(held.content) != content:
            self._push("study.yaml", _digest(json.encode(content)), Drafts([Draft(key, content, whole=True)]))

    def _push(self, sender: str, digest: str, drafts: Drafts, require: Callable[[Push], None] | None = None) -> Receipt:
        now = self.clock()
        drafts.issues = discreet(self.desk, drafts.issues)
        if drafts.refused:
            return Receipt(issues=drafts.issues)
        try:
            with self.store.push(sender, digest, now_text(now)) as push:
                if require is not None:
                    require(push)
                return self._accept(push, drafts, now)
        except RefusedError as refused:
            return Receipt(issues=[*drafts.issues, *discreet(self.desk, refused.issues)])

    def _accept(self, push: Push, drafts: Drafts, now: datetime) -> Receipt:
        issues: list[Issue] = []
        entries = self._write(push, drafts.drafts, now, issues)
        if any(issue.refuses for issue in issues):
            raise RefusedError(issues)
        rescore(self.desk, push, {(e.written.key.form, e.written.key.subject or "") for e in entries})
        receipt = Receipt(push.number, push.at, entries, [*drafts.issues, *issues])
        _leave(push, drafts)
        push.close(receipt.text())
        return receipt

    def _write(self, push: Push, drafts: Sequence[Draft], now: datetime, issues: list[Issue]) -> list[Entry]:
        """Write the drafts that pass, in batches; the issues of all are added to `issues`."""
        written: list[Entry] = []
        waiting = iter(drafts)
        while batch := list(islice(waiting, BATCH)):
            held = push.claim(draft.key for draft in batch)
            met = [(draft, *meet(self.desk, draft, held[draft.key], now)) for draft in batch]
            issues += [issue for _, _, found in met for issue in found]
            passed = [(draft, write) for draft, write, _ in met if write is not None]
            answers = push.write([write for _, write in passed])
            written += [self._entry(draft, answer) for (draft, _), answer in zip(passed, answers, strict=True)]
        return written

    def _entry(self, draft: Draft, written: Written) -> Entry:
        return Entry(written, not self.desk.restricted[draft.key.form].isdisjoint(draft.content))


def _leave(push: Push, drafts: Drafts) -> None:
    if drafts.residue:
        push.leave(json.encode(drafts.residue).decode())


def _batches(found: Iterable[Drafts], seen: Seen) -> Iterator[Drafts]:
    """What was found, some of it at a time; a draft whose business key was `seen` before becomes an issue."""
    waiting = iter(found)
    while batch := list(islice(waiting, BATCH)):
        whole = Drafts(
            [draft for drafts in batch for draft in drafts.drafts],
            [issue for drafts in batch for issue in drafts.issues],
            [left for drafts in batch for left in drafts.residue],
        )
        again = seen.add([(f"{draft.key.form} {draft.key.text}", "") for draft in whole.drafts])
        whole.issues += [repeated(whole.drafts[position]) for position in again]
        whole.drafts = [draft for position, draft in enumerate(whole.drafts) if position not in again]
        yield whole


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def open_pipeline(engine: Engine, store: Store, clock: Clock = _utc_now, site: str | None = None) -> Pipeline:
    """Return the pipeline of a study and its store, with the study's own record in place; `site` reads its
    words."""
    pipeline = Pipeline(Desk(engine, site), store, clock)
    pipeline.put_study()
    return pipeline
