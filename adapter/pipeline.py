"""START HERE: what happens to data that arrives, on one page.

    receive → validate → drop what identifies → link the patient → complete the key → map back → meet what is stored
    → edit checks → store → queries → receipt

A push is one transaction: every issue of it is found and told at once, and it is stored whole or not at all. The same
push again has no second effect: it is answered with the receipt that it had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from adapter.crf.facts import FORM, study_record
from adapter.fhir import json
from adapter.files.seen import Seen
from adapter.intake.asking import Asking
from adapter.intake.batches import batches, own_of
from adapter.intake.deciding import awake
from adapter.intake.desk import Desk
from adapter.intake.discretion import discreet, may_reveal
from adapter.intake.draft import of_resources, of_values
from adapter.intake.engine import Engine
from adapter.intake.keeping import of_apart, of_load, of_push, of_stood, sorted_out, stored_names
from adapter.intake.knowing import Knowing, Known, Located, named_before
from adapter.intake.mark import mark_of
from adapter.intake.names import Names
from adapter.intake.once import Once, ReplayError, digest, receipt_of, refuse_replay, waited
from adapter.intake.opening import require_hidden
from adapter.intake.own_ids import veil
from adapter.intake.provenance import reason_of
from adapter.intake.readings import Readings
from adapter.intake.receipt import Receipt
from adapter.intake.removing import taken_back
from adapter.intake.scores import rescore
from adapter.intake.sender import Sender, elsewhere
from adapter.intake.shapes import Draft, Drafts
from adapter.intake.storing import Coming, Prepared, RefusedError, Stood, leave, prepare, store_drafts
from adapter.outcome import Issue
from adapter.store.begin import BATCH
from adapter.store.clock import utc_now
from adapter.store.links import add_aliases
from adapter.store.moment import now_text
from adapter.store.quarantine import Kept, keep
from adapter.store.sight import BLIND
from adapter.store.store import Push, Store
from adapter.store.submissions import keep_arrival

Clock = Callable[[], datetime]
Require = Callable[[Push], None]
"""Looks at the store inside the transaction before anything is written, and raises to refuse."""

HOUSE = Sender("study.yaml")


@dataclass(frozen=True)
class Pipeline:
    """One study and its store. `clock` gives the aware time of now, for versions and for checks against the
    future."""

    desk: Desk
    store: Store
    clock: Clock = field(default=utc_now)

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
        whole, known = self.knowing.of_values(sender, form, values)
        mark = digest(json.encode([form, whole]))
        drafts = of_values(self.desk, form, whole)
        drafts.issues = [*known.issues, *drafts.issues]
        coming = Coming(sender, self.clock(), reason, completed=frozenset(known.completed), waited=waited(once))
        return self._push(coming, mark, drafts, require, once)

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
        before: Known | None = None,
        readings: Readings | None = None,
    ) -> Receipt:
        """Store FHIR resources, each with the FHIRPath where it stood ('' for one alone); fragments merge.

        The resources at the addresses `gone` (type, id) are taken back before. `require` looks at the store inside
        the transaction before anything is written, and raises to refuse; `provenance` is what X-Provenance says,
        `before` what was said and completed of the resources before, `readings` what was judged and read of them.
        """
        known = self.knowing.of_resources(sender, resources)
        if before is not None:
            known.add(before)
        if known.held or any(issue.refuses for issue in known.issues):
            return Receipt(issues=known.issues)
        why = reason if reason is not None else reason_of(provenance)
        return self.push_known(sender, known, require=require, once=once, reason=why, gone=gone, readings=readings)

    def push_known(
        self,
        sender: Sender,
        known: Known,
        *,
        require: Require | None = None,
        once: Once | None = None,
        reason: str | None = None,
        gone: Sequence[tuple[str, str]] = (),
        readings: Readings | None = None,
    ) -> Receipt:
        """Store resources that are in the study's names already."""
        given = [resource for _, resource in known.resources]
        mark = digest(json.encode([given, [list(address) for address in gone]] if gone else given))
        coming = Coming(sender, self.clock(), reason, tuple(gone), tuple(known.aliases), waited=waited(once))
        coming = replace(coming, completed=frozenset(known.completed))
        drafts = of_resources(self.desk, known.resources, readings)
        drafts.issues = [*known.issues, *drafts.issues]
        return self._push(coming, mark, drafts, require, once)

    def push_each(self, sender: Sender, resources: Sequence[Located], once: Once | None = None) -> Receipt:
        """Store what can be stored of resources, in one transaction; the rest goes to quarantine."""
        known, bad = sorted_out(self.knowing, sender, resources)
        mark = digest(json.encode(["each", [resource for _, resource in resources]]))
        drafts = of_resources(self.desk, known.resources)
        bad += of_apart(self.knowing, sender, drafts, resources)
        told = [Issue(**issue) for kept in bad for issue in kept.issues]
        drafts.issues = [*told, *known.issues, *(issue for issue in drafts.issues if not issue.refuses)]
        coming = Coming(sender, self.clock(), aliases=tuple(known.aliases), lenient=tuple(resources))
        coming = replace(coming, completed=frozenset(known.completed))
        return awake(self, self._push(coming, mark, drafts, once=once, bad=bad))

    def quarantine(
        self,
        sender: Sender,
        resources: Sequence[tuple[str, Mapping[str, Any]]],
        issues: Sequence[Issue],
        awaits: str | None = None,
        once: Once | None = None,
    ) -> Receipt:
        """Keep resources that could not be accepted, without what identifies a person, to be decided on."""
        kept = of_push(self.knowing, sender, resources, issues, awaits)
        mark = digest(json.encode(["quarantine", kept.content, kept.issues]))
        coming, drafts = Coming(sender, self.clock()), Drafts(issues=list(issues))
        return awake(self, self._push(coming, mark, drafts, once=once, bad=[kept]))

    def remove(
        self, sender: Sender, type_: str, id_: str, *, require: Require | None = None, reason: str | None = None
    ) -> Receipt:
        """Take back what one resource tells of its record, if it is there."""
        return self.push_resources(sender, [], require=require, reason=reason, gone=[(type_, id_)])

    def load(self, sender: Sender, mark: str, found: Iterable[Drafts], progress: Callable[[int], None]) -> Receipt:
        """Store files of records, in one transaction: the good ones, with what refused the bad ones in the receipt.

        `found` gives them one at a time, each with its own issues.
        """
        coming, receipt = Coming(sender, self.clock(), loaded=True), Receipt(sender=sender.name)
        with self.store.push(sender.name, mark, now_text(coming.now), every=True) as push, Seen() as seen:
            touched: set[tuple[str, str]] = set()
            for drafts in batches(found, seen):
                own_of(self.desk.study, sender, drafts)
                veil(self.desk, self.names, sender, drafts)
                leave(push, drafts)
                receipt.issues += [issue for issue in drafts.issues if issue.refuses]
                stood = self._write(push, drafts.drafts, coming)
                receipt.issues += [issue for issue in stood.issues if issue.refuses]
                receipt.hold(keep(push, of_load(self.knowing, sender, drafts, stood)))
                for entry in stood.entries:
                    receipt.count(entry)
                    touched.add((entry.written.key.form, entry.written.key.subject or ""))
                progress(receipt.stored)
            self._follow(push, Stood(), touched)
            keep_arrival(push, self.desk.digest, None, None)
            receipt.chain = push.close(receipt.text())
            receipt.submission = push.number
        receipt.issues = discreet(self.desk, receipt.issues)
        self.store.analyze()
        return awake(self, receipt)

    def put_study(self) -> None:
        """Bring the study's own record up to date with study.yaml, if the package has a form for it."""
        record = study_record(self.desk.study)
        if record is None:
            return
        content = self.desk.parser(FORM).to_json(record)
        key = self.desk.key(FORM, record)
        held = self.store.read_record(BLIND, FORM, key.text)
        if held is None or json.parse(held.content) != content:
            self._push(
                Coming(HOUSE, self.clock()), digest(json.encode(content)), Drafts([Draft(key, content, whole=True)])
            )

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
        veil(self.desk, self.names, coming.sender, drafts)
        mark = mark_of(self.names, mark, drafts, coming.gone, bad)
        try:
            ready = prepare(self.desk, self.store, coming, drafts.drafts)
            keys = [draft.key for draft in drafts.drafts]
            with self.store.push(coming.sender.name, mark, now_text(coming.now), keys, coming.gone) as push:
                anew = require is not None or bool(coming.gone) or may_reveal(self.desk, drafts)
                refuse_replay(push, coming.sender.name, mark, once, anew=anew)
                if require is not None:
                    drafts.drafts = [replace(draft, conditional=True) for draft in drafts.drafts]
                    require(push)
                return self._accept(push, drafts, coming, mark, list(bad), ready)
        except ReplayError as before:
            return before.receipt
        except RefusedError as refused:
            return Receipt(issues=[*drafts.issues, *discreet(self.desk, refused.issues)])

    def _accept(
        self, push: Push, drafts: Drafts, coming: Coming, mark: str, bad: list[Kept], ready: Prepared
    ) -> Receipt:
        voids, stated = taken_back(self.desk, push, coming, drafts.drafts)
        stood = self._write(push, voids, coming)
        stood.add(self._write(push, stated, coming, ready))
        if stood.refused:
            if coming.lenient is None:
                raise RefusedError(stood.issues)
            bad += of_stood(self.knowing, coming.sender, stood, coming.lenient)
        self._follow(push, stood, {(e.written.key.form, e.written.key.subject or "") for e in stood.entries})
        leave(push, drafts)
        keep_arrival(push, self.desk.digest, self.names.mac(mark), json.encode(drafts.redacted))
        others = add_aliases(push, coming.sender.name, stored_names(coming.aliases, bad))
        if others and coming.lenient is None:
            raise RefusedError([named_before(*other) for other in others])
        numbers = keep(push, bad)
        issues = discreet(self.desk, [*drafts.issues, *stood.issues])
        receipt = Receipt(push.number, push.at, stood.entries, issues, quarantined=numbers, sender=coming.sender.name)
        receipt.chain = push.close(receipt.text())
        return receipt

    def _write(self, push: Push, drafts: Sequence[Draft], coming: Coming, ready: Prepared | None = None) -> Stood:
        """Write the drafts that pass, in batches, and open the queries of each record."""
        stood = Stood()
        waiting = iter(drafts)
        while batch := list(islice(waiting, BATCH)):
            found = store_drafts(self.desk, push, coming, batch, ready)
            found.issues += self.asking.ask_of_records(push, coming, found.weighed)
            stood.add(found)
        return stood

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


def open_pipeline(engine: Engine, store: Store, clock: Clock = utc_now, site: str | None = None) -> Pipeline:
    """Return the pipeline of a study and its store, with the study's own record in place; `site` reads its words."""
    pipeline = Pipeline(Desk(engine, site), store, clock)
    require_hidden(pipeline.desk, store)
    pipeline.put_study()
    return pipeline
