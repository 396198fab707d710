"""Backwards: a plan → closures that read a parsed resource into what its holes hold, and note what they do not read.

A reader returns True where it took the value, and False, having taken nothing, where a constant is contradicted
(rule 8) or a lens cannot read: the caller then notes the value. Start at `Reader.resource`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapter.fhir import definitions
from adapter.mapping import coding, lens, presence, text
from adapter.mapping.absence import (
    but_nulls,
    but_unknown,
    either,
    or_unknown,
    reason_beside,
    reason_in_concept,
    reason_in_extension,
    reason_in_list,
)
from adapter.mapping.answers import by_lens, by_text, coded, referring
from adapter.mapping.arrays import array_reader, entry_reader
from adapter.mapping.ids import DIGEST, always_id
from adapter.mapping.narrowing import narrowed
from adapter.mapping.objects import (
    codings_reader,
    const_reader,
    first_of,
    ignored,
    object_reader,
    own_id,
    rendered,
    set_aside,
    uncompared,
)
from adapter.mapping.period import whole_again
from adapter.mapping.plan import (
    Array,
    Choice,
    Const,
    Hole,
    Member,
    Node,
    Object,
    ResourcePlan,
    Text,
    constant,
)
from adapter.mapping.straight import Ways
from adapter.mapping.taken import Read, Taken

UNCOMPARED = ("display", "unit", "text")

META = ("versionId", "lastUpdated")
"""What a server says of its copy: no content, so neither read nor residue."""


class Reader:
    """Compiles the plans of one study; `zone` and `patterns` are the study's, `ways` the readers that go straight."""

    def __init__(self, zone: str, patterns: Mapping[str, str], ways: Ways | None = None) -> None:
        self.zone = zone
        self.patterns = dict(patterns)
        self.narrowed: frozenset[str] = frozenset()
        self.ways = Ways() if ways is None else ways

    def resource(self, plan: ResourcePlan) -> Read:
        """Return the reader of a whole resource. Its id is set aside: whether it is ours the caller tells."""
        self.narrowed = narrowed(plan.root)
        read = self._object(plan.root, resource=True)
        return read if plan.each is None else entry_reader(plan.each, read)

    def node(self, node: Node) -> Read:
        """Return the reader of a node."""
        if isinstance(node, Const):
            return const_reader(node)
        if isinstance(node, Hole):
            return self._hole(node)
        if isinstance(node, Text):
            return by_text(node, self.patterns)
        if isinstance(node, Choice):
            return first_of([self.node(option) for option in node.options])
        if isinstance(node, Array):
            return self._array(node)
        return self._object(node)

    def _array(self, node: Array) -> Read:
        reasoned = not presence.rivals(node)
        readers = [self._entry(entry.node, reasoned) for entry in node.entries]
        read = array_reader(node, readers)
        alone = len(node.entries) == 1 and node.entries[0].each is None
        return self.ways.through(0, None, readers[0], read) if alone else read

    def _entry(self, node: Node, reasoned: bool) -> Read:
        """Return the reader of a list entry: an answer, or why it is missing."""
        read = self.node(node)
        if reasoned and isinstance(node, Hole) and not definitions.is_primitive(node.type):
            return either(reason_in_extension(node), read)
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
            handlers.update(dict.fromkeys(META, ignored))
        if resource:
            own = consts.pop("id")[0] if "id" in consts else handlers.get("id")
            handlers["id"] = set_aside if own is None else own_id(own)
        needed = "coding" if node.type == "CodeableConcept" and "coding" in consts else None
        whole = rendered(node) if consts and constant(node) and not handlers else None
        read = self._but_unknown(node, object_reader(consts, handlers, whole, needed))
        if node.exact is not None:
            read = whole_again(read, node.exact, self.zone)
        return read if resource else self._straight(node, consts, handlers, read)

    def _but_unknown(self, node: Object, read: Read) -> Read:
        """Return the reader that knows R4's `unknown` beside a reason from an answer; that of a `~` row is none."""
        holes = {member.key: member.node for member in node.members if isinstance(member.node, Hole)}
        codes = {key: hole.unknown for key, hole in holes.items() if isinstance(hole.unknown, str)}
        said = {key: code for key, code in codes.items() if not coding.has_silence(holes[key])}
        return but_unknown(read, said) if said else read

    def _straight(
        self, node: Object, consts: dict[str, tuple[Read, Any]], handlers: dict[str, Read], careful: Read
    ) -> Read:
        """Return the reader of an object that as a rule holds one answer, or one name twice, among its constants."""
        constants = {key: written for key, (_, written) in consts.items()}
        holding = [member.key for member in node.members if member.key not in consts]
        if len(holding) == 1:
            return self.ways.through(holding[0], constants, handlers[holding[0]], careful)
        if node.type != "Reference" or holding != ["reference", "identifier"]:
            return careful
        return self._by_name({member.key: member.node for member in node.members}, constants, careful)

    def _by_name(self, members: dict[str, Node], constants: dict[str, Any], careful: Read) -> Read:
        """Return the reader of a Reference that says one name twice, in its literal and its identifier: read once."""
        literal, identifier = members["reference"], members["identifier"]
        if not isinstance(literal, Text) or not isinstance(identifier, Object):
            return careful
        parts = {member.key: member.node for member in identifier.members if not constant(member.node)}
        name = parts.get("value")
        head = None if len(parts) != 1 or name is None else text.head(literal, name)
        if head is None or name is None or not always_id([head.partition("/")[2], *text.parts(name)], self.patterns):
            return careful
        fixed = {member.key: rendered(member.node) for member in identifier.members if member.key != "value"}
        return self.ways.by_name(constants, fixed, head, self.node(name), careful)

    def _constant(self, member: Member, parent: str) -> Read:
        if parent == "CodeableConcept" and member.key == "coding":
            return codings_reader(member.node)
        if member.key in UNCOMPARED and isinstance(member.node, Const) and member.type in ("string", "markdown"):
            return uncompared(member.node)
        return self.node(member.node)

    def _handle(self, member: Member, parent: str, into: dict[str, Read]) -> None:
        read = self.node(member.node)
        into[member.key] = read
        if isinstance(member.node, Hole):
            self._handle_absence(member, member.node, parent, into)
        elif member.needed and isinstance(member.node, (Object, Array)):
            into[member.key] = or_unknown(read, isinstance(member.node, Array))
        elif isinstance(member.node, Text) and parent == "Reference" and member.key == "reference":
            into[member.key] = self._literal(member.node, read)
        elif isinstance(member.node, Text) and (only := presence.sole_answer(member.node)) is not None:
            into[f"_{member.key}"] = reason_in_extension(only)
        elif isinstance(member.node, Array) and (only := presence.sole_hole(member.node)) is not None:
            into[f"_{member.key}"] = reason_in_list(reason_in_extension(only))
            into[member.key] = but_nulls(read)

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
        reason = reason_in_extension(hole)
        if definitions.is_primitive(hole.type):
            into[f"_{member.key}"] = reason
        else:
            into[member.key] = either(reason, into[member.key])
        if member.key.startswith("value") and "dataAbsentReason" in definitions.fields(parent):
            into["dataAbsentReason"] = reason_in_concept(hole)
        if parent == presence.ANSWER:
            into["extension"] = reason_beside(hole)

    def _handle_also(self, member: Member, parent: str, handlers: dict[str, Read]) -> None:
        own = handlers.get(member.key)
        self._handle(member, parent, handlers)
        if own is not None:
            handlers[member.key] = first_of([own, handlers[member.key]])

    def _hole(self, hole: Hole) -> Read:
        if hole.table is not None:
            return coded(hole, hole.item.id in self.narrowed)
        if hole.target is not None:
            return referring(hole, hole.target, text.inverter(Text((hole,)), self.patterns).fullmatch)
        made = lens.lens(hole.item, hole.type, self.zone, text.shape(hole.item, self.patterns))
        return by_lens(hole, made)
