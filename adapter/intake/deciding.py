"""What is in quarantine, decided on: sent again as it is or corrected, or rejected; each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from adapter.fhir import json
from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.intake.knowing import Knowing, Known
from adapter.intake.linking import link_mac
from adapter.intake.names import Names
from adapter.intake.once import Once, digest
from adapter.intake.receipt import Receipt, kept_issue
from adapter.intake.sender import Sender, named
from adapter.intake.standing import standing
from adapter.intake.storing import RefusedError
from adapter.outcome import Issue
from adapter.store import links, quarantine
from adapter.store.moment import now_text
from adapter.store.quarantine import CORRECTED, REJECTED, REPLAYED, WAITING, Kept
from adapter.store.queries import Event
from adapter.store.store import Push, Store

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


class Pipeline(Protocol):
    """What deciding asks of the pipeline."""

    @property
    def desk(self) -> Desk: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def names(self) -> Names: ...
    @property
    def knowing(self) -> Knowing: ...
    def push_records(
        self, sender: Sender, form: str, values: Sequence[Any], *, once: Once | None = None
    ) -> Receipt: ...
    def push_known(self, sender: Sender, known: Known, *, once: Once | None = None) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: the receipt of what was sent again, or the issues why it waits on."""

    receipt: Receipt | None
    issues: Sequence[Issue] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One line of a link table: what a site calls a patient, and which subject that is."""

    site: str
    system: str
    value: str
    subject: str


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of a link: linked, unchanged, or contradicting, for the name belongs to another subject."""

    name: Name
    outcome: str


def replay(pipeline: Pipeline, number: int, actor: str, content: Any = None, reason: str | None = None) -> Decided:
    """Send what is in quarantine again, or `content` in its place; it goes the way of any push of its sender.

    That it waits is looked at in the push's own transaction, and there it is decided on: who rejects it meanwhile has
    rejected it, or comes too late.
    """
    with pipeline.store.engines.reading() as connection:
        kept = quarantine.read(connection, number)
    if kept is None or kept.status != WAITING:
        return Decided(None, [_settled()])
    given = kept.content if content is None else content
    if given is None:
        text = "What came could not be kept: send it corrected."
        return Decided(None, [Issue("error", "required", text, key="quarantine")])
    status = REPLAYED if content is None else CORRECTED
    once = replace(_taking(number, actor, status, reason), waited=kept.submission)
    receipt, known = _sent(pipeline, replace(kept, content=given), once)
    if not receipt.refused and not receipt.replayed:
        return Decided(receipt, receipt.issues)
    awaits = known.awaits if known is not None else None
    return _settled_after(pipeline, number, Event("", actor, status, reason, receipt.submission), receipt, awaits)


def _taking(number: int, actor: str, status: str, reason: str | None) -> Once:
    """What lets a push take an entry out of quarantine, and refuses it where that does not wait any more."""

    def settles(push: Push) -> None:
        if not _waits(push, number):
            raise RefusedError([_settled()])
        quarantine.decide(push, number, status, Event(push.at, actor, status, reason, push.number))

    return Once(settles=settles)


def _settled_after(pipeline: Pipeline, number: int, event: Event, receipt: Receipt, awaits: str | None) -> Decided:
    """What came of a push from quarantine that wrote nothing: it was refused and waits on, or had come since and was
    stored, and that push stands for it."""
    with _act(pipeline, event.actor, [event.action, number, event.reason]) as act:
        if not _waits(act, number):
            return Decided(None, [_settled()])
        event = replace(event, at=act.at)
        if not receipt.refused:
            quarantine.decide(act, number, event.action, event)
            return Decided(receipt, receipt.issues)
        quarantine.happened(act, number, replace(event, action=f"not {event.action}"))
        if event.action == REPLAYED:
            told = [kept_issue(issue) for issue in discreet(pipeline.desk, receipt.issues)]
            quarantine.await_other(act.connection, number, awaits, told)
    return Decided(None, receipt.issues)


def _waits(push: Push, number: int) -> bool:
    """True if something waits under this number; it is held until the push ends."""
    kept = quarantine.claimed(push.connection, number)
    return kept is not None and kept.status == WAITING


def _sent(pipeline: Pipeline, kept: Kept, once: Once) -> tuple[Receipt, Known | None]:
    sender = named(kept.sender, pipeline.desk.study.sites)
    if kept.form is not None:
        return pipeline.push_records(sender, kept.form, kept.content, once=once), None
    resources = [(one.get("where", ""), one["resource"]) for one in kept.content]
    broken = [issue for _, resource in resources for issue in judge(pipeline.desk, resource)]
    if not is_fhir(broken):
        return Receipt(issues=broken), None
    known = pipeline.knowing.of_resources(sender, resources)
    if known.held or any(issue.refuses for issue in known.issues):
        return Receipt(issues=known.issues), known
    for one, (_, resource) in zip(kept.content, known.resources, strict=True):
        here = standing(pipeline.desk, resource) if one.get("alias") is not None else None
        if here is not None:
            known.aliases.append((here.type, one["alias"], here.id))
    return pipeline.push_known(sender, known, once=once), known


def reject(pipeline: Pipeline, number: int, actor: str, reason: str) -> bool:
    """Reject what is in quarantine; False where nothing waits under this number."""
    with _act(pipeline, actor, [REJECTED, number, reason]) as act:
        if not _waits(act, number):
            return False
        quarantine.decide(act, number, REJECTED, Event(act.at, actor, REJECTED, reason, act.number))
    return True


def _act(pipeline: Pipeline, actor: str, what: Sequence[Any]) -> AbstractContextManager[Push]:
    """A transaction in which somebody decides: it is audited and chained as a push is."""
    return pipeline.store.push(actor, digest(json.encode(what)), now_text(pipeline.clock()))


def link(pipeline: Pipeline, names: Sequence[Name], actor: str) -> tuple[list[Linked], list[tuple[int, Decided]]]:
    """Link names to subjects, and send again what waits for them; a name that is linked to another subject stays so."""
    by_site: dict[str, list[tuple[str, Name]]] = {}
    for name in names:
        mac = link_mac(pipeline.names, name.site, name.system, name.value)
        if mac is not None:
            by_site.setdefault(name.site, []).append((mac, name))
    told: list[Linked] = []
    macs = {mac for found in by_site.values() for mac, _ in found}
    with _act(pipeline, actor, ["link", *sorted(macs)]) as act:
        for site, found in sorted(by_site.items()):
            before = links.subjects(act.connection, site, {mac for mac, _ in found})
            after = links.add_links(act, site, _first(found))
            told += [Linked(name, _outcome(mac, name, before, after)) for mac, name in found]
    with (
        pipeline.store.engines.reading() as connection
    ):  # after the commit, as `awake` does: one of them sees the other
        waiting = quarantine.awaiting(connection, macs)
    return told, [(number, replay(pipeline, number, actor)) for number in waiting]


def awake(pipeline: Pipeline, receipt: Receipt) -> Receipt:
    """The receipt of a push, after what it put into quarantine was sent again whose patient was linked meanwhile."""
    if receipt.submission is None or not receipt.quarantined or receipt.replayed:
        return receipt
    with pipeline.store.engines.reading() as connection:
        waiting = quarantine.awaited_of(connection, receipt.submission)
        named = {name for _, _, names in waiting for name in names}
        linked = {site: links.subjects(connection, site, named) for site in {site or "" for _, site, _ in waiting}}
    again = [number for number, site, names in waiting if not linked[site or ""].keys().isdisjoint(names)]
    for number in again:
        replay(pipeline, number, receipt.sender)
    if again:
        with pipeline.store.engines.reading() as connection:
            receipt.fates = quarantine.statuses(connection, receipt.quarantined)
            receipt.settled = quarantine.settled_by(connection, receipt.quarantined)
    return receipt


def _first(found: Sequence[tuple[str, Name]]) -> dict[str, str]:
    first: dict[str, str] = {}
    for mac, name in found:
        first.setdefault(mac, name.subject)
    return first


def _outcome(mac: str, name: Name, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    if after[mac] != name.subject:
        return "contradicting"
    return "unchanged" if mac in before else "linked"


def _settled() -> Issue:
    return Issue("error", "not-found", "Nothing waits in quarantine under this number.", key="quarantine")
