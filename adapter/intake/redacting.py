"""Resources as quarantine may keep them: names of patients as HMACs, the study's own names as they are, and nothing
else that identifies a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from adapter.intake.arrival import unversioned
from adapter.intake.linking import NO_KEY, awaiting, persons_of, rewritten
from adapter.intake.names import Names
from adapter.intake.own_ids import veils
from adapter.intake.sender import Sender
from adapter.intake.shapes import CELLS
from adapter.intake.texts import WITHHELD, without_texts
from adapter.intake.withheld import WITHHELD as TEXT
from adapter.intake.withheld import withheld
from adapter.mapping.residue import GONE, without
from adapter.outcome import Issue

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)

Given = Sequence[tuple[str, Mapping[str, Any]]]
"""Resources, each with the FHIRPath where it stood."""


def redacted(desk: Desk, names: Names, sender: Sender, resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource as it may be kept. Whom it is about stays, be it that no form of the study reads it; its texts do
    not."""
    reading = desk.read(unversioned(resource))
    persons = [person for person in persons_of(desk, names, sender, resource) if person.macs]
    new = veils(desk, names, sender, ((one.expression, one.value) for one in reading.residue))
    whole = rewritten(resource, new) if new else resource
    own = without(whole, reading.dropped, partial(_own, _is_own(desk))) if reading.dropped else whole
    kept = withheld(own)
    if reading.form is None:
        kept = without_texts(kept, desk.readable.get(str(kept.get("resourceType")), ()))
    return awaiting(kept, persons)


def nameless(desk: Desk, names: Names, sender: Sender, resources: Given) -> list[Issue]:
    """Why resources cannot be kept: without a key they would be kept without their patients, and never be theirs."""
    if names.key is not None:
        return []
    return [
        Issue("error", "transient", NO_KEY, f"{where or resource.get('resourceType')}.{person.place or 'identifier'}")
        for where, resource in resources
        for person in persons_of(desk, names, sender, resource)
    ]


def redacted_row(desk: Desk, form: str, row: Any) -> Any:
    """A form's row or JSON record as it may be kept: of what is no item, that something stood there; None for what is
    no record. Cells stand under headers that the form or the site knows."""
    if not isinstance(row, dict) or row.keys() == {CELLS}:
        return row if isinstance(row, dict) else None
    return _items(row, frozenset(desk.forms[form].items))


def _items(row: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    groups = {item.partition(".")[0] for item in known if "." in item}
    return {_named(name, known | groups): _answer(name, value, known) for name, value in row.items()}


def _named(name: str, known: Collection[str]) -> str:
    return name if name in known or _NAME.fullmatch(name) else TEXT


def _answer(name: str, value: Any, known: frozenset[str]) -> Any:
    members = frozenset(item.removeprefix(f"{name}.") for item in known if item.startswith(f"{name}."))
    if isinstance(value, list):
        return [_answer(name, each, known) for each in value]
    if isinstance(value, dict):
        return _items(value, members) if members else WITHHELD
    return value if name in known else WITHHELD


def _own(is_own: Callable[[str, str], bool], value: Any) -> Any:
    """What stays of an element that identifies a person: the study's own names of subjects and records."""
    if isinstance(value, list):
        return _some(each for one in value if (each := _own(is_own, one)) is not GONE)
    if isinstance(value, str):
        return value if is_own("", value) else GONE
    if not isinstance(value, dict):
        return GONE
    system, name = value.get("system"), value.get("value")
    named = isinstance(system, str) and isinstance(name, str) and system != "" and is_own(system, name)
    return {"system": system, "value": name} if named else GONE


def _some(found: Iterable[Any]) -> Any:
    return list(found) or GONE


def _is_own(desk: Desk) -> Callable[[str, str], bool]:
    """(system, name) -> whether a name is the study's own: a subject's, or one that begins with it; under no system a
    reference to a subject."""
    target, pattern = desk.subject_target, desk.study.patterns["subject"]
    systems = {name for name in desk.study.names.values() if isinstance(name, str)}

    def is_own(system: str, name: str) -> bool:
        if system:
            return system in systems and re.match(pattern, name) is not None
        begins = f"{target.type}/{target.prefix}" if target is not None else ""
        return begins != "" and name.startswith(begins) and re.fullmatch(pattern, name.removeprefix(begins)) is not None

    return is_own
