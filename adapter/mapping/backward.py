"""Backwards: a plan → closures that read a parsed resource into what its holes hold, and note what they do not read.

A reader returns True where it took the value, and False, having taken nothing, where a constant is contradicted
(rule 8) or a lens cannot read: the caller then notes the value. Start at `Reader.resource`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from adapter.crf.record import REASONS, Absent
from adapter.crf.study import Item
from adapter.fhir import definitions
from adapter.mapping import coding, lens, presence, text
from adapter.mapping.arrays import array_reader, names_of_entries
from adapter.mapping.ids import DIGEST, always_id, fhir_id
from adapter.mapping.notes import MISS, SILENT, Miss, Note, lift
from adapter.mapping.plan import (
    Array,
    Choice,
    Const,
    Hole,
    Member,
    Node,
    Object,
    ResourcePlan,
    Target,
    Text,
    constant,
)
from adapter.mapping.plan import holes as holes_of
from adapter.mapping.taken import ROWS, Logged, Read, Taken, slot_of

UNCOMPARED = ("display", "unit", "text")
KEPT = 1000
"""How many shapes of an object and texts of a hole are remembered: hostile input must not fill the memory."""

META = ("versionId", "lastUpdated")
"""What a server says of its copy: no content, so neither read nor residue."""

_REASONS = frozenset(REASONS)


class Reader:
    """Compiles the plans of one study; `zone` and `patterns` are the study's."""

    def __init__(self, zone: str, patterns: Mapping[str, str]) -> None:
        self.zone = zone
        self.patterns = dict(patterns)
        self.narrowed: frozenset[str] = frozenset()

    def resource(self, plan: ResourcePlan) -> Read:
        """Return the reader of a whole resource. Its id is set aside: whether it is ours the caller tells."""
        self.narrowed = _narrowed(plan.root)
        read = self._object(plan.root, resource=True)
        if plan.each is None:
            return read
        each = plan.each

        def one_entry(value: Any, taken: Taken) -> bool:
            if not read(value, taken):
                return False
            taken.close_entry(each, 0)
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
            reasoned = not presence.rivals(node)
            return array_reader(node, [self._entry(entry.node, reasoned) for entry in node.entries])
        return self._object(node)

    def _entry(self, node: Node, reasoned: bool) -> Read:
        """Return the reader of a list entry: an answer, or why it is missing."""
        read = self.node(node)
        if reasoned and isinstance(node, Hole) and not definitions.is_primitive(node.type):
            return _either(_reason_in_extension(node), read)
        return read

    def _object(self, node: Object, *, resource: bool = False) -> Read:
        """Constants are compared first: if one is contradicted, nothing of the object is read."""
        consts: dict[str, tuple[Read, Any]] = {}
        handlers: dict[str, Read] = {}
        for member in node.members:
            if constant(member.node):
                consts[member.key] = self._constant(member, node.type), rendered(member.node)
            else:
                self._handle(member, node.type, handlers)
        for shape in node.also:
            for member in shape.members:
                self._handle_also(member, shape.type, handlers)
        if node.type == "Meta":
            handlers.update(dict.fromkeys(META, _pass))
        if resource:
            handlers["id"] = _note_id
        needed = "coding" if node.type == "CodeableConcept" and "coding" in consts else None
        whole = rendered(node) if consts and constant(node) and not handlers else None
        return _object_reader(consts, handlers, whole, needed)

    def _constant(self, member: Member, parent: str) -> Read:
        if parent == "CodeableConcept" and member.key == "coding":
            return _codings(member.node)
        if member.key in UNCOMPARED and isinstance(member.node, Const) and member.type in ("string", "markdown"):
            return _uncompared(member.node)
        return self.node(member.node)

    def _handle(self, member: Member, parent: str, into: dict[str, Read]) -> None:
        read = self.node(member.node)
        into[member.key] = read
        if isinstance(member.node, Hole):
            self._handle_absence(member, member.node, parent, into)
        elif isinstance(member.node, Text) and parent == "Reference" and member.key == "reference":
            into[member.key] = self._literal(member.node, read)
        elif isinstance(member.node, Text) and (only := presence.sole_answer(member.node)) is not None:
            into[f"_{member.key}"] = _reason_in_extension(only)
        elif isinstance(member.node, Array) and (only := presence.sole_hole(member.node)) is not None:
            into[f"_{member.key}"] = _reason_in_list(_reason_in_extension(only))
            into[member.key] = _but_nulls(read)

    def _literal(self, node: Text, read: Read) -> Read:
        """Read a literal reference; the digest of a key that is no id says nothing that the identifier does not."""
        first, *others = node.parts
        kind, _, prefix = str(first).partition("/")
        if always_id([prefix, *others], self.patterns):
            return read
        digest = re.compile(f"{kind}/{DIGEST}", re.ASCII).fullmatch

        def literal(value: Any, taken: Taken) -> bool:
            return (type(value) is str and digest(value) is not None) or read(value, taken)

        return literal

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
            return _coded(hole, hole.item.id in self.narrowed)
        if hole.target is not None:
            return _referring(hole, hole.target, text.inverter(Text((hole,)), self.patterns).fullmatch)
        made = lens.lens(hole.item, hole.type, self.zone, text.shape(hole.item, self.patterns))
        return _by_lens(hole, made)

    def _text(self, node: Text) -> Read:
        """Read an interpolated string; holes that are empty in it stay silent. Texts repeat: what one says is kept."""
        match = text.inverter(node, self.patterns).fullmatch
        holes = [part for part in node.parts if isinstance(part, Hole)]
        fields = [(slot_of(hole, None if hole.table is None else ROWS), _text_value(hole)) for hole in holes]
        known: dict[str, list[Logged]] = {}

        def understand(value: str) -> list[Logged] | None:
            found = match(value)
            if found is None:
                return None
            parts = [(slot, parse(part)) for (slot, parse), part in zip(fields, text.found_parts(node, found), strict=True) if part]
            return None if any(answer is MISS for _, answer in parts) else parts

        def read(value: Any, taken: Taken) -> bool:
            if type(value) is not str:
                return False
            logged = known.get(value)
            if logged is None:
                logged = understand(value)
                if logged is None:
                    return False
                if len(known) >= KEPT:
                    known.clear()
                known[value] = logged
            taken.log.extend(logged)
            return True

        return read


def _narrowed(root: Node) -> frozenset[str]:
    """Return the items that several columns or places of a resource tell together: their rows are met in the end."""
    places: dict[str, set[str | None]] = {}
    for hole in holes_of(root):
        if hole.table is not None:
            in_text = "text" if hole.lens == "codelist" and hole.type == "string" else hole.column
            places.setdefault(hole.item.id, set()).add(in_text)
    return frozenset(item_id for item_id, columns in places.items() if len(columns) > 1)


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


Step = tuple[str, bool, Any, Read]
"""How one key of an object is read: whether it is a constant that must not be contradicted, the constant, its reader."""


def _object_reader(
    consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], whole: Any, needed: str | None = None
) -> Read:
    """Return the reader of an object. How a set of keys is read is settled once, when it is first met."""
    shapes: dict[tuple[str, ...], list[Step]] = {}
    only = next(iter(handlers)) if len(handlers) == 1 and not consts else None
    lone = (only, handlers[only]) if only is not None else None

    def steps_of(shape: tuple[str, ...]) -> list[Step]:
        if len(shapes) >= KEPT:
            shapes.clear()
        refused = needed is not None and needed not in shape
        steps = [_REFUSED] if refused else [_step(key, consts, handlers) for key in shape]
        shapes[shape] = steps
        return steps

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not dict:
            return False
        shape = tuple(value)
        steps = shapes.get(shape)
        if steps is None:
            steps = steps_of(shape)
        notes, log = taken.notes, taken.log
        noted, logged = len(notes), len(log)
        mark = noted
        for child, (key, names, constant, read_child) in zip(value.values(), steps):  # noqa: B905
            if names and child == constant:
                continue
            took = read_child(child, taken)
            if took and len(notes) == mark:
                continue
            if not took and names:
                del notes[noted:], log[logged:]
                return False
            if not took and (len(notes) == mark or notes[-1].value is not child):
                notes.append(Note(child))
            lift(notes, mark, key)
            mark = len(notes)
        return True

    if lone is not None:
        return _lone_reader(*lone, read)
    return read if whole is None else lambda value, taken: value == whole or read(value, taken)


def _lone_reader(key: str, read_child: Read, read: Read) -> Read:
    """The common case of an object that holds one answer and nothing else."""

    def read_lone(value: Any, taken: Taken) -> bool:
        if type(value) is dict and len(value) == 1 and key in value:
            start = len(taken.notes)
            took = read_child(value[key], taken)
            if took and len(taken.notes) == start:
                return True
            if not took and (len(taken.notes) == start or taken.notes[-1].value is not value[key]):
                taken.notes.append(Note(value[key]))
            lift(taken.notes, start, key)
            return True
        return read(value, taken)

    return read_lone


def _step(key: str, consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read]) -> Step:
    if key in consts:
        read, constant = consts[key]
        return key, True, constant, read
    return key, False, None, handlers.get(key, _unread)


def _unread(_value: Any, _taken: Taken) -> bool:
    return False


_REFUSED: Step = ("", True, Miss, _unread)
"""The step of a set of keys that lacks what its constants need: refused whatever stands there."""


def _pass(_value: Any, _taken: Taken) -> bool:
    return True


def _note_id(value: Any, taken: Taken) -> bool:
    taken.id = value
    return True


def _first_of(readers: list[Read]) -> Read:
    """Return the reader of alternatives: the one that takes the value and leaves the least."""

    def read(value: Any, taken: Taken) -> bool:
        trials = []
        for place, option in enumerate(readers):
            trial = Taken()
            if option(value, trial):
                trials.append((trial.cost(), place, trial))
        if trials:
            taken.absorb(min(trials, key=lambda trial: trial[:2])[2])
        return bool(trials)

    return read


def _either(reason: Read, read: Read) -> Read:
    """Return the reader of an element that may be nothing but an extension that says why it is missing."""

    def either(value: Any, taken: Taken) -> bool:
        if type(value) is dict and "extension" in value and reason(value, taken):
            return True
        return read(value, taken)

    return either


def _by_lens(hole: Hole, made: lens.Lens) -> Read:
    read_value, expects, slot = made.read, made.expects, slot_of(hole)

    def read(value: Any, taken: Taken) -> bool:
        notes = taken.notes
        start = len(notes)
        answer = read_value(value, notes)
        if answer is MISS:
            del notes[start:]
            return _refuse(hole, value, expects, taken)
        taken.log.append((slot, answer))
        return True

    return read


def _refuse(hole: Hole, value: Any, expects: str, taken: Taken) -> bool:
    """Note a value that an item's lens cannot read, with what it expects. It was not taken."""
    if not hole.repeat:
        taken.notes.append(Note(value, item=hole.item, why=expects))
    return False


def _coded(hole: Hole, narrowed: bool) -> Read:
    """Read a codelist's code. `narrowed`: other places tell the same item too, so its rows are kept, to be met in the end."""
    expects, read_rows = coding.expected(hole), coding.reader(hole)
    rows_slot, slot = slot_of(hole, ROWS), slot_of(hole)
    settled = {rows: coding.settle(rows) for rows in coding.all_rows(hole)}

    def read(value: Any, taken: Taken) -> bool:
        start = len(taken.notes)
        rows = read_rows(value, taken.notes)
        answer = rows if narrowed or rows is MISS else settled.get(rows, MISS)
        if answer is MISS:
            del taken.notes[start:]
            return _refuse(hole, value, expects, taken)
        if answer is not SILENT:
            taken.log.append((rows_slot if narrowed else slot, answer))
        return True

    return read


def _referring(hole: Hole, target: Target, match: Callable[[str], Any]) -> Read:
    """Read a Reference by its literal, its identifier, or both if they agree."""
    literal = f"{target.type}/{target.prefix}"
    expects = f"a reference to a {target.type} of this study, by {literal}… or by an identifier of {target.system}"
    slot = slot_of(hole)
    known: dict[str, dict[str, Any]] = {}  # what we write for an answer, to compare whole

    def read(value: Any, taken: Taken) -> bool:
        found = _by_identifier(value, target) if type(value) is dict else None
        if found is not None and known.get(found) == value:
            taken.log.append((slot, found))
            return True
        if type(value) is not dict or value.get("type", target.type) != target.type:
            return _refuse(hole, value, expects, taken)
        answer = _named(value, found, target)
        if answer is None or match(answer) is None:
            return _refuse(hole, value, expects, taken)
        _note_reference_rest(value, target, taken)
        taken.log.append((slot, answer))
        _keep(known, answer, target)
        return True

    return read


def _keep(known: dict[str, dict[str, Any]], answer: str, target: Target) -> None:
    if len(known) >= KEPT:
        known.clear()
    literal = f"{target.type}/{fhir_id(target.prefix + answer)}"
    known[answer] = {"reference": literal, "identifier": {"system": target.system, "value": answer}}


def _named(value: dict[str, Any], identified: str | None, target: Target) -> str | None:
    """Return the answer that a Reference names: by its literal, its identifier, or both if they agree."""
    literal = _by_literal(value, target)
    if literal is None:
        return identified
    if identified is None:
        told = literal.startswith(target.prefix) and re.fullmatch(DIGEST, literal) is None
        return literal[len(target.prefix) :] if told else None
    meant = target.prefix + identified
    return identified if literal in (meant, fhir_id(meant)) else None


def _by_literal(value: dict[str, Any], target: Target) -> str | None:
    """Return the id in a literal reference to a resource of the target's type."""
    kind, slash, name = str(value.get("reference", "")).partition("/")
    return name.partition("/_history/")[0] if slash and kind == target.type else None


def _by_identifier(value: dict[str, Any], target: Target) -> str | None:
    identifier = value.get("identifier")
    if type(identifier) is not dict or identifier.get("system") != target.system:
        return None
    found = identifier.get("value")
    return found if type(found) is str else None


def _note_reference_rest(value: dict[str, Any], target: Target, taken: Taken) -> None:
    for key, child in value.items():
        if key == "identifier" and type(child) is dict and child.get("system") == target.system:
            taken.notes.extend(Note(child[k], k, key) for k in child if k not in ("system", "value"))
        elif key != "type" and not (key == "reference" and _by_literal(value, target) is not None):
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


def _reason_in_list(read_one: Read) -> Read:
    """Read the reasons that stand beside a list of primitives: null where there is a value."""

    def read(value: Any, taken: Taken) -> bool:
        for place, one in enumerate(value if type(value) is list else ()):
            start = len(taken.notes)
            if one is not None and not read_one(one, taken):
                taken.notes.append(Note(one))
            lift(taken.notes, start, place)
        return type(value) is list

    return read


def _but_nulls(read_list: Read) -> Read:
    """Read a list of primitives whose nulls have their reason in the list beside it."""

    def read(value: Any, taken: Taken) -> bool:
        if type(value) is not list or None not in value:
            return read_list(value, taken)
        places = [place for place, one in enumerate(value) if one is not None]
        start = len(taken.notes)
        took = read_list([value[place] for place in places], taken)
        for note in taken.notes[start:]:
            if note.segments and isinstance(note.segments[-1], int):
                note.segments[-1] = places[note.segments[-1]]
        return took

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
        taken.log.append((slot_of(hole), Absent(reason)))
    return True


__all__ = ["Item", "Reader", "SILENT"]
