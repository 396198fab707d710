"""Backwards: a plan → closures that read a parsed resource into what its holes hold, and note what they do not read.

A reader returns True where it took the value, and False, having taken nothing, where a constant is contradicted
(rule 8) or a lens cannot read: the caller then notes the value. Start at `Reader.resource`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.crf.record import REASONS, Absent
from adapter.crf.study import Item
from adapter.fhir import definitions
from adapter.mapping import coding, lens, presence, text
from adapter.mapping.arrays import array_reader, names_of_entries
from adapter.mapping.notes import MISS, SILENT, Note, lift
from adapter.mapping.plan import Array, Choice, Const, Hole, Member, Node, Object, ResourcePlan, Target, Text, constant
from adapter.mapping.taken import Read, Taken

UNCOMPARED = ("display", "unit", "text")
META = ("versionId", "lastUpdated")
"""What a server says of its copy: no content, so neither read nor residue."""

_REASONS = frozenset(REASONS)


class Reader:
    """Compiles the plans of one study; `zone` and `patterns` are the study's."""

    def __init__(self, zone: str, patterns: Mapping[str, str]) -> None:
        self.zone = zone
        self.patterns = dict(patterns)

    def resource(self, plan: ResourcePlan) -> Read:
        """Return the reader of a whole resource. Its id is matched where it is ours, and noted where it is not."""
        read = self._object(plan.root, resource=True)
        if plan.each is None:
            return read
        each = plan.each

        def one_entry(value: Any, taken: Taken) -> bool:
            inner = taken.fresh()
            if not read(value, inner):
                return False
            taken.add_entry(each, inner)
            return True

        return one_entry

    def node(self, node: Node) -> Read:
        """Return the reader of a node."""
        if isinstance(node, Const):
            return _const(node)
        if isinstance(node, Hole):
            return self._hole(node)
        if isinstance(node, Text):
            return self._text(node)
        if isinstance(node, Choice):
            return _first_of([self.node(option) for option in node.options])
        if isinstance(node, Array):
            return array_reader(node, [self.node(entry.node) for entry in node.entries])
        return self._object(node)

    def _object(self, node: Object, *, resource: bool = False) -> Read:
        """Constants are compared first: if one is contradicted, nothing of the object is read."""
        consts: dict[str, Read] = {}
        handlers: dict[str, Read] = {}
        for member in node.members:
            self._handle(member, node.type, consts if constant(member.node) else handlers)
        if node.type == "CodeableConcept" and "coding" in consts:
            codings = next(member.node for member in node.members if member.key == "coding")
            consts["coding"] = _codings(codings)
        for shape in node.also:
            for member in shape.members:
                self._handle_also(member, shape.type, handlers)
        if node.type == "Meta":
            handlers.update(dict.fromkeys(META, _pass))
        if resource:
            handlers["id"] = _note_id
        needed = "coding" if node.type == "CodeableConcept" and "coding" in consts else None
        return _object_reader(consts, handlers, frozen(node, consts, handlers), needed)

    def _handle(self, member: Member, parent: str, into: dict[str, Read]) -> None:
        read = self.node(member.node)
        uncompared = member.key in UNCOMPARED and member.type in ("string", "markdown")
        into[member.key] = _uncompared(member.node) if uncompared and isinstance(member.node, Const) else read
        if isinstance(member.node, Hole):
            self._handle_absence(member, member.node, parent, into)

    def _handle_absence(self, member: Member, hole: Hole, parent: str, into: dict[str, Read]) -> None:
        """Read why an answer is missing, wherever R4 has a place for it (rule 5)."""
        reason = _reason_in_extension(hole)
        if definitions.is_primitive(hole.type):
            into[f"_{member.key}"] = reason
        else:
            into[member.key] = _either(reason, into[member.key])
        if member.key.startswith("value") and "dataAbsentReason" in definitions.fields(parent):
            into["dataAbsentReason"] = _reason_in_concept(hole)

    def _handle_also(self, member: Member, parent: str, handlers: dict[str, Read]) -> None:
        own = handlers.get(member.key)
        self._handle(member, parent, handlers)
        if own is not None:
            handlers[member.key] = _first_of([own, handlers[member.key]])

    def _hole(self, hole: Hole) -> Read:
        if hole.table is not None:
            return _coded(hole, coding.reader(hole))
        if hole.target is not None:
            return _referring(hole, hole.target, text.inverter(Text((hole,)), self.patterns).fullmatch)
        made = lens.lens(hole.item, hole.type, self.zone, text.shape(hole.item, self.patterns))
        return _by_lens(hole, made)

    def _text(self, node: Text) -> Read:
        """Read an interpolated string; holes that are empty in it stay silent."""
        match = text.inverter(node, self.patterns).fullmatch
        holes = [part for part in node.parts if isinstance(part, Hole)]
        fields = [(hole, _text_value(hole)) for hole in holes]

        def read(value: Any, taken: Taken) -> bool:
            found = match(value) if type(value) is str else None
            if found is None:
                return False
            answers = [parse(part) if part else None for (_, parse), part in zip(fields, found.groups(), strict=True)]
            if MISS in answers:
                return False
            for (hole, _), answer in zip(fields, answers, strict=True):
                if answer is not None:
                    taken.put(hole, answer)
            return True

        return read


def _text_value(hole: Hole) -> Callable[[str], Any]:
    """Return the function from a part of a text to an answer: a set of rows for a codelist, MISS outside the range."""
    item = hole.item
    if hole.table is not None:
        rows: dict[str, set[Any]] = {}
        for (_, code), found in coding.by_coding(hole.table).items():
            rows.setdefault(code, set()).update(found)
        return {code: frozenset(found) for code, found in rows.items()}.get
    if item.low is None and item.high is None:
        return lambda part: text.parse(item, part)

    def ranged(part: str) -> Any:
        answer = text.parse(item, part)
        return lens.ranged(item, lambda value, _notes: value)(answer, [])

    return ranged


def _const(node: Const) -> Read:
    allowed = [(type(value), value) for value in (node.value, *node.others)]

    def read(value: Any, _taken: Taken) -> bool:
        return (type(value), value) in allowed

    return read


def _uncompared(node: Const) -> Read:
    """`display`, `unit` and `text` are never compared; another wording is lost, so it is noted."""

    def read(value: Any, taken: Taken) -> bool:
        if value != node.value:
            taken.notes.append(Note(value))
        return True

    return read


def frozen(node: Object, consts: dict[str, Read], handlers: dict[str, Read]) -> Any:
    """Return the constant as it is written, to compare whole; None for an object with holes or alternatives."""
    if handlers or not consts or not constant(node):
        return None
    return rendered(node)


def rendered(node: Node) -> Any:
    """Return the JSON value of a constant node."""
    if isinstance(node, Const):
        return node.value
    if isinstance(node, Choice):
        return rendered(node.options[0])
    if isinstance(node, Array):
        return [rendered(entry.node) for entry in node.entries]
    if isinstance(node, Object):
        return {member.key: rendered(member.node) for member in node.members}
    return None


def _codings(node: Node) -> Read:
    """Read the codings of one concept: one of the constant's must be among them, or the concept is another."""
    names = set(names_of_entries(node))
    codes = {code for _, code in names}

    def meant(one: Any) -> bool:
        if type(one) is not dict or type(one.get("code")) is not str or type(one.get("system", "")) is not str:
            return False
        return (one["system"], one["code"]) in names if "system" in one else one["code"] in codes

    def read(value: Any, taken: Taken) -> bool:
        found = [place for place, one in enumerate(value) if meant(one)] if type(value) is list else []
        for place, one in enumerate(value if found else ()):
            if place in found:
                taken.notes.extend(Note(one[key], key, place) for key in one if key not in ("system", "code"))
            else:
                taken.notes.append(Note(one, place))
        return bool(found)

    return read


def _object_reader(
    consts: dict[str, Read], handlers: dict[str, Read], whole: Any, needed: str | None = None
) -> Read:
    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict:
            return False
        if whole is not None and value == whole:
            return True
        if needed is not None and needed not in value:
            return False
        before = len(taken.notes)
        for key, compare in consts.items():
            if key in value:
                start = len(taken.notes)
                if not compare(value[key], taken):
                    del taken.notes[before:]
                    return False
                lift(taken.notes, start, key)
        _read_rest(value, consts, handlers, taken)
        return True

    return read


def _read_rest(value: dict[str, Any], consts: dict[str, Read], handlers: dict[str, Read], taken: Taken) -> None:
    notes = taken.notes
    for key, child in value.items():
        if key in consts:
            continue
        handler = handlers.get(key)
        start = len(notes)
        if handler is None or not handler(child, taken):
            if len(notes) == start or notes[-1].value is not child:
                notes.append(Note(child))
        if len(notes) > start:
            lift(notes, start, key)


def _pass(_value: Any, _taken: Taken) -> bool:
    return True


def _note_id(value: Any, taken: Taken) -> bool:
    taken.id = value
    return True


def _first_of(readers: list[Read]) -> Read:
    """Return the reader of alternatives: the one that takes the value and leaves the least."""

    def read(value: Any, taken: Taken) -> bool:
        best: Taken | None = None
        for option in readers:
            trial = taken.fresh()
            if option(value, trial) and (best is None or trial.cost < best.cost):
                best = trial
        if best is not None:
            taken.absorb(best)
        return best is not None

    return read


def _either(first: Read, second: Read) -> Read:
    return lambda value, taken: first(value, taken) or second(value, taken)


def _by_lens(hole: Hole, made: lens.Lens) -> Read:
    read_value = made.read

    def read(value: Any, taken: Taken) -> bool:
        notes = taken.notes
        start = len(notes)
        answer = read_value(value, notes)
        if answer is MISS:
            del notes[start:]
            return _refuse(hole, value, made.expects, taken)
        taken.put(hole, answer)
        return True

    return read


def _refuse(hole: Hole, value: Any, expects: str, taken: Taken) -> bool:
    """Note a value that an item's lens cannot read, with what it expects. It was not taken."""
    if not hole.repeat:
        taken.notes.append(Note(value, item=hole.item, why=expects))
    return False


def _coded(hole: Hole, read_rows: lens.Read) -> Read:
    expects = coding.expected(hole)

    def read(value: Any, taken: Taken) -> bool:
        start = len(taken.notes)
        rows = read_rows(value, taken.notes)
        if rows is MISS:
            del taken.notes[start:]
            return _refuse(hole, value, expects, taken)
        taken.put(hole, rows)
        return True

    return read


def _referring(hole: Hole, target: Target, match: Callable[[str], Any]) -> Read:
    """Read a Reference by its literal, its identifier, or both if they agree."""
    literal = f"{target.type}/{target.prefix}"
    expects = f"a reference to a {target.type} of this study, by {literal}… or by an identifier of {target.system}"

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict or value.get("type", target.type) != target.type:
            return _refuse(hole, value, expects, taken)
        found = [answer for answer in (_by_literal(value, literal), _by_identifier(value, target)) if answer is not None]
        if not found or found[0] != found[-1] or match(found[0]) is None:
            return _refuse(hole, value, expects, taken)
        _note_reference_rest(value, literal, target, taken)
        taken.put(hole, found[0])
        return True

    return read


def _by_literal(value: dict[str, Any], literal: str) -> str | None:
    reference = value.get("reference")
    if type(reference) is not str or not reference.startswith(literal):
        return None
    return reference[len(literal) :].partition("/_history/")[0]


def _by_identifier(value: dict[str, Any], target: Target) -> str | None:
    identifier = value.get("identifier")
    if type(identifier) is not dict or identifier.get("system") != target.system:
        return None
    found = identifier.get("value")
    return found if type(found) is str else None


def _note_reference_rest(value: dict[str, Any], literal: str, target: Target, taken: Taken) -> None:
    for key, child in value.items():
        if key == "identifier" and type(child) is dict and child.get("system") == target.system:
            taken.notes.extend(Note(child[k], k, key) for k in child if k not in ("system", "value"))
        elif key != "type" and not (key == "reference" and _by_literal(value, literal) is not None):
            taken.notes.append(Note(child, key))


def _reason_in_extension(hole: Hole) -> Read:
    """Read `{"extension": [data-absent-reason]}`; `unknown` is silence."""

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict or type(value.get("extension")) is not list:
            return False
        reasons = [e for e in value["extension"] if type(e) is dict and e.get("url") == presence.DATA_ABSENT]
        if len(reasons) != 1 or not _put_reason(hole, reasons[0].get("valueCode"), taken):
            return False
        for place, other in enumerate(value["extension"]):
            if other is not reasons[0]:
                taken.notes.append(Note(other, place, "extension"))
        taken.notes.extend(Note(value[key], key) for key in value if key != "extension")
        return True

    return read


def _reason_in_concept(hole: Hole) -> Read:
    """Read a dataAbsentReason, by its system wherever the coding stands."""

    def read(value: Any, taken: Taken) -> bool:
        codings = value.get("coding") if type(value) is dict else None
        for place, one in enumerate(codings if type(codings) is list else ()):
            ours = type(one) is dict and one.get("system") == presence.DATA_ABSENT_CODES
            if ours and _put_reason(hole, one.get("code"), taken):
                coding.note_rest(value, ("coding",), taken.notes)
                taken.notes.extend(
                    Note(other, at, "coding") for at, other in enumerate(codings or ()) if at != place
                )
                taken.notes.extend(Note(one[key], key, place, "coding") for key in one if key not in ("system", "code"))
                return True
        return False

    return read


def _put_reason(hole: Hole, reason: Any, taken: Taken) -> bool:
    if reason == "unknown":
        return True
    if type(reason) is not str or reason not in _REASONS:
        return False
    if not hole.repeat:
        taken.put(hole, Absent(reason))
    return True


__all__ = ["Item", "Reader", "SILENT"]
