"""When an element is there (rules 3 to 5): which answers keep it alive, and what is written in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from adapter.crf.record import REASONS, Absent, Record
from adapter.fhir import definitions
from adapter.mapping import coding
from adapter.mapping.plan import Array, Choice, Const, Hole, Node, Object, Text

DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
DATA_ABSENT_CODES = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

Alive = Callable[[Record], bool]

_REASONS: frozenset[Any] = frozenset(map(Absent, REASONS))


def counting(node: Node) -> Iterator[Hole | str]:
    """Yield the holes whose answers keep `node` alive; for a repeated entry the id of what it repeats over."""
    if isinstance(node, Hole):
        if node.counts:
            yield node
    elif isinstance(node, Text):
        yield from (part for part in node.parts if isinstance(part, Hole) and part.counts)
    elif isinstance(node, Object):
        for member in node.members:
            yield from counting(member.node)
    elif isinstance(node, Array):
        for entry in node.entries:
            inner = counting(entry.node)
            yield from inner if entry.each is None else ([entry.each.id] if any(True for _ in inner) else [])


def repeated(node: Node) -> Iterator[Hole | str]:
    """Yield the `=` holes at or below `node`: they keep nothing alive, but an element of them alone is there
    with them.
    """
    if isinstance(node, Hole):
        if node.repeat and not node.item.key:
            yield node
    elif isinstance(node, Text):
        yield from (part for part in node.parts if isinstance(part, Hole) and part.repeat and not part.item.key)
    elif isinstance(node, Object):
        for member in node.members:
            yield from repeated(member.node)
    elif isinstance(node, Array):
        for entry in node.entries:
            yield from repeated(entry.node) if entry.each is None else [entry.each.id]


def always(node: Node) -> bool:
    """True if the element is there whenever its parent is: constants, keys, and what holds only `!` holes."""
    if isinstance(node, (Const, Choice)):
        return True
    if isinstance(node, Hole):
        return node.item.key or _speaks(node)
    if isinstance(node, Text):
        return all(isinstance(part, str) or part.item.key for part in node.parts)
    if isinstance(node, Array):
        return any(entry.each is None and always(entry.node) for entry in node.entries)
    keepers = list(counting(node))
    if keepers:
        return all(isinstance(keeper, Hole) and _speaks(keeper) for keeper in keepers)
    return not any(True for _ in repeated(node)) or _holds_key(node)


def _speaks(hole: Hole) -> bool:
    """True for a hole that is never empty: what is silent or missing says so."""
    return hole.spoken and not hole.reasonless


def _holds_key(node: Node) -> bool:
    if isinstance(node, Hole):
        return node.item.key
    below: Iterable[Any] = ()
    if isinstance(node, Object):
        below = (member.node for member in node.members)
    elif isinstance(node, Array):
        below = (entry.node for entry in node.entries)
    elif isinstance(node, Text):
        below = (part for part in node.parts if isinstance(part, Hole))
    return any(map(_holds_key, below))


def alive(node: Node) -> Alive:
    """Return the test whether an element that may vanish is there for a record."""
    keepers = list(counting(node)) or list(repeated(node))
    plain = frozenset(_id(keeper) for keeper in keepers if not empty_rows(keeper))
    partial = [(_id(keeper), rows) for keeper in keepers if (rows := empty_rows(keeper))]
    if not partial:
        return lambda record: not plain.isdisjoint(record)

    def test(record: Record) -> bool:
        if not plain.isdisjoint(record):
            return True
        return any(name in record and record[name] not in rows for name, rows in partial)

    return test


def sole_answer(node: Node) -> Hole | None:
    """Return the hole of a text that holds one answer beside its keys: there a reason has its place."""
    found = [hole for hole in counting(node) if isinstance(hole, Hole)]
    return found[0] if len(found) == 1 else None


def sole_hole(node: Array) -> Hole | None:
    """Return the one hole of a list of primitives; None for other lists, and for one with several."""
    if not definitions.is_primitive(node.type):
        return None
    found = [entry.node for entry in node.entries if not isinstance(entry.node, Const)]
    hole = found[0] if len(found) == 1 else None
    return hole if isinstance(hole, Hole) and hole.counts else None


def rivals(node: Array) -> bool:
    """True for a list with several whole entries that are answers: a reason alone would not say which is missing."""
    return sum(isinstance(entry.node, Hole) and not entry.node.item.key for entry in node.entries) > 1


def unreasoned(node: Node) -> Iterator[str]:
    """Yield the items of which a reason why they are missing has no place: in a text or a list with other answers, and
    where R4 requires a code and has none for it.
    """
    below: Iterable[Node] = ()
    if isinstance(node, Hole):
        yield from (node.item.id,) if node.reasonless else ()
    elif isinstance(node, Text) and sole_answer(node) is None:
        yield from (hole.item.id for hole in counting(node) if isinstance(hole, Hole))
    elif isinstance(node, Array):
        below = (entry.node for entry in node.entries)
        if rivals(node) or (definitions.is_primitive(node.type) and sole_hole(node) is None):
            yield from (hole.item.id for hole in counting(node) if isinstance(hole, Hole))
    elif isinstance(node, Object):
        below = (member.node for member in node.members)
    for inner in below:
        yield from unreasoned(inner)


def fillable(node: Node, answered: str | None) -> Alive:
    """Return the test whether a text is there: it is alive, and nothing that it repeats is missing.

    `answered` is an item that is known to have an answer.
    """
    there = alive(node)
    needed = [hole.item.id for hole in repeated(node) if isinstance(hole, Hole) and hole.item.id != answered]
    if not needed:
        return there
    return lambda record: there(record) and all(type(record.get(name)) not in _MISSING for name in needed)


_MISSING = (type(None), Absent)


def keepers(node: Node) -> frozenset[str]:
    """Return the items of which any keeps `node` alive, whatever its answer; none if a cell of theirs is empty here."""
    found = list(counting(node)) or list(repeated(node))
    return frozenset() if any(map(empty_rows, found)) else frozenset(map(_id, found))


def _id(keeper: Hole | str) -> str:
    return keeper if isinstance(keeper, str) else keeper.item.id


def empty_rows(keeper: Hole | str) -> frozenset[Any]:
    """Return the answers whose cell is empty at a hole, and reasons that have no place there: it is an empty hole then
    (rule 6).
    """
    if isinstance(keeper, str):
        return frozenset()
    reasons = _REASONS if keeper.reasonless else frozenset()
    if keeper.table is None:
        return reasons
    return reasons | frozenset(answer for answer, written in coding.answer_texts(keeper).items() if written == "")


ANSWER = "QuestionnaireResponse.item.answer"
"""An answer has no value then, and says itself why: HL7's validator takes a value with nothing but a reason for a wrong
one (a number that is none, a code that is none of the options).
"""


def absent_member(key: str, fhir_type: str, parent: str, reason: str, unknown: Any = None) -> str:
    """Return the member text that says why a value is missing, with its leading comma: once, where R4 has a place for
    it. `unknown` is the code that stands beside it.
    """
    if key.startswith("value") and "dataAbsentReason" in definitions.fields(parent):
        return f',"dataAbsentReason":{{"coding":[{{"system":"{DATA_ABSENT_CODES}","code":"{reason}"}}]}}'
    if parent == ANSWER:
        return f",{absent_value(reason)[1:-1]}"
    if not definitions.is_primitive(fhir_type):
        return f',"{key}":{absent_value(reason, unknown)}'
    code = "" if unknown is None else f',"{key}":{coding.compact(unknown)}'
    return f'{code},"_{key}":{absent_value(reason)}'


def absent_value(reason: str, unknown: dict[str, Any] | None = None) -> str:
    """Return the JSON text of an element that is nothing but its data-absent-reason, and the code `unknown` beside."""
    code = "" if unknown is None else f",{coding.compact(unknown)[1:-1]}"
    return f'{{"extension":[{{"url":"{DATA_ABSENT}","valueCode":"{reason}"}}]{code}}}'
