"""START HERE: what happens to data that arrives, on one page.

    receive → validate → drop what identifies → link the patient → complete the key → map back → meet what is stored
    → edit checks → store → queries → receipt

A push is one transaction: every issue of it is found and told at once, and it is stored whole or not at all. The same
push again has no second effect: it is answered with the receipt that it had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from adapter.crf.facts import FORM, study_record
from adapter.fhir import json
from adapter.files.seen import Seen
from adapter.intake.asking import Asking
from adapter.intake.batches import batches
from adapter.intake.desk import Desk
from adapter.intake.discretion import discreet
from adapter.intake.draft import of_resources, of_values
from adapter.intake.engine import Engine
from adapter.intake.keeping import MOST, of_push, of_rejected, of_stood, sorted_out
from adapter.intake.knowing import Knowing, Known, Located
from adapter.intake.names import Names
from adapter.intake.once import Once, ReplayError, digest, receipt_of, refuse_replay
from adapter.intake.provenance import reason_of
from adapter.intake.receipt import Receipt
from adapter.intake.scores import rescore
from adapter.intake.sender import Sender, elsewhere
from adapter.intake.shapes import Draft, Drafts
from adapter.intake.storing import Coming, RefusedError, Stood, hold, store_drafts, taken_back
from adapter.outcome import Issue
from adapter.store.links import add_aliases
from adapter.store.moment import now_text
from adapter.store.quarantine import Kept, keep
from adapter.store.sight import BLIND
from adapter.store.store import BATCH, Push, Store
from adapter.store.submissions import keep_arrival

Clock = Callable[[], datetime]
Require = Callable[[Push], None]
"""Looks at the store inside the transaction before anything is written, and raises to refuse."""

HOUSE = Sender("study.yaml")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Pipeline:
    """One study and its store. `clock` gives the aware time of now, for versions and for checks against the
    future."""

    desk: Desk
    store: Store
    clock: Clock = field(default=_utc_now)

    def push_records(
        self,
        sender: Sender,
        form: str,
        values: Sequence[Any],
        *,
        require: Require | None = None,
        once: Once | None = None,
        reason: str | None = None,
    ) -> Receipt:
        """Store JSON records of one form; what a record leaves out is silent, but for restricted items."""
        whole, said = self.knowing.of_values(form, values)
        mark = digest(json.encode([form, whole]))
        drafts = of_values(self.desk, form, whole)
        drafts.issues = [*said, *drafts.issues]
        return self._push(Coming(sender, self.clock(), reason), mark, drafts, require, once)

    def receipt(self, sender: Sender, id_: str) -> Receipt | None:
        """The receipt of one of this sender's pushes; None when it has no such one."""
        return receipt_of(self.store, sender.name, id_)

    def push_resources(
        self,
        sender: Sender,
        resources: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        require: Require | None = None,
        once: Once | None = None,
        reason: str | None = None,
        provenance: Mapping[str, Any] | None = None,
        gone: Sequence[tuple[str, str]] = (),
        said: Sequence[Issue] = (),
    ) -> Receipt:
        """Store FHIR resources, each with the FHIRPath where it stood ('' for one alone); fragments merge.

        The resources at the addresses `gone` (type, id) are taken back before. `require` looks at the store inside
        the transaction before anything is written, and raises to refuse; `provenance` is what X-Provenance says,
        `said` what was said before of how the resources are named.
        """
        known = self.knowing.of_resources(sender, resources)
        known.issues = [*said, *known.issues]
        if known.held or any(issue.refuses for issue in known.issues):
            return Receipt(issues=known.issues)
        why = reason if reason is not None else reason_of(provenance)
        return self.push_known(sender, known, require=require, once=once, reason=why, gone=gone)

    def push_known(
        self,
        sender: Sender,
        known: Known,
        *,
        require: Require | None = None,
        once: Once | None = None,
        reason: str | None = None,
        gone: Sequence[tuple[str, str]] = (),
    ) -> Receipt:
        """Store resources that are in the study's names already."""
        given = [resource for _, resource in known.resources]
        mark = digest(json.encode([given, [list(address) for address in gone]] if gone else given))
        coming = Coming(sender, self.clock(), reason, tuple(gone), tuple(known.aliases))
        drafts = of_resources(self.desk, known.resources)
        drafts.issues = [*known.issues, *drafts.issues]
        return self._push(coming, mark, drafts, require, once)

    def push_each(self, sender: Sender, resources: Sequence[Located]) -> Receipt:
        """Store what can be stored of resources, in one transaction; the rest goes to quarantine."""
        known, bad = sorted_out(self.knowing, sender, resources)
        mark = digest(json.encode(["each", [resource for _, resource in resources]]))
        mark = self.names.mac(mark) or mark
        drafts = of_resources(self.desk, known.resources)
        told = [Issue(**issue) for kept in bad for issue in kept.issues]
        drafts.issues = [*told, *known.issues, *(issue for issue in drafts.issues if not issue.refuses)]
        coming = Coming(sender, self.clock(), aliases=tuple(known.aliases), lenient=tuple(known.resources))
        return self._push(coming, mark, drafts, bad=bad)

    def quarantine(
        self,
        sender: Sender,
        resources: Sequence[tuple[str, Mapping[str, Any]]],
        issues: Sequence[Issue],
        awaits: str | None = None,
    ) -> Receipt:
        """Keep resources that could not be accepted, without what identifies a person, to be decided on."""
        kept = of_push(self.knowing, sender, resources, issues, awaits)
        mark = digest(json.encode(["quarantine", kept.content, kept.issues]))
        return self._push(Coming(sender, self.clock()), mark, Drafts(issues=list(issues)), bad=[kept])

    def remove(
        self, sender: Sender, type_: str, id_: str, *, require: Require | None = None, reason: str | None = None
    ) -> Receipt:
        """Take back what one resource tells of its record; the issue `not-found` where it is not there."""
        return self.push_resources(sender, [], require=require, reason=reason, gone=[(type_, id_)])

    def load(self, sender: Sender, mark: str, found: Iterable[Drafts], progress: Callable[[int], None]) -> Receipt:
        """Store files of records, in one transaction: the good ones, with what refused the bad ones in the
        receipt.

        `found` gives them one at a time, each with its own issues.
        """
        coming, receipt = Coming(sender, self.clock(), loaded=True), Receipt(sender=sender.name)
        with self.store.push(sender.name, mark, now_text(coming.now)) as push, Seen() as seen:
            touched: set[tuple[str, str]] = set()
            for drafts in batches(found, seen):
                _leave(push, drafts)
                receipt.issues += [issue for issue in drafts.issues if issue.refuses]
                stood = self._write(push, drafts.drafts, coming)
                receipt.issues += [issue for issue in stood.issues if issue.refuses]
                self._hold_back(push, receipt, coming, drafts, stood)
                for entry in stood.entries:
                    receipt.count(entry)
                    touched.add((entry.written.key.form, entry.written.key.subject or ""))
                progress(receipt.stored)
            self._follow(push, Stood(), touched)
            keep_arrival(push.connection, push.number, self.desk.digest, None, None)
            receipt.chain = push.close(receipt.text())
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
        held = self.store.read_record(BLIND, FORM, key.text)
        if held is None or json.parse(held.content) != content:
            drafts = Drafts([Draft(key, content, whole=True)])
            self._push(Coming(HOUSE, self.clock()), digest(json.encode(content)), drafts)

    def _push(
        self,
        coming: Coming,
        mark: str,
        drafts: Drafts,
        require: Require | None = None,
        once: Once | None = None,
        bad: Sequence[Kept] = (),
    ) -> Receipt:
        drafts.issues += [i for d in drafts.drafts if (i := elsewhere(self.desk.study, coming.sender, d)) is not None]
        drafts.issues = discreet(self.desk, drafts.issues)
        if drafts.refused and not bad:
            return Receipt(issues=drafts.issues)
        try:
            with self.store.push(coming.sender.name, mark, now_text(coming.now)) as push:
                anew = require is not None or self._may_reveal(drafts)
                refuse_replay(push, coming.sender.name, mark, once, anew=anew)
                if require is not None:
                    drafts.drafts = [replace(draft, conditional=True) for draft in drafts.drafts]
                    hold(push, drafts.drafts)
                    require(push)
                return self._accept(push, drafts, coming, mark, list(bad))
        except ReplayError as before:
            return before.receipt
        except RefusedError as refused:
            return Receipt(issues=[*drafts.issues, *discreet(self.desk, refused.issues)])

    def _may_reveal(self, drafts: Drafts) -> bool:
        """True for a push that brings what may reveal the arm: whether it came before alike is not to be told."""
        hidden = self.desk.restricted
        return bool(drafts.residue) or any(not hidden[one.key.form].isdisjoint(one.content) for one in drafts.drafts)

    def _accept(self, push: Push, drafts: Drafts, coming: Coming, mark: str, bad: list[Kept]) -> Receipt:
        stood = self._write(push, taken_back(self.desk, push, coming), coming)
        stood.add(self._write(push, drafts.drafts, coming))
        if stood.refused:
            if coming.lenient is None:
                raise RefusedError(stood.issues)
            bad += of_stood(self.knowing, coming.sender, stood, coming.lenient)
        self._follow(push, stood, {(e.written.key.form, e.written.key.subject or "") for e in stood.entries})
        _leave(push, drafts)
        keep_arrival(push.connection, push.number, self.desk.digest, self.names.mac(mark), json.encode(drafts.redacted))
        add_aliases(push.connection, coming.sender.name, push.number, coming.aliases)
        numbers = keep(push.connection, push.number, push.at, bad)
        issues = discreet(self.desk, [*drafts.issues, *stood.issues])
        receipt = Receipt(push.number, push.at, stood.entries, issues, quarantined=numbers, sender=coming.sender.name)
        receipt.chain = push.close(receipt.text())
        return receipt

    def _write(self, push: Push, drafts: Sequence[Draft], coming: Coming) -> Stood:
        """Write the drafts that pass, in batches, and open the queries of each record."""
        stood = Stood()
        waiting = iter(drafts)
        while batch := list(islice(waiting, BATCH)):
            found = store_drafts(self.desk, push, coming, batch)
            found.issues += self.asking.ask_of_records(push, coming, found.weighed)
            stood.add(found)
        return stood

    def _hold_back(self, push: Push, receipt: Receipt, coming: Coming, drafts: Drafts, stood: Stood) -> None:
        """Put what a load refused into quarantine, as far as there is room for it."""
        bad = [
            *of_rejected(self.knowing, coming.sender, drafts.rejected),
            *of_stood(self.knowing, coming.sender, stood, ()),
        ]
        room = MOST - len(receipt.quarantined)
        receipt.quarantined += keep(push.connection, push.number, push.at, bad[:room])

    def _follow(self, push: Push, stood: Stood, touched: set[tuple[str, str]]) -> None:
        """What follows from what was written: scores, and the queries that open or close by it."""
        rescore(self.desk, push, touched)
        stood.issues += self.asking.ask_of_subjects(push, touched)

    @cached_property
    def knowing(self) -> Knowing:
        """What turns a hospital's names into the study's."""
        return Knowing(self.desk, self.store, self.names)

    @cached_property
    def names(self) -> Names:
        """What hospitals call their patients and resources, as HMACs."""
        return Names(self.store.key)

    @cached_property
    def asking(self) -> Asking:
        """The study's checks that open queries, compiled."""
        return Asking(self.desk)


def _leave(push: Push, drafts: Drafts) -> None:
    if drafts.residue:
        push.leave(json.encode(drafts.residue).decode())


def open_pipeline(engine: Engine, store: Store, clock: Clock = _utc_now, site: str | None = None) -> Pipeline:
    """Return the pipeline of a study and its store, with the study's own record in place; `site` reads its
    words."""
    pipeline = Pipeline(Desk(engine, site), store, clock)
    pipeline.put_study()
    return pipeline
