"""From a hospital's names to the study's: its patients to subjects, a sender's own resource ids to the ids here.

A patient is named by a reference (`Patient/12345`: the system is what stands before the last slash) or by an identifier
(a medical record number). Names are looked up as HMACs, in the link table of the sender's site and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapter.intake.names import Names
from adapter.intake.sender import Sender
from adapter.mapping.plan import Target
from adapter.outcome import Issue

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

Resource = Mapping[str, Any]

SUBJECTS = ("subject", "patient", "individual", "beneficiary", "for")
"""The elements that say whom a resource is about."""

AWAITED = "urn:crfhir:link"
"""The system under which the names of a patient who is not linked yet stand in quarantine, as their HMACs."""

_NAMES = " "
"""Between the HMACs of one patient's names."""

COMMAND = "crfhir subject link FILE"

KEPT = "urn:crfhir:alias:"
"""How a reference to a sender's own resource begins where it is kept; its type and the HMAC of its id follow."""

_KEPT = re.compile(KEPT + r"(?P<type>[A-Z][A-Za-z]{1,63}):(?P<mac>[0-9a-f]{64})", re.ASCII)
_REFERENCE = re.compile(r"(?P<type>[A-Z][A-Za-z]{1,63})/(?P<id>[A-Za-z0-9.-]{1,64})", re.ASCII)
_VERSION = re.compile(r"/_history/[A-Za-z0-9.-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as a resource names one: where, and by which HMACs."""

    position: int
    place: str | None
    macs: tuple[str, ...]


@dataclass(slots=True)
class Linking:
    """Resources in the study's names; `awaits` are the names of patients who are not linked, the HMACs of each in one
    text; `issues` say so."""

    resources: list[tuple[str, dict[str, Any]]]
    awaits: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def link_subjects(
    desk: Desk, names: Names, sender: Sender, resources: Sequence[tuple[str, Resource]], known: Any
) -> Linking:
    """The resources with their patients as subjects of the study; `known` gives HMACs -> subjects of the site.

    A sender of no site has no links: its resources are left as they are.
    """
    linking = Linking([(where, one if isinstance(one, dict) else dict(one)) for where, one in resources])
    target = desk.subject_target
    if sender.site is None or target is None:
        return linking
    found = [person for n, (_, one) in enumerate(linking.resources) for person in _persons(desk, names, sender, n, one)]
    subjects: Mapping[str, str] = known({mac for person in found for mac in person.macs}) if found else {}
    for person in found:
        where, resource = linking.resources[person.position]
        meant = {subjects[mac] for mac in person.macs if mac in subjects}
        place = f"{where or resource['resourceType']}.{person.place or 'identifier'}"
        if len(meant) == 1:
            linking.resources[person.position] = where, _named(resource, person.place, target, meant.pop())
        elif meant:
            text = "These names are linked to different subjects: send those of one patient."
            linking.issues.append(Issue("error", "multiple-matches", text, place, key="link"))
        elif not person.macs:
            linking.issues.append(Issue("error", "transient", NO_KEY, place, key="link"))
        else:
            linking.awaits.append(_NAMES.join(person.macs))
            linking.issues.append(Issue("error", "not-found", _unlinked(sender), place, key="link"))
    return linking


NO_KEY = (
    "A hospital's names of patients are kept under a key, and this server has none yet: nothing of this was stored, "
    "send it again when its administrator has set CRFHIR_KEY_FILE."
)


def _unlinked(sender: Sender) -> str:
    return (
        f"This patient is linked to no subject of site {sender.site}: link it with `{COMMAND}` "
        "(columns site, system, value, subject); what waits for it in quarantine is then replayed."
    )


def awaiting(resource: Resource, persons: Iterable[Person]) -> dict[str, Any]:
    """The resource with the names of each patient as their HMACs: it waits for any of them."""
    made = dict(resource)
    for person in persons:
        identifier = {"system": AWAITED, "value": _NAMES.join(person.macs)}
        if person.place is None:
            made["identifier"] = [identifier]
            made.pop("id", None)
        else:
            made[person.place] = {"identifier": identifier}
    return made


def persons_of(desk: Desk, names: Names, sender: Sender, resource: Resource) -> list[Person]:
    """The patients whom a resource names otherwise than the study does."""
    return list(_persons(desk, names, sender, 0, resource))


def _persons(desk: Desk, names: Names, sender: Sender, position: int, resource: Resource) -> Iterator[Person]:
    target = desk.subject_target
    if target is None:
        return
    if resource.get("resourceType") == target.type:
        given = _dicts(resource.get("identifier"))
        own = any(one.get("system") == target.system for one in given)
        if not own and not _is_subject(desk, target, resource.get("id")):
            named = [*map(_identifier, given), _id(target, resource)]
            yield Person(position, None, _macs(names, sender, [name for name in named if name is not None]))
        return
    for place in SUBJECTS:
        reference = resource.get(place)
        if isinstance(reference, dict) and not _is_own(desk, target, reference):
            named = [_identifier(reference.get("identifier")), _reference(target, reference.get("reference"))]
            given_names = [name for name in named if name is not None]
            if given_names:
                yield Person(position, place, _macs(names, sender, given_names))


def _macs(names: Names, sender: Sender, named: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    found = [mac for system, value in named for mac in _macs_of(names, sender, system, value)]
    return tuple(mac for mac in dict.fromkeys(found) if mac is not None)


def _macs_of(names: Names, sender: Sender, system: str, value: str) -> list[str | None]:
    return [*(value.split() or [value])] if system == AWAITED else [link_mac(names, sender.site or "", system, value)]


def link_mac(names: Names, site: str, system: str, value: str) -> str | None:
    """The HMAC of a site's name of a patient; None without a key."""
    return names.mac("link", site, system, value)


def _is_own(desk: Desk, target: Target, reference: Resource) -> bool:
    identifier = reference.get("identifier")
    if isinstance(identifier, dict) and identifier.get("system") == target.system:
        return True
    text = reference.get("reference")
    if not isinstance(text, str):
        return False
    return text.startswith(("#", "urn:")) or _is_subject(desk, target, text.removeprefix(f"{target.type}/"))


def _is_subject(desk: Desk, target: Target, id_: Any) -> bool:
    pattern = desk.study.patterns["subject"]
    return isinstance(id_, str) and re.fullmatch(pattern, id_.removeprefix(target.prefix)) is not None


def _identifier(given: Any) -> tuple[str, str] | None:
    if not isinstance(given, dict) or not isinstance(given.get("value"), str):
        return None
    system = given.get("system", "")
    return (system, given["value"]) if isinstance(system, str) else None


def _reference(target: Target, text: Any) -> tuple[str, str] | None:
    if not isinstance(text, str):
        return None
    system, _, value = _VERSION.sub("", text).rpartition("/")
    return (system, value) if system.rpartition("/")[2] == target.type and value else None


def _id(target: Target, resource: Resource) -> tuple[str, str] | None:
    id_ = resource.get("id")
    return (target.type, id_) if isinstance(id_, str) else None


def _named(resource: Resource, place: str | None, target: Target, subject: str) -> dict[str, Any]:
    identifier = {"system": target.system, "value": subject}
    id_ = f"{target.prefix}{subject}"
    if place is None:
        return {**resource, "id": id_, "identifier": [identifier, *_dicts(resource.get("identifier"))]}
    return {**resource, place: {"reference": f"{target.type}/{id_}", "identifier": identifier}}


def _dicts(value: Any) -> list[Any]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def resolve_aliases(
    resources: Sequence[tuple[str, dict[str, Any]]], mac: Any, known: Any
) -> list[tuple[str, dict[str, Any]]]:
    """The resources with references to a sender's own ids as references to ids here.

    `mac` is id -> HMAC or None; `known` gives HMACs -> {(type, HMAC): id here}.
    """
    texts = {text for _, one in resources for text in _references(one)}
    found = {text: match for text in texts if (match := local(text) or _KEPT.fullmatch(text))}
    macs = {text: m["mac"] if m.re is _KEPT else mac(m["type"], m["id"]) for text, m in found.items()}
    ids = known({one for one in macs.values() if one is not None})
    new = {
        text: f"{match['type']}/{ids[match['type'], macs[text]]}"
        for text, match in found.items()
        if (match["type"], macs[text]) in ids
    }
    return [(where, rewritten(one, new)) for where, one in resources] if new else list(resources)


def local(text: str) -> re.Match[str] | None:
    """A reference to a resource of the same server, by its type and id."""
    return _REFERENCE.fullmatch(text)


def _references(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("reference"), str):
                yield each["reference"]
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def rewritten(value: Any, new: Mapping[str, str]) -> Any:
    """The resource with other references: `new` is old -> new."""
    if isinstance(value, dict):
        return {
            name: new.get(one, one) if name == "reference" and isinstance(one, str) else rewritten(one, new)
            for name, one in value.items()
        }
    return [rewritten(one, new) for one in value] if isinstance(value, list) else value
