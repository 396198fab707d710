"""The writing entries of a transaction, settled: which resource each is about, and with its references resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from adapter.api.failure import FailureError, failure
from adapter.api.interaction import Interaction
from adapter.api.knowing import id_here, known, may_name
from adapter.api.lookup import absent, look_up, there
from adapter.api.patching import patched_entry
from adapter.api.precondition import both
from adapter.api.pushing import Require
from adapter.api.references import Targets, conditional, may_search, named, references, rewritten
from adapter.api.sender import sender
from adapter.api.service import Service
from adapter.intake.standing import standing
from adapter.outcome import Issue
from adapter.store.index import identifiers, index
from adapter.store.shapes import Address, Emission

LOOKUPS = 1000
"""Different references by search of one Bundle, each of which is looked up."""

ROUNDS = 8
"""How far a resource may stand from one whose id is known, by references, for its own id to be found."""


Brought = dict[tuple[str, str | None, str], set[str]]
"""(type, system or None for any, value) of an identifier -> Type/id of the entries that have it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, its resource as it is to be stored (None when nothing is), and the resource that is kept for it.

    `id` is the one that it was addressed by, `found` what its condition found, `require` what must hold for it.
    """

    asked: Interaction
    resource: dict[str, Any] | None = None
    kept: Emission | None = None
    id: str | None = None
    found: Address | None = None
    require: Require | None = None

    @property
    def target(self) -> str | None:
        """Type/id of the resource that the entry is about, as far as it is known."""
        if self.kept is not None:
            return f"{self.kept.type}/{self.kept.id}"
        id_ = self.found.id if self.found is not None else self.id
        return f"{self.asked.type}/{id_}" if id_ is not None else None


def settled_entries(here: Service, asked: Sequence[Interaction]) -> list[Entry]:
    """Find what each entry is about. Failure 400 or 412 with every issue when they cannot be carried out together."""
    entries = [_addressed(here, each) for each in _named(here, asked)]
    entries = [_unless_there(here, each) for each in _resolved(here, [_standing(here, each) for each in entries])]
    issues = [*_twice(entries), *_elsewhere(here, entries)]
    if issues:
        raise FailureError(400, issues)
    return entries


def _named(here: Service, asked: Sequence[Interaction]) -> list[Interaction]:
    """The interactions with their resources in the study's own names; one that must wait lets all of them wait."""
    stored = [each for each in asked if each.method in ("POST", "PUT") and each.resource is not None]
    plain = len(stored) == len(asked) and not any(each.conditions or each.search for each in stored)
    given = [(f"{each.where}.resource", _by_names(here, each.resource)) for each in stored if each.resource is not None]
    new = iter(known(here, given, whole=plain) if given else [])
    positions = {each.position for each in stored}
    return [_renamed(each, next(new)[1]) if each.position in positions else each for each in asked]


def _renamed(asked: Interaction, resource: dict[str, Any]) -> Interaction:
    return asked if resource is asked.resource else replace(asked, resource=resource)


def _by_names(here: Service, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource with a hospital's searches for its patients as the names that its links are looked up by."""
    target = here.desk.subject_target
    if target is None or sender(here).site is None:
        return resource
    own = frozenset(name for name in here.desk.study.names.values() if isinstance(name, str))
    found: dict[str, Any] = named(resource, target.type, own)
    return found


def _addressed(here: Service, asked: Interaction) -> Entry:
    if asked.method == "POST" and "If-None-Exist" in asked.conditions:
        search, place = asked.conditions["If-None-Exist"], f"{asked.where}.request.ifNoneExist"
        found = look_up(here, asked.type, search, place)
        return Entry(asked, asked.resource if found.one is None else None, found=found.one, require=found.require)
    if asked.search:
        found = look_up(here, asked.type, asked.search, f"{asked.where}.request.url")
        id_ = found.one.id if found.one is not None else None
        return _with_content(here, Entry(asked, id=id_, found=found.one, require=found.require))
    if asked.method == "DELETE" and asked.id is not None:
        return Entry(asked, id=id_here(here, asked.type, asked.id))
    by_own = asked.method == "PATCH" and asked.id is not None
    id_ = id_here(here, asked.type, str(asked.id)) if by_own else asked.id
    return _with_content(here, Entry(asked, id=id_))


def _with_content(here: Service, entry: Entry) -> Entry:
    asked = entry.asked
    if asked.method == "DELETE":
        return entry
    if asked.method == "PATCH":
        changed, require = patched_entry(here, asked, entry.id)
        return replace(entry, resource=changed, require=require)
    resource = asked.resource
    if entry.found is not None and resource is not None:
        if resource.get("id", entry.found.id) != entry.found.id:
            text = f"The search finds {entry.found.path}, and the resource has another id: leave it out."
            raise FailureError(400, [Issue("error", "invalid", text, f"{asked.where}.resource.id")])
        resource = resource | {"id": entry.found.id}
    return replace(entry, resource=resource)


def _standing(here: Service, entry: Entry) -> Entry:
    return entry if entry.resource is None else replace(entry, kept=standing(here.desk, entry.resource, here.readings))


def _unless_there(here: Service, entry: Entry) -> Entry:
    """A conditional create that found nothing makes nothing either where its business key is there already."""
    if "If-None-Exist" not in entry.asked.conditions or entry.kept is None:
        return entry
    held = there(here, entry.kept)
    if held is not None:
        return replace(entry, resource=None, kept=None, found=held)
    return replace(entry, require=both(entry.require, absent(entry.kept)))


def _resolved(here: Service, entries: list[Entry]) -> list[Entry]:
    """The entries with their references rewritten; an id may follow from a reference, so it goes round by round."""
    original, searches = entries, _searched(here, entries)
    if not searches and not any(each.asked.full_url for each in entries):
        return entries  # nothing that a reference could lead to
    for _ in range(ROUNDS):
        known = {each.asked.full_url: each.target for each in entries if each.asked.full_url}
        targets = Targets({url: target for url, target in known.items() if target is not None}, searches)
        renewed = [_rewritten(here, each, old, targets) for each, old in zip(original, entries, strict=True)]
        if [each.resource for each in renewed] == [each.resource for each in entries]:
            break
        entries = renewed
    return entries


def _rewritten(here: Service, first: Entry, last: Entry, targets: Targets) -> Entry:
    if first.resource is None:
        return first
    resource = rewritten(first.resource, targets.change(first.asked.full_url))
    return last if resource == last.resource else _standing(here, replace(first, resource=resource))


def _searched(here: Service, entries: Sequence[Entry]) -> dict[str, str]:
    """What each reference by search leads to: a stored resource, or one that an entry brings."""
    if not may_search([entry.resource for entry in entries]):
        return {}
    wanted = {
        reference: place
        for entry in entries
        for reference, place in references(entry.resource, f"{entry.asked.where}.resource")
        if conditional(reference)
    }
    if len(wanted) > LOOKUPS:
        raise failure("too-costly", f"At most {LOOKUPS} references by search in one Bundle: send it in parts.")
    brought = _brought(entries) if wanted else {}
    found: dict[str, str] = {}
    failures: list[FailureError] = []
    for reference, place in wanted.items():
        try:
            found[reference] = _one(here, brought, reference, place)
        except FailureError as failed:
            failures.append(failed)
    if failures:
        raise FailureError(failures[0].status, [issue for failed in failures for issue in failed.issues])
    return found


def _brought(entries: Sequence[Entry]) -> Brought:
    """The entries by their identifiers, as they were sent and as they are kept."""
    found: Brought = {}
    for entry in entries:
        if entry.resource is None or entry.target is None:
            continue
        own = {*identifiers(entry.resource.get("identifier"))}
        if entry.kept is not None:
            own |= set(index(entry.kept.body, "Z")[0])
        for system, value in own:
            for key in ((system, value), (None, value)):
                found.setdefault((entry.resource["resourceType"], *key), set()).add(entry.target)
    return found


def _one(here: Service, brought: Brought, reference: str, place: str) -> str:
    type_, _, search = reference.partition("?")
    if type_ not in here.desk.types:
        raise FailureError(400, [Issue("error", "not-supported", f"This server has no {type_[:60]}.", place)])
    stored = look_up(here, type_, search, place).one
    paths = brought.get((type_, *_token(search)), set()) | ({stored.path} if stored is not None else set())
    if len(paths) == 1:
        return next(iter(paths))
    if paths:
        text = "More than one resource matches this reference: make it name one."
        raise FailureError(412, [Issue("error", "multiple-matches", text, place)])
    text = "No resource matches this reference: send it in this Bundle, or before."
    raise FailureError(400, [Issue("error", "not-found", text, place)])


def _token(search: str) -> tuple[str | None, str]:
    """The (system, value) of a search by identifier alone; what no identifier is for any other."""
    asked = parse_qsl(search)
    if [name for name, _ in asked] != ["identifier"]:
        return None, ""
    system, bar, value = asked[0][1].rpartition("|")
    return system if bar else None, value


def _twice(entries: Sequence[Entry]) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for entry in entries:
        place = entry.asked.where if entry.resource is None else f"{entry.asked.where}.resource"
        if entry.target is None or (entry.resource is None and entry.asked.method == "POST"):
            continue
        first = seen.setdefault(entry.target, place)
        if first != place:
            text = f"This is the same resource as {first}: a transaction holds each once."
            yield Issue("error", "business-rule", text, place)


def _elsewhere(here: Service, entries: Sequence[Entry]) -> Iterator[Issue]:
    for each in entries:
        if each.kept is not None and each.id is not None and each.kept.id != each.id and not may_name(here, each.id):
            text = f"This resource's id follows from its business key: {each.kept.type}/{each.kept.id}."
            yield Issue("error", "business-rule", text, f"{each.asked.where}.resource.id")
