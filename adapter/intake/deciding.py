"""What is in quarantine, decided on: sent again as it is or corrected, or rejected; each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from adapter.intake.conformity import is_fhir, judge
from adapter.intake.discretion import discreet
from adapter.intake.knowing import Knowing, Known
from adapter.intake.linking import link_mac
from adapter.intake.names import Names
from adapter.intake.receipt import Receipt, kept_issue
from adapter.intake.sender import Sender, named
from adapter.intake.standing import standing
from adapter.outcome import Issue
from adapter.store import links, quarantine
from adapter.store.moment import now_text
from adapter.store.quarantine import CORRECTED, REJECTED, REPLAYED, WAITING, Kept
from adapter.store.queries import Event
from adapter.store.store import Store

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
    def push_records(self, sender: Sender, form: str, values: Sequence[Any]) -> Receipt: ...
    def push_known(self, sender: Sender, known: Known) -> Receipt: ...


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
    """Send what is in quarantine again, or `content` in its place; it goes the way of any push of its sender."""
    with pipeline.store.engines.reading() as connection:
        kept = quarantine.read(connection, number)
    if kept is None or kept.status != WAITING:
        return Decided(None, [_settled()])
    given = kept.content if content is None else content
    if given is None:
        text = "What came was too broken to be kept: send it corrected."
        return Decided(None, [Issue("error", "required", text, key="quarantine")])
    receipt, known = _sent(pipeline, replace(kept, content=given))
    status = REPLAYED if content is None else CORRECTED
    event = Event(now_text(pipeline.clock()), actor, status, reason, receipt.submission)
    with pipeline.store.engines.writing() as connection:
        if not receipt.refused:
            quarantine.decide(connection, number, status, event)
            return Decided(receipt, receipt.issues)
        quarantine.happened(connection, number, replace(event, action=f"not {status}"))
        told = [kept_issue(issue) for issue in discreet(pipeline.desk, receipt.issues)]
        if content is None:
            quarantine.await_other(connection, number, known.awaits if known is not None else None, told)
    return Decided(None, receipt.issues)


def _sent(pipeline: Pipeline, kept: Kept) -> tuple[Receipt, Known | None]:
    sender = named(kept.sender, pipeline.desk.study.sites)
    if kept.form is not None:
        return pipeline.push_records(sender, kept.form, kept.content), None
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
    return pipeline.push_known(sender, known), known


def reject(pipeline: Pipeline, number: int, actor: str, reason: str) -> bool:
    """Reject what is in quarantine; False where nothing waits under this number."""
    event = Event(now_text(pipeline.clock()), actor, REJECTED, reason)
    with pipeline.store.engines.writing() as connection:
        kept = quarantine.claimed(connection, number)
        if kept is None or kept.status != WAITING:
            return False
        quarantine.decide(connection, number, REJECTED, event)
    return True


def link(pipeline: Pipeline, names: Sequence[Name], actor: str) -> tuple[list[Linked], list[tuple[int, Decided]]]:
    """Link names to subjects, and send again what waits for them; a name that is linked to another subject stays so."""
    by_site: dict[str, list[tuple[str, Name]]] = {}
    for name in names:
        mac = link_mac(pipeline.names, name.site, name.system, name.value)
        if mac is not None:
            by_site.setdefault(name.site, []).append((mac, name))
    told: list[Linked] = []
    with pipeline.store.engines.writing() as connection:
        for site, found in sorted(by_site.items()):
            before = links.subjects(connection, site, {mac for mac, _ in found})
            after = links.add_links(connection, site, _first(found), now_text(pipeline.clock()))
            told += [Linked(name, _outcome(mac, name, before, after)) for mac, name in found]
        macs = {mac for found in by_site.values() for mac, _ in found}
        waiting = quarantine.awaiting(connection, macs)
    return told, [(number, replay(pipeline, number, actor)) for number in waiting]


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
