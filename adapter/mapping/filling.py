"""What fills a hole forwards: its lens, its codelist's row, its reference, the reason why it is empty, or silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.crf.record import Record
from adapter.fhir import definitions
from adapter.mapping import coding, lens, presence, text
from adapter.mapping.ids import always_id, always_safe, fhir_id
from adapter.mapping.pieces import (
    Given,
    Piece,
    as_it_is,
    by_lens,
    by_table,
    closure,
    constant_text,
    escaped,
    reference,
    reference_by_digest,
    reference_texts,
)
from adapter.mapping.plan import Const, Hole, Member, Node, ResourcePlan, Text

_QUOTED_TYPES = ("fulldate", "integer", "year")
_QUOTED = ("date", "full date", "date and time")


class Filling:
    """Compiles the holes of one study; `zone` and `patterns` are the study's.

    `answered` is an item that has an answer, and no reason, where this writer's pieces run: that of a repeated entry.
    """

    def __init__(self, zone: str, patterns: Mapping[str, str], answered: str | None = None) -> None:
        self.zone = zone
        self.patterns = dict(patterns)
        self.answered = answered

    def identify(self, plan: ResourcePlan) -> Callable[[Record], str]:
        """Return the function of a resource's id: its identifier's value, behind the prefix of its form view."""
        value, prefix = plan.id, plan.prefix
        parts = value.parts if isinstance(value, Text) else (value,) if isinstance(value, Hole) else ()
        if (
            parts
            and all(isinstance(p, str) or p.item.key for p in parts)
            and always_id([prefix, *parts], self.patterns)
        ):
            return closure([prefix, *(part if isinstance(part, str) else self._plain_hole(part) for part in parts)])
        identify = self.plain_text(value)
        return lambda record: fhir_id(prefix + identify(record))

    def hole_member(self, member: Member, hole: Hole, parent: str) -> Callable[[Record], str]:
        """Return the function of a member that an item fills: its value, why it is missing, or silence."""
        start = f',"{member.key}":'
        spoken = hole.spoken or member.needed

        def absent(reason: str) -> str:
            if hole.reasonless or (hole.repeat and not spoken):
                return ""
            why = "unknown" if hole.repeat else reason
            return presence.absent_member(member.key, hole.type, parent, why, hole.unknown)

        silence = absent("unknown") if spoken else ""
        return self._filled(hole, start, silence, absent)

    def entry_hole(self, hole: Hole, start: str, reasoned: bool) -> Callable[[Record], str]:
        """Return the function of a list entry that an item fills; `reasoned` if it says why an answer is missing."""
        silent = hole.repeat or hole.reasonless or not reasoned or definitions.is_primitive(hole.type)

        def absent(reason: str) -> str:
            return "" if silent else start + presence.absent_value(reason, hole.unknown)

        return self._filled(hole, start, absent("unknown") if hole.spoken else "", absent)

    def _filled(self, hole: Hole, start: str, silence: str, absent: Callable[[str], str]) -> Callable[[Record], str]:
        """Return the function of an item behind `start`: its value, or `silence`, or why it is missing."""
        name = hole.item.id
        if hole.table is not None:
            row = coding.silence_text(hole)
            texts = {a: start + written if written else "" for a, written in coding.answer_texts(hole).items()}
            return by_table(name, texts, start + row if row else silence, absent)
        if hole.lens == "boolean":
            return by_table(name, {True: f"{start}true", False: f"{start}false"}, silence, absent)
        around = None if hole.target is not None else self._lens(hole).around
        if around is None:
            return by_lens(name, start, self._lens_text(hole), silence, absent)
        return as_it_is(name, start + around[0], around[1], silence, absent)

    def _lens(self, hole: Hole) -> lens.Lens:
        return lens.lens(hole.item, hole.type, self.zone, text.shape(hole.item, self.patterns))

    def _lens_text(self, hole: Hole) -> Callable[[Any], str]:
        if hole.target is None:
            return self._lens(hole).write
        plain = always_id([hole.target.prefix, hole], self.patterns)
        return reference(hole.target) if plain else reference_by_digest(hole.target)

    def key_pieces(self, hole: Hole) -> list[Piece]:
        """A key is always answered: no test, no silence."""
        name = hole.item.id
        if hole.table is not None:
            texts = coding.answer_texts(hole)
            return ["", lambda record: texts[record[name]]]
        if hole.target is not None and always_id([hole.target.prefix, hole], self.patterns):
            before, between = reference_texts(hole.target)
            return [before, Given(name), between, Given(name), '"}}']
        if hole.lens in _QUOTED:
            return ['"', Given(name), '"']
        write = self._lens_text(hole)
        return ["", lambda record: write(record[name])]

    def text_pieces(self, node: Text) -> list[Piece]:
        return [constant_text(part)[1:-1] if isinstance(part, str) else self._text_hole(part) for part in node.parts]

    def _text_hole(self, hole: Hole) -> Piece:
        """A hole within a text: '' where it is empty."""
        name = hole.item.id
        if hole.table is not None:
            texts = {answer: written[1:-1] for answer, written in coding.answer_texts(hole).items()}
            return lambda record: texts.get(record.get(name, ""), "")
        there = hole.item.key or name == self.answered
        if there and hole.item.type != "boolean" and always_safe(hole, self.patterns):
            return Given(name)
        if hole.item.type in _QUOTED_TYPES:
            return lambda record: str(record.get(name, ""))
        return lambda record: escaped(record.get(name))

    def plain_text(self, node: Node) -> Callable[[Record], str]:
        """Return the function of an identifier's value, as a plain string."""
        if isinstance(node, Const):
            return lambda _record: str(node.value)
        parts = node.parts if isinstance(node, Text) else (node,)
        return closure([part if isinstance(part, str) else self._plain_hole(part) for part in parts])

    def _plain_hole(self, node: Node) -> Piece:
        if not isinstance(node, Hole):
            raise TypeError(node)
        name = node.item.id
        if node.table is None and node.item.key:
            return Given(name)
        if node.table is None:
            return lambda record: str(record.get(name, ""))
        column = node.table.columns[0][0]
        cells = {answer: row[column][0] for answer, row in node.table.rows.items() if row.get(column)}
        return lambda record: cells.get(record.get(name, ""), "")
