"""A sender's own ids in references that no map reads: kept as the HMACs by which its aliases are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from adapter.intake.linking import KEPT, local, rewritten
from adapter.intake.names import Names
from adapter.intake.sender import Sender
from adapter.intake.shapes import Drafts
from adapter.intake.withheld import WITHHELD

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


def veil(desk: Desk, names: Names, sender: Sender, drafts: Drafts) -> None:
    """Keep of a hospital's references that no map reads their HMACs, in the residue and in what is kept of the push."""
    found = [(one["expression"], one["value"]) for one in drafts.residue]
    new = veils(desk, names, sender, found)
    if new:
        drafts.residue = [{**one, "value": _veiled(one["value"], new)} for one in drafts.residue]
        drafts.redacted = [rewritten(one, new) for one in drafts.redacted]


def veils(desk: Desk, names: Names, sender: Sender, residue: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Reference -> how it is kept, of a hospital's references among leaves (FHIRPath, value) that no map reads."""
    if sender.site is None:
        return {}
    found = {value for path, value in residue if path.endswith(".reference") and isinstance(value, str)}
    return {text: _kept(names, sender, text) for text in found if not _is_own(desk, text)}


def _veiled(value: Any, new: Mapping[str, str]) -> Any:
    return new.get(value, value) if isinstance(value, str) else value


def _is_own(desk: Desk, text: str) -> bool:
    """True for a reference to what begins with a subject of the study, into the resource, or of its push."""
    match = local(text)
    named = match is not None and re.match(desk.study.patterns["subject"], match["id"]) is not None
    return named or text.startswith(("#", "urn:"))


def _kept(names: Names, sender: Sender, text: str) -> str:
    match = local(text)
    type_, id_ = (match["type"], match["id"]) if match is not None else ("Resource", text)
    mac = names.mac("alias", sender.name, type_, id_)
    return f"{KEPT}{type_}:{mac}" if mac is not None else WITHHELD
