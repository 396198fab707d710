"""Forwards: a plan → closures that write a record as the JSON text of a resource.

Constants are rendered once, when the plan is compiled; a record only fills what lies between. An element is a list of
pieces, a text or a function of the record each; what may vanish is one function. Start at `resource_writer`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from adapter.crf.record import Absent, Record
from adapter.crf.study import Item
from adapter.fhir import definitions
from adapter.mapping import coding, lens, presence, text
from adapter.mapping.ids import always_id, always_safe, fhir_id
from adapter.mapping.plan import (
    Array,
    Choice,
    Const,
    Entry,
    Hole,
    Member,
    Node,
    Object,
    ResourcePlan,
    Target,
    Text,
)
from adapter.mapping.plan import holes as holes_of

Write = Callable[[Record], Any]
Piece = str | Write
WriteResource = Callable[[Record], Sequence[tuple[str, str]]]

_SAFE = re.compile(r'[^"\\\x00-\x1f]*')
_QUOTED_TYPES = ("fulldate", "integer", "year")
_QUOTED = ("date", "full date", "date and time")


class Writer:
    """Compiles the plans of one study; `zone` and `patterns` are the study's.

    `assumed` are the items of which at least one has an answer, or a reason, where this writer's pieces run: what they
    alone keep alive is there. `answered` is an item that has an answer there and no reason: the one of a repeated entry.
    """

    def __init__(
        self,
        zone: str,
        patterns: Mapping[str, str],
        assumed: frozenset[str] = frozenset(),
        answered: str | None = None,
    ) -> None:
        self.zone = zone
        self.patterns = dict(patterns)
        self.assumed = assumed
        self.answered = answered

    def _within(self, node: Node) -> Writer:
        """Return the writer of what lies below an element that is there."""
        kept = presence.keepers(node)
        return Writer(self.zone, self.patterns, kept, self.answered) if kept else self

    def resource(self, plan: ResourcePlan) -> WriteResource:
        """Return the function that gives (id, JSON text) of the plan's resources for a record."""
        identify = self._identify(plan)
        body = _closure(self._members(plan.root.members, plan.type))
        start = f'{{"resourceType":"{plan.type}","id":"'
        if _may_vanish(plan):
            body = _if(presence.alive(plan.root), body)

        def write(record: Record) -> Sequence[tuple[str, str]]:
            written = body(record)
            if not written:
                return ()
            name = identify(record)
            return ((name, f'{start}{name}"{written}}}'),)

        return write if plan.each is None else _each_resource(plan.each, write)

    def _identify(self, plan: ResourcePlan) -> Callable[[Record], str]:
        """Return the function of a resource's id: its identifier's value, behind the prefix of its form view."""
        value, prefix = plan.id, plan.prefix
        parts = value.parts if isinstance(value, Text) else (value,) if isinstance(value, Hole) else ()
        if parts and all(isinstance(p, str) or p.item.key for p in parts) and always_id([prefix, *parts], self.patterns):
            return _closure([prefix, *(part if isinstance(part, str) else self._plain_hole(part) for part in parts)])
        identify = self._plain_text(value)
        return lambda record: fhir_id(prefix + identify(record))

    def _members(self, members: tuple[Member, ...], parent: str) -> list[Piece]:
        """Return the pieces of an object's members, each with a leading comma."""
        skipped = ("resourceType", "id") if definitions.is_resource(parent) else ()
        pieces: list[Piece] = []
        for member in members:
            if member.key not in skipped:
                pieces.extend(self._member(member, parent))
        return pieces

    def _member(self, member: Member, parent: str) -> list[Piece]:
        node = member.node
        if isinstance(node, Hole) and not node.item.key:
            return [self._hole_member(member, node, parent)]
        start = f',"{member.key}":'
        if parent == "Reference" and member.key == "reference" and isinstance(node, Text):
            return [self._literal(node, start)]
        write = self._reasoned(member, node, start)
        if write is None and self._always(node):
            return [start, *self._value(node)]
        write = write or self._optional(node, start)
        if not member.needed:
            return [write]
        silence = self._silence(member, parent)
        return [_or_else(write, silence)]

    def _literal(self, node: Text, start: str) -> Write:
        """A reference to a resource by its id, made of the same parts as its identifier."""
        first, *others = node.parts
        kind, _, prefix = str(first).partition("/")
        if always_id([prefix, *others], self.patterns):
            write = _closure([start, *self._value(node)])
        else:
            name = self._plain_text(Text((prefix, *others)))
            write = _fill(f'{start}"{kind}/', name)
        return write if self._always(node) else _if(presence.fillable(node, self.answered), write)

    def _reasoned(self, member: Member, node: Node, start: str) -> Callable[[Record], str] | None:
        """Return the function of a text or a list of primitives that has a place for the reason of a missing answer."""
        only, entries = None, None
        if isinstance(node, Text):
            only = presence.sole_answer(node)
        elif isinstance(node, Array):
            only, entries = presence.sole_hole(node), [entry.node for entry in node.entries]
        if only is None or only.item.id == self.answered:
            return None
        return _or_reason(self._optional(node, start), only, member.key, entries)

    def _always(self, node: Node) -> bool:
        if presence.always(node):
            return True
        if not self.assumed or isinstance(node, Hole):
            return False
        if isinstance(node, Text) and any(h != self.answered for h in map(_item_of, presence.repeated(node))):
            return False  # in `assumed` an item may be missing for a reason, which is no text
        if isinstance(node, Array):
            return any(entry.each is None and self._stays(entry.node) for entry in node.entries)
        return presence.keepers(node) == self.assumed

    def _silence(self, member: Member, parent: str) -> Callable[[Record], str]:
        """A required element in silence: with its own `!` holes if it has any, else as `unknown`."""
        node = member.node
        if isinstance(node, Object) and any(hole.spoken for hole in holes_of(node)):
            body = self._object(node)
            return lambda record: f',"{member.key}":{body(record)}'
        unknown = presence.absent_member(member.key, member.type, parent, "unknown")
        return lambda _record: unknown

    def _value(self, node: Node) -> list[Piece]:
        """Return the pieces of a value that is there whenever its parent is."""
        if isinstance(node, Const):
            return [coding_text(node.value)]
        if isinstance(node, Choice):
            return self._value(node.options[0])
        if isinstance(node, Hole):
            return self._key_pieces(node)
        if isinstance(node, Text):
            return ['"', *self._text_pieces(node), '"']
        if isinstance(node, Array):
            return self._array(node)
        members = self._members(node.members, node.type)
        if members and isinstance(members[0], str) and members[0]:
            return ["{", members[0][1:], *members[1:], "}"]
        return [self._object(node)]

    def _object(self, node: Object) -> Write:
        body = _closure(self._members(node.members, node.type))
        return lambda record: f"{{{body(record)[1:]}}}"

    def _optional(self, node: Node, start: str) -> Callable[[Record], str]:
        """Return the function of an element that may vanish: `start` and the value, or ''."""
        kept, inner = presence.keepers(node), self._within(node)
        if isinstance(node, Array) and not (kept and inner._always(node)):
            return _unless_empty(_closure(self._array(node)), start)
        write = _closure([start, *inner._value(node)])
        if isinstance(node, Text) and any(True for _ in presence.repeated(node)):
            return _if(presence.fillable(node, self.answered), write)
        if len(kept) == 1:
            (only,) = kept
            return lambda record: write(record) if only in record else ""
        if kept:
            return lambda record: "" if kept.isdisjoint(record) else write(record)
        return _if(presence.alive(node), write)

    def _array(self, node: Array) -> list[Piece]:
        reasoned = not presence.rivals(node)
        first, *others = node.entries
        if first.each is None and self._stays(first.node):
            pieces = [piece for entry in others for piece in self._entry(entry, ",", reasoned)]
            return ["[", *self._value(first.node), *pieces, "]"]
        closures = [_closure(self._entry(entry, ",", reasoned)) for entry in node.entries]
        if len(closures) == 1:
            (only,) = closures
            return [lambda record: f"[{only(record)[1:]}]"]
        return [lambda record: f"[{''.join([write(record) for write in closures])[1:]}]"]

    def _stays(self, node: Node) -> bool:
        return self._always(node) and not (isinstance(node, Hole) and not node.item.key)

    def _entry(self, entry: Entry, start: str, reasoned: bool) -> list[Piece]:
        """Return the pieces of an entry, `start` before each that is there."""
        if entry.each is None:
            return self._one(entry.node, start, reasoned)
        scope = Writer(self.zone, self.patterns)
        write = _closure(scope._one(entry.node, start, reasoned))
        if entry.each.type == "group":
            return [_each_group(entry.each, write)]
        scope = Writer(self.zone, self.patterns, frozenset({entry.each.id}), entry.each.id)
        return [_each_answer(entry.each, _closure(scope._one(entry.node, start, reasoned)), write)]

    def _one(self, node: Node, start: str, reasoned: bool) -> list[Piece]:
        if isinstance(node, Hole) and not node.item.key:
            return [self._entry_hole(node, start, reasoned)]
        return [start, *self._value(node)] if self._stays(node) else [self._optional(node, start)]

    def _hole_member(self, member: Member, hole: Hole, parent: str) -> Callable[[Record], str]:
        """Return the function of a member that an item fills: its value, why it is missing, or silence."""
        start = f',"{member.key}":'
        name = hole.item.id
        spoken = hole.spoken or member.needed

        def absent(reason: str) -> str:
            if hole.repeat and not spoken:
                return ""
            return presence.absent_member(member.key, hole.type, parent, "unknown" if hole.repeat else reason)

        silence = absent("unknown") if spoken else ""
        if hole.table is not None:
            texts = {answer: start + written if written else "" for answer, written in coding.answer_texts(hole).items()}
            row = coding.silence_text(hole)
            return _by_table(name, texts, start + row if row else silence, absent)
        return _by_lens(name, start, self._lens_text(hole), silence, absent)

    def _entry_hole(self, hole: Hole, start: str, reasoned: bool) -> Callable[[Record], str]:
        """Return the function of a list entry that an item fills; `reasoned` if it says why an answer is missing."""
        silent = hole.repeat or not reasoned or definitions.is_primitive(hole.type)

        def absent(reason: str) -> str:
            return "" if silent else start + presence.absent_value(reason)

        silence = absent("unknown") if hole.spoken else ""
        if hole.table is not None:
            row = coding.silence_text(hole)
            texts = {a: start + written if written else "" for a, written in coding.answer_texts(hole).items()}
            return _by_table(hole.item.id, texts, start + row if row else silence, absent)
        return _by_lens(hole.item.id, start, self._lens_text(hole), silence, absent)

    def _lens_text(self, hole: Hole) -> Callable[[Any], str]:
        if hole.target is not None:
            plain = always_id([hole.target.prefix, hole], self.patterns)
            return _reference(hole.target) if plain else _reference_by_digest(hole.target)
        return lens.lens(hole.item, hole.type, self.zone, text.shape(hole.item, self.patterns)).write

    def _key_pieces(self, hole: Hole) -> list[Piece]:
        """A key is always answered: no test, no silence."""
        name = hole.item.id
        if hole.table is not None:
            texts = coding.answer_texts(hole)
            return ["", lambda record: texts[record[name]]]
        if hole.target is not None and always_id([hole.target.prefix, hole], self.patterns):
            before, between = _reference_texts(hole.target)
            return [before, itemgetter(name), between, itemgetter(name), '"}}']
        if hole.lens in _QUOTED:
            return ['"', itemgetter(name), '"']
        write = self._lens_text(hole)
        return ["", lambda record: write(record[name])]

    def _text_pieces(self, node: Text) -> list[Piece]:
        return [
            coding_text(part)[1:-1] if isinstance(part, str) else self._text_hole(part) for part in node.parts
        ]

    def _text_hole(self, hole: Hole) -> Write:
        """A hole within a text: '' where it is empty."""
        name = hole.item.id
        if hole.table is not None:
            texts = {answer: written[1:-1] for answer, written in coding.answer_texts(hole).items()}
            return lambda record: texts.get(record.get(name, ""), "")
        if hole.item.key and hole.item.type != "boolean" and always_safe(hole, self.patterns):
            return itemgetter(name)
        if hole.item.type in _QUOTED_TYPES:
            return lambda record: record.get(name, "")
        return lambda record: _escaped(record.get(name))

    def _plain_text(self, node: Node) -> Callable[[Record], str]:
        """Return the function of an identifier's value, as a plain string."""
        if isinstance(node, Const):
            return lambda _record: str(node.value)
        parts = node.parts if isinstance(node, Text) else (node,)
        write = _closure([part if isinstance(part, str) else self._plain_hole(part) for part in parts])
        return lambda record: str(write(record))

    def _plain_hole(self, node: Node) -> Write:
        if not isinstance(node, Hole):
            raise TypeError(node)
        name = node.item.id
        if node.table is None and node.item.key:
            return itemgetter(name)
        if node.table is None:
            return lambda record: record.get(name, "")
        column = node.table.columns[0][0]
        cells = {answer: row[column][0] for answer, row in node.table.rows.items() if row.get(column)}
        return lambda record: cells.get(record.get(name, ""), "")


def _may_vanish(plan: ResourcePlan) -> bool:
    if plan.stands or plan.each is not None:
        return False
    return any(True for _ in presence.counting(plan.root))


def coding_text(value: Any) -> str:
    """Return the compact JSON text of a constant."""
    return str(value) if isinstance(value, Decimal) else coding.compact(value)


def _escaped(value: Any) -> str:
    if value is None or type(value) is Absent:
        return ""
    if type(value) is bool:
        return "true" if value else "false"
    return encode_basestring(str(value))[1:-1]


def _closure(pieces: list[Piece]) -> Write:
    """Return one function of the record for a list of pieces."""
    form = "".join(piece.replace("%", "%%") if isinstance(piece, str) else "%s" for piece in pieces)
    writers = [piece for piece in pieces if not isinstance(piece, str)]
    if not writers:
        constant = form % ()
        return lambda _record: constant
    if form == "%s":
        return writers[0]
    return _format(form, writers)


def _format(form: str, writers: list[Write]) -> Write:
    """Return the function that fills a form. Up to four pieces are called by name: that saves a third of the time."""
    first, second, third, fourth = (*writers, *[_no_piece] * 4)[:4]
    if len(writers) == 1:
        return lambda record: form % (first(record),)
    if len(writers) == 2:
        return lambda record: form % (first(record), second(record))
    if len(writers) == 3:
        return lambda record: form % (first(record), second(record), third(record))
    if len(writers) == 4:
        return lambda record: form % (first(record), second(record), third(record), fourth(record))
    return lambda record: form % tuple([write(record) for write in writers])


def _no_piece(_record: Record) -> str:
    return ""


def _by_table(
    name: str, texts: dict[Any, str], silence: str, absent: Callable[[str], str]
) -> Callable[[Record], str]:
    def write(record: Record) -> str:
        answer = record.get(name)
        if answer is None:
            return silence
        found = texts.get(answer)
        return absent(answer.reason) if found is None else found

    return write


def _by_lens(
    name: str, start: str, write_value: Callable[[Any], str], silence: str, absent: Callable[[str], str]
) -> Callable[[Record], str]:
    def write(record: Record) -> str:
        answer = record.get(name)
        if answer is None:
            return silence
        return absent(answer.reason) if type(answer) is Absent else start + write_value(answer)

    return write


def _reference_texts(target: Target) -> tuple[str, str]:
    before = f'{{"reference":"{target.type}/{target.prefix}'
    return before, f'","identifier":{{"system":"{target.system}","value":"'


def _reference(target: Target) -> Callable[[Any], str]:
    before, between = _reference_texts(target)
    return lambda answer: f'{before}{answer}{between}{answer}"}}}}'


def _reference_by_digest(target: Target) -> Callable[[Any], str]:
    """Write a reference to a resource whose business key may be no FHIR id: its id is a digest then."""
    between = f'","identifier":{{"system":"{target.system}","value":'

    def write(answer: Any) -> str:
        name = fhir_id(f"{target.prefix}{answer}")
        return f'{{"reference":"{target.type}/{name}{between}{encode_basestring(str(answer))}}}}}'

    return write


def _or_else(write: Callable[[Record], str], otherwise: Callable[[Record], str]) -> Callable[[Record], str]:
    return lambda record: write(record) or otherwise(record)


def _fill(start: str, name: Callable[[Record], str]) -> Write:
    return lambda record: f'{start}{fhir_id(name(record))}"'


def _if(there: presence.Alive, write: Write) -> Callable[[Record], str]:
    return lambda record: write(record) if there(record) else ""


def _or_reason(write: Callable[[Record], str], only: Hole, key: str, entries: list[Node] | None) -> Callable[[Record], str]:
    """Return `write`, but for an answer that is missing for a reason: that stands beside the element, in a list at its place."""
    name = only.item.id
    values = [coding_text(node.value) if isinstance(node, Const) else "null" for node in entries or ()]

    def text_or_reason(record: Record) -> str:
        answer = record.get(name)
        if type(answer) is not Absent:
            return write(record)
        reason = presence.absent_value(answer.reason)
        if entries is None:
            return f',"_{key}":{reason}'
        reasons = ",".join(reason if node is only else "null" for node in entries)
        return f',"{key}":[{",".join(values)}],"_{key}":[{reasons}]'

    return text_or_reason


def _item_of(keeper: Hole | str) -> str:
    return keeper if isinstance(keeper, str) else keeper.item.id


def _unless_empty(write: Write, start: str) -> Callable[[Record], str]:
    def listed(record: Record) -> str:
        found = write(record)
        return "" if found == "[]" else start + found

    return listed


def _each_group(each: Item, write: Write) -> Callable[[Record], str]:
    return lambda record: "".join([write(inner) for inner in scoped(each, record)])


def scoped(each: Item, record: Record) -> list[Record]:
    """Return the record as each entry of a group sees it."""
    prefix = f"{each.id}."
    return [record | {prefix + name: answer for name, answer in entry.items()} for entry in record.get(each.id, ())]


def _each_answer(each: Item, write: Write, write_reason: Write) -> Callable[[Record], str]:
    """Write an entry for each answer of a many-valued item; for a reason in their place one, that says it."""
    name = each.id

    def entries(record: Record) -> str:
        answers = record.get(name, ())
        if type(answers) is Absent:
            return str(write_reason(record))
        return "".join([write(record | {name: answer}) for answer in answers])

    return entries


def _each_resource(each: Item, write: WriteResource) -> WriteResource:
    def resources(record: Record) -> Sequence[tuple[str, str]]:
        answers = record.get(each.id, ())
        if type(answers) is Absent:  # nothing tells such a resource apart
            return ()
        inner = scoped(each, record) if each.type == "group" else [record | {each.id: one} for one in answers]
        return [made for one in inner for made in write(one)]

    return resources
