"""What a resource holds beyond its map, leaf by leaf, and what of it identifies a person: that is dropped, its path
alone is told.

The path of a leaf is a FHIRPath that resolves: `Observation.value` for valueQuantity, `Patient.birthDate` for
_birthDate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapter.fhir import definitions
from adapter.mapping.notes import Note, Segment

IDENTIFYING_TYPES = frozenset(
    {"HumanName", "Address", "ContactPoint", "Narrative", "xhtml", "Identifier", "Attachment"}
)
"""A name, an address, a contact, a narrative, an identifier that is not the study's, a photo: wherever they stand."""

IDENTIFYING_PATHS = frozenset(
    {
        "Reference.display",
        "Patient.birthDate",
        "Patient.deceased[x]",
        "Patient.contact",
        "Patient.photo",
        "Patient.communication",
        "Patient.link",
        "Patient.generalPractitioner",
        "Patient.managingOrganization",
        "Patient.multipleBirth[x]",
        "Patient.maritalStatus",
    }
)
PERSONS = ("Patient", "RelatedPerson", "Person", "Practitioner", "PractitionerRole")


GONE = object()
"""What is left of a value that is dropped."""


@dataclass(frozen=True, slots=True)
class Residue:
    """A leaf that the map does not read: its FHIRPath and its value."""

    expression: str
    value: Any


@dataclass(frozen=True, slots=True)
class _Dropped:
    """What is dropped of a resource: the elements at `paths`, but for what `own` gives of each."""

    paths: frozenset[str]
    own: Callable[[Any], Any]


def path_of(resource_type: str, segments: Sequence[Segment]) -> tuple[str, str | None, bool]:
    """Return the FHIRPath of a place, its type (None if R4 has no such place), and whether a person is identified
    there.
    """
    words, kind, identifying = resource_type, resource_type or None, False
    for segment in segments:
        if isinstance(segment, int):
            words += f"[{segment}]"
            continue
        element, kind, named = _step(kind, segment)
        identifying = identifying or named
        words += f".{element}" if words else element
    return words, kind, identifying


def _step(kind: str | None, key: str) -> tuple[str, str | None, bool]:
    """Return the element that a JSON key names, its type, and whether it identifies a person."""
    name = key.removeprefix("_")
    fields = definitions.fields(kind) if kind is not None and definitions.is_type(kind) else {}
    field = fields.get(name)
    if field is None:
        return name, None, False
    sender_s_id = key == "id" and kind is not None and definitions.is_resource(kind)
    identifying = sender_s_id or field.path in IDENTIFYING_PATHS or field.type in IDENTIFYING_TYPES
    return field.element.removesuffix("[x]"), "Element" if key != name else field.type, identifying


def split(resource_type: str, notes: Sequence[Note]) -> tuple[list[Residue], list[str]]:
    """Return the residue of the notes leaf by leaf, and the paths of what identifies a person, without its value."""
    residue: list[Residue] = []
    dropped: list[str] = []
    for note in notes:
        segments = list(reversed(note.segments))
        words, kind, identifying = path_of(resource_type, segments)
        for path, value, hidden in _leaves(note.value, words, kind, identifying):
            if hidden:
                dropped.append(path)
            else:
                residue.append(Residue(path, value))
    return residue, list(dict.fromkeys(dropped))


def without(
    resource: Mapping[str, Any], paths: Iterable[str], own: Callable[[Any], Any] = lambda _value: GONE
) -> dict[str, Any]:
    """Return a resource without the elements at these paths, as `split` tells them; what they leave empty goes too.

    `own` gives what stays of such an element after all, GONE for nothing.
    """
    kind = str(resource.get("resourceType"))
    left = _kept(resource, kind, kind, _Dropped(frozenset(paths), own))
    return {"resourceType": kind} if left is GONE else dict(left)


def _kept(value: Any, path: str, kind: str | None, dropped: _Dropped) -> Any:
    """Return what is left of a value, GONE where that is nothing; what came empty stays."""
    if path in dropped.paths:
        return dropped.own(value)
    if isinstance(value, list):
        entries = [_kept(entry, f"{path}[{place}]", kind, dropped) for place, entry in enumerate(value)]
        left: Any = [each for each in entries if each is not GONE]
    elif isinstance(value, Mapping):
        left = dict(_kept_members(value, path, kind, dropped))
    else:
        return value
    return left if left or not value else GONE


def _kept_members(
    value: Mapping[str, Any], path: str, kind: str | None, dropped: _Dropped
) -> Iterator[tuple[str, Any]]:
    if kind in ("Resource", None) and isinstance(value.get("resourceType"), str):
        kind = value["resourceType"]
    for key, child in value.items():
        element, child_kind, _ = _step(kind, key)
        left = _kept(child, f"{path}.{element}", child_kind, dropped)
        if left is not GONE:
            yield key, left


def _leaves(value: Any, path: str, kind: str | None, identifying: bool) -> Iterator[tuple[str, Any, bool]]:
    """Yield (FHIRPath, value, whether it identifies a person) of every leaf; what identifies is not looked into."""
    if identifying:
        yield path, None, True
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _leaves(entry, f"{path}[{place}]", kind, False)
    elif isinstance(value, dict) and value:
        yield from _object_leaves(value, path, kind)
    else:
        yield path, value, False


def _object_leaves(value: dict[str, Any], path: str, kind: str | None) -> Iterator[tuple[str, Any, bool]]:
    if kind in ("Resource", None) and isinstance(value.get("resourceType"), str):
        kind = value["resourceType"]
    for key, child in value.items():
        if key == "resourceType":
            continue
        element, child_kind, named = _step(kind, key)
        hidden = named or (kind == "Reference" and key == "reference" and _names_a_person(value))
        yield from _leaves(child, f"{path}.{element}", child_kind, hidden)


def _names_a_person(reference: dict[str, Any]) -> bool:
    literal = str(reference.get("reference", ""))
    return reference.get("type") in PERSONS or any(f"{kind}/" in literal for kind in PERSONS)
