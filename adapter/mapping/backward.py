"""Backwards: a plan → closures that read a parsed resource into what its holes hold, and note what they do not read.

A reader returns True where it took the value, and False, having taken nothing, where a constant is contradicted
(rule 8) or a lens cannot read: the caller then notes the value. Start at `Reader.resource`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapter.fhir import definitions
from adapter.mapping import lens, presence, text
from adapter.mapping.absence import (
    but_nulls,
    either,
    or_unknown,
    reason_beside,
    reason_in_concept,
    reason_in_extension,
    reason_in_list,
)
from adapter.mapping.answers import by_lens, coded, referring, text_value
from adapter.mapping.arrays import array_reader
from adapter.mapping.ids import DIGEST, always_id
from adapter.mapping.narrowing import narrowed
from adapter.mapping.notes import MISS
from adapter.mapping.objects import (
    codings_reader,
    const_reader,
    first_of,
    ignored,
    object_reader,
    own_id,
    remembered,
    rendered,
    set_aside,
    uncompared,
)
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
from adapter.mapping.taken import KEPT, ROWS, Logged, Read, Taken, slot_of

UNCOMPARED = ("display", "unit", "text")

META = ("versionId", "lastUpdated")
"""What a server says of its copy: no content, so neither read nor residue."""


class Reader:
    """Compiles the plans of one study; `zone` and `patterns` are the study's."""

    def __init__(self, zone: str, patterns: Mapping[str, str]) -> None:
        self.zone = zone
        self.patterns = dict(patterns)
        self.narrowed: frozenset[str] = frozenset()

    def resource(self, plan: ResourcePlan) -> Read:
        """Return the reader of a whole resource. Its id is set aside: whether it is ours the caller tells."""
        self.narrowed = narrowed(plan.root)
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
            return const_reader(node)
        if isinstance(node, Hole):
            return self._hole(node)
        if isinstance(node, Text):
            return self._text(node)
        if isinstance(node, Choice):
            return first_of([self.node(option) for option in node.options])
        if isinstance(node, Array):
            reasoned = not presence.rivals(node)
            return array_reader(node, [self._entry(entry.node, reasoned) for entry in node.entries])
        return self._object(node)

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
        read = object_reader(consts, handlers, whole, needed)
        return remembered(read) if node.type == "Reference" else read

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

    def _text(self, node: Text) -> Read:
        """Read an interpolated string; holes that are empty in it stay silent. Texts repeat: what one says is kept."""
        match = text.inverter(node, self.patterns).fullmatch
        holes = [part for part in node.parts if isinstance(part, Hole)]
        fields = [(slot_of(hole, None if hole.table is None else ROWS), text_value(hole)) for hole in holes]
        known: dict[str, list[Logged]] = {}

        def understand(value: str) -> list[Logged] | None:
            found = match(value)
            if found is None:
                return None
            parts = [
                (slot, parse(part))
                for (slot, parse), part in zip(fields, text.found_parts(node, found), strict=True)
                if part
            ]
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
