"""When an element is there (rules 3 to 5): which answers keep it alive, and what is written in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from adapter.crf.record import Record
from adapter.fhir import definitions
from adapter.mapping import coding
from adapter.mapping.plan import Array, Choice, Const, Hole, Node, Object, Text

DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
DATA_ABSENT_CODES = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

Alive = Callable[[Record], bool]


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
    """Yield the `=` holes at or below `node`: they keep nothing alive, but an element of them alone is there with them."""
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
        return node.item.key or node.spoken
    if isinstance(node, Text):
        return all(isinstance(part, str) or part.item.key for part in node.parts)
    if isinstance(node, Array):
        return any(entry.each is None and always(entry.node) for entry in node.entries)
    keepers = list(counting(node))
    if keepers:
        return all(isinstance(keeper, Hole) and keeper.spoken for keeper in keepers)
    return not any(True for _ in repeated(node)) or _holds_key(node)


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


def _id(keeper: Hole | str) -> str:
    return keeper if isinstance(keeper, str) else keeper.item.id


def empty_rows(keeper: Hole | str) -> frozenset[Any]:
    """Return the answers whose cell is empty at a hole: there it is an empty hole (rule 6)."""
    if isinstance(keeper, str) or keeper.table is None:
        return frozenset()
    return frozenset(answer for answer, written in coding.answer_texts(keeper).items() if written == "")


def absent_member(key: str, fhir_type: str, parent: str, reason: str) -> str:
    """Return the member text that says why a value is missing, with its leading comma: once, where R4 has a place for it."""
    if key.startswith("value") and "dataAbsentReason" in definitions.fields(parent):
        return f',"dataAbsentReason":{{"coding":[{{"system":"{DATA_ABSENT_CODES}","code":"{reason}"}}]}}'
    name = f"_{key}" if definitions.is_primitive(fhir_type) else key
    return f',"{name}":{absent_value(reason)}'


def absent_value(reason: str) -> str:
    """Return the JSON text of an element that is nothing but its data-absent-reason."""
    return f'{{"extension":[{{"url":"{DATA_ABSENT}","valueCode":"{reason}"}}]}}'
