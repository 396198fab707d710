"""Who and what a push is about, in the study's own names: before anything of it is judged by the study's rules.

Patients become subjects, a sender's own resource ids the ids here, keys that follow from the schedule are completed.
What cannot be settled is `held`: it is no fault of the content, and waits in quarantine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from adapter.crf.record import Record
from adapter.fhir import json
from adapter.intake.completing import Completing
from adapter.intake.linking import Linking, link_mac, link_subjects, resolve_aliases
from adapter.intake.names import Names
from adapter.intake.redacting import redacted
from adapter.intake.sender import Sender
from adapter.intake.standing import standing
from adapter.intake.voiding import is_void
from adapter.outcome import Issue
from adapter.store import links, quarantine, record_history, search
from adapter.store.shapes import Key
from adapter.store.sight import BLIND
from adapter.store.store import Store

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

Located = tuple[str, dict[str, Any]]
Named = tuple[str, str, str]
"""A sender's name of a resource: its type, the HMAC of the name, the id here."""


@dataclass(slots=True)
class Known:
    """A push in the study's names. `held`: something of it cannot be settled yet, `awaits` says which patient.

    `completed`: the records whose keys followed from what else is stored, as it was when this was looked up.
    """

    resources: list[Located]
    issues: list[Issue] = field(default_factory=list)
    aliases: list[Named] = field(default_factory=list)
    held: bool = False
    awaits: str | None = None
    completed: set[Key] = field(default_factory=set)

    def add(self, other: Known) -> None:
        """Take in what was said and completed of other resources, or of these before."""
        self.issues = [*other.issues, *self.issues]
        self.completed |= other.completed


@dataclass(frozen=True)
class Knowing:
    """What is known of who is who and what is what."""

    desk: Desk
    store: Store
    names: Names

    def of_resources(self, sender: Sender, resources: Sequence[tuple[str, Mapping[str, Any]]]) -> Known:
        """The resources of a push in the study's names."""
        linking = self._linked(sender, resources)
        if linking.issues:
            held = any(issue.code == "not-found" for issue in linking.issues)
            awaits = linking.awaits[0] if linking.awaits else None
            return Known(linking.resources, linking.issues, held=held and awaits is not None, awaits=awaits)
        resolved, named = self._resolved(sender, linking.resources)
        known = Known(resolved)
        self._complete(sender, known)
        if not known.held and sender.site is not None:
            self._name(sender, known, named)
            known.resources = self._resolved_among(sender, known)
        return known

    def of_values(self, sender: Sender, form: str, values: Sequence[Any]) -> tuple[list[Any], Known]:
        """JSON records with the keys that follow, and what is said of it."""
        completing = Completing(self.desk, sender, self._records)
        found = [completing.value(form, value, f"[{row}]") for row, value in enumerate(values)]
        issues = [issue for _, issues in found for issue in issues]
        return [value for value, _ in found], Known([], issues, completed=completing.completed)

    def id_here(self, sender: Sender, type_: str, id_: str) -> str:
        """The id here of the resource that a sender calls so; the same id where it has called none so."""
        mac, target = self._mac(sender, type_, id_), self.desk.subject_target
        if sender.site is None or mac is None or self._is_own_id(id_):
            return id_
        with self.store.engines.reading() as connection:
            named = links.ids(connection, sender.name, [mac]).get((type_, mac))
            if named is None and target is not None and type_ == target.type:
                patient = str(link_mac(self.names, sender.site, target.type, id_))
                subject = links.subjects(connection, sender.site, {patient}).get(patient)
                named = f"{target.prefix}{subject}" if subject is not None else None
        return named if named is not None else id_

    def waiting_as(self, sender: Sender, type_: str, id_: str) -> int | None:
        """The number in quarantine of what a sender calls so; None where nothing of that name waits."""
        mac = self._mac(sender, type_, id_)
        if sender.site is None or mac is None or self._is_own_id(id_):
            return None
        with self.store.engines.reading() as connection:
            return quarantine.waiting_as(connection, sender.name, mac)

    def redacted(self, sender: Sender, resources: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
        """The resources as they may be kept: what identifies a person dropped, its names as HMACs."""
        return [self._redacted(sender, where, resource) for where, resource in resources]

    def _redacted(self, sender: Sender, where: str, resource: Mapping[str, Any]) -> dict[str, Any]:
        own = redacted(self.desk, self.names, sender, resource)
        kept: dict[str, Any] = {"where": where, "resource": own}
        came = self.names.mac("kept", json.encode(resource).decode()) if own != resource else None
        if came is not None:  # what is withheld still tells two that came from one that came twice
            kept["came"] = came
        id_ = resource.get("id")
        mac = self._mac(sender, str(resource.get("resourceType")), id_) if isinstance(id_, str) else None
        return kept | ({"alias": mac} if mac is not None else {})

    def _linked(self, sender: Sender, resources: Sequence[tuple[str, Mapping[str, Any]]]) -> Linking:
        def subjects(macs: set[str]) -> dict[str, str]:
            with self.store.engines.reading() as connection:
                return links.subjects(connection, sender.site or "", macs)

        return link_subjects(self.desk, self.names, sender, resources, subjects)

    def _resolved(self, sender: Sender, resources: list[Located]) -> tuple[list[Located], dict[tuple[str, str], str]]:
        """The resources with what they refer to by its id here, and what is held under these names and their own:
        (type, HMAC) -> id here."""
        held: dict[tuple[str, str], str] = {}
        if sender.site is None or self.names.key is None:
            return resources, held
        ids = ((one.get("resourceType"), one.get("id")) for _, one in resources)
        own = {self._mac(sender, str(type_), id_) for type_, id_ in ids if isinstance(id_, str)}

        def names(macs: set[str]) -> dict[tuple[str, str], str]:
            with self.store.engines.reading() as connection:
                held.update(links.ids(connection, sender.name, [one for one in macs | own if one is not None]))
            return held

        return resolve_aliases(resources, lambda type_, id_: self._mac(sender, type_, id_), names), held

    def _name(self, sender: Sender, known: Known, held: dict[tuple[str, str], str]) -> None:
        """Note how the sender calls what it has not named before; an issue where it calls another resource so."""
        for where, resource in known.resources:
            for type_, mac, id_ in self._names(sender, resource):
                if (type_, mac) not in held:
                    held[type_, mac] = id_
                    known.aliases.append((type_, mac, id_))
                elif held[type_, mac] != id_:
                    known.issues.append(named_before(type_, held[type_, mac], f"{where or type_}.id"))

    def _resolved_among(self, sender: Sender, known: Known) -> list[Located]:
        """References to what comes in the same push under its sender's names."""
        own = {(type_, mac): id_ for type_, mac, id_ in known.aliases}
        if not own:
            return known.resources
        return resolve_aliases(known.resources, lambda type_, id_: self._mac(sender, type_, id_), lambda _macs: own)

    def _complete(self, sender: Sender, known: Known) -> None:
        completing = Completing(self.desk, sender, self._records)
        for position, (where, resource) in enumerate(known.resources):
            if self._is_named(resource):
                continue
            named = self._by_alias(sender, resource)
            found, issues = (named, []) if named is not None else completing.resource(resource, where)
            known.resources[position] = where, found
            known.issues += issues
            known.held = known.held or (sender.site is not None and any(map(_unsettled, issues)))
        known.completed |= completing.completed

    def _is_named(self, resource: Mapping[str, Any]) -> bool:
        """True for a resource that bears an identifier of the study's own."""
        given = resource.get("identifier")
        listed = given if isinstance(given, list) else [given]
        return any(isinstance(one, dict) and one.get("system") in self._systems for one in listed)

    @cached_property
    def _systems(self) -> frozenset[str]:
        return frozenset(str(name) for name in self.desk.study.names.values() if isinstance(name, str))

    def _by_alias(self, sender: Sender, resource: dict[str, Any]) -> dict[str, Any] | None:
        """The resource with the identifier of the one here that its sender calls so: its key is never derived again."""
        id_, type_ = resource.get("id"), resource["resourceType"]
        mac = self._mac(sender, type_, id_) if isinstance(id_, str) and sender.site is not None else None
        if mac is None or self.desk.read(resource).key is not None:
            return None
        with self.store.engines.reading() as connection:
            here = links.ids(connection, sender.name, [mac]).get((type_, mac))
            held = search.read(connection, BLIND, type_, here) if here is not None else None
            if held is not None and held.deleted and is_void(resource):  # taken back before: it names the same again
                held = search.read(connection, BLIND, type_, held.address.id, held.address.version - 1)
        if held is None or held.deleted:
            return None
        given = resource.get("identifier")
        own = json.parse(held.body).get("identifier", [])
        return {**resource, "identifier": [*own, *(given if isinstance(given, list) else [])]}

    def _names(self, sender: Sender, resource: dict[str, Any]) -> list[Named]:
        """How the sender calls a resource, where that is not its id here."""
        id_, type_ = resource.get("id"), resource["resourceType"]
        mac = self._mac(sender, type_, id_) if isinstance(id_, str) and not self._is_own_id(id_) else None
        kept = standing(self.desk, resource) if mac is not None else None
        if mac is None or kept is None or kept.id == id_:
            return []
        return [(type_, mac, kept.id)]

    def _is_own_id(self, id_: str) -> bool:
        """True for an id that begins like a subject of the study: it is never a sender's own name."""
        return re.match(self.desk.study.patterns["subject"], id_) is not None

    def _mac(self, sender: Sender, type_: str, id_: str) -> str | None:
        return self.names.mac("alias", sender.name, type_, id_)

    def _records(self, form: str, subject: str) -> list[Record]:
        with self.store.engines.reading() as connection:
            contents = record_history.contents(connection, BLIND, form, subject)
        return [self.desk.stored(form, content) for content in contents]


def named_before(type_: str, id_: str, place: str | None = None) -> Issue:
    """The issue of a resource that has the sender's name of another one."""
    text = (
        f"You call {type_}/{id_} by this id already, and this resource has another key: take that one back by DELETE, "
        "and send this one by POST without an id, or under another."
    )
    return Issue("error", "business-rule", text, place, key="alias")


def _unsettled(issue: Issue) -> bool:
    """True for an issue of a key that cannot be told yet; a subject of another site never can."""
    return issue.refuses and issue.key != "site"
