"""Forwards: a plan → closures that write a record as the JSON text of a resource.

Constants are rendered once, when the plan is compiled; a record only fills what lies between. An element is a list of
pieces, a text or a function of the record each; what may vanish is one function. Start at `Writer.resource`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from adapter.crf.record import Record
from adapter.mapping import presence
from adapter.mapping.filling import Filling
from adapter.mapping.ids import always_id
from adapter.mapping.period import in_step
from adapter.mapping.pieces import (
    Piece,
    Write,
    WriteResource,
    closure,
    constant_text,
    each_answer,
    each_group,
    each_resource,
    fill,
    only_if,
    or_else,
    or_reason,
    unless_empty,
)
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
    Text,
)
from adapter.mapping.plan import holes as holes_of


class Writer(Filling):
    """Compiles the plans of one study; `zone` and `patterns` are the study's.

    `assumed` are the items of which at least one has an answer, or a reason, where this writer's pieces run: what they
    alone keep alive is there.
    """

    def __init__(
        self,
        zone: str,
        patterns: Mapping[str, str],
        assumed: frozenset[str] = frozenset(),
        answered: str | None = None,
    ) -> None:
        super().__init__(zone, patterns, answered)
        self.assumed = assumed

    def _within(self, node: Node) -> Writer:
        """Return the writer of what lies below an element that is there."""
        kept = presence.keepers(node)
        return Writer(self.zone, self.patterns, kept, self.answered) if kept else self

    def resource(self, plan: ResourcePlan) -> WriteResource:
        """Return the function that gives (id, JSON text) of the plan's resources for a record."""
        identify = self.identify(plan)
        members = tuple(member for member in plan.root.members if member.key not in ("resourceType", "id"))
        body = closure(self._members(members, plan.type))
        start = f'{{"resourceType":"{plan.type}","id":"'
        if _may_vanish(plan):
            body = only_if(presence.alive(plan.root), body)

        def write(record: Record) -> Sequence[tuple[str, str]]:
            written = body(record)
            if not written:
                return ()
            name = identify(record)
            return ((name, f'{start}{name}"{written}}}'),)

        return write if plan.each is None else each_resource(plan.each, write)

    def _members(self, members: tuple[Member, ...], parent: str) -> list[Piece]:
        """Return the pieces of an object's members, each with a leading comma."""
        return [piece for member in members for piece in self._member(member, parent)]

    def _member(self, member: Member, parent: str) -> list[Piece]:
        node = member.node
        if isinstance(node, Hole) and not node.item.key:
            return [self.hole_member(member, node, parent)]
        start = f',"{member.key}":'
        if parent == "Reference" and member.key == "reference" and isinstance(node, Text):
            return self._literal(node, start)
        write = self._reasoned(member, node, start)
        if write is None and self._always(node):
            return [start, *self._value(node)]
        write = write or self._optional(node, start)
        if not member.needed:
            return [write]
        silence = self._silence(member, parent)
        return [or_else(write, silence)]

    def _literal(self, node: Text, start: str) -> list[Piece]:
        """A reference to a resource by its id, made of the same parts as its identifier."""
        first, *others = node.parts
        kind, _, prefix = str(first).partition("/")
        if always_id([prefix, *others], self.patterns):
            pieces = [start, *self._value(node)]
        else:
            pieces = [fill(f'{start}"{kind}/', self.plain_text(Text((prefix, *others))))]
        if self._always(node):
            return pieces
        return [only_if(presence.fillable(node, self.answered), closure(pieces))]

    def _reasoned(self, member: Member, node: Node, start: str) -> Callable[[Record], str] | None:
        """Return the function of a text or a list of primitives that has a place for the reason of a missing answer."""
        only, entries = None, None
        if isinstance(node, Text):
            only = presence.sole_answer(node)
        elif isinstance(node, Array):
            only, entries = presence.sole_hole(node), [entry.node for entry in node.entries]
        if only is None or only.reasonless or only.item.id == self.answered:
            return None
        return or_reason(self._optional(node, start), only, member.key, entries)

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
        if isinstance(node, Array):
            return lambda _record: f',"{member.key}":[{presence.absent_value("unknown")}]'
        unknown = presence.absent_member(member.key, member.type, parent, "unknown")
        return lambda _record: unknown

    def _value(self, node: Node) -> list[Piece]:
        """Return the pieces of a value that is there whenever its parent is."""
        if isinstance(node, Const):
            return [constant_text(node.value)]
        if isinstance(node, Choice):
            return self._value(node.options[0])
        if isinstance(node, Hole):
            return self.key_pieces(node)
        if isinstance(node, Text):
            return ['"', *self.text_pieces(node), '"']
        if isinstance(node, Array):
            return self._array(node)
        members = self._members(node.members, node.type) if node.exact is None else ()
        if members and isinstance(members[0], str) and members[0]:
            return ["{", members[0][1:], *members[1:], "}"]
        return [self._object(node)]

    def _object(self, node: Object) -> Write:
        body = closure(self._members(node.members, node.type))

        def write(record: Record) -> str:
            return f"{{{body(record)[1:]}}}"

        return write if node.exact is None else in_step(node, write, self.zone)

    def _optional(self, node: Node, start: str) -> Callable[[Record], str]:
        """Return the function of an element that may vanish: `start` and the value, or ''."""
        kept, inner = presence.keepers(node), self._within(node)
        if isinstance(node, Array) and not (kept and inner._always(node)):
            return unless_empty(closure(self._array(node)), start)
        write = closure([start, *inner._value(node)])
        if isinstance(node, Text) and any(True for _ in presence.repeated(node)):
            return only_if(presence.fillable(node, self.answered), write)
        if len(kept) == 1:
            (only,) = kept
            return lambda record: write(record) if only in record else ""
        if kept:
            return lambda record: "" if kept.isdisjoint(record) else write(record)
        return only_if(presence.alive(node), write)

    def _array(self, node: Array) -> list[Piece]:
        reasoned = not presence.rivals(node)
        first, *others = node.entries
        if first.each is None and self._stays(first.node):
            pieces = [piece for entry in others for piece in self._entry(entry, ",", reasoned)]
            return ["[", *self._value(first.node), *pieces, "]"]
        closures = [closure(self._entry(entry, ",", reasoned)) for entry in node.entries]
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
        write = closure(scope._one(entry.node, start, reasoned))
        if entry.each.type == "group":
            return [each_group(entry.each, write)]
        scope = Writer(self.zone, self.patterns, frozenset({entry.each.id}), entry.each.id)
        return [each_answer(entry.each, closure(scope._one(entry.node, start, reasoned)), write)]

    def _one(self, node: Node, start: str, reasoned: bool) -> list[Piece]:
        if isinstance(node, Hole) and not node.item.key:
            return [self.entry_hole(node, start, reasoned)]
        return [start, *self._value(node)] if self._stays(node) else [self._optional(node, start)]


def _may_vanish(plan: ResourcePlan) -> bool:
    if plan.stands or plan.each is not None:
        return False
    return any(True for _ in presence.counting(plan.root))


def _item_of(keeper: Hole | str) -> str:
    return keeper if isinstance(keeper, str) else keeper.item.id
