"""Pieces of JSON text: constants, and functions of the record that give the text between them ('' where nothing is)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from adapter.crf.record import Absent, Record
from adapter.crf.study import Item
from adapter.mapping import coding, presence
from adapter.mapping.ids import fhir_id
from adapter.mapping.plan import Const, Hole, Node, Target

Write = Callable[[Record], Any]
Piece = str | Write
WriteResource = Callable[[Record], Sequence[tuple[str, str]]]


def closure(pieces: list[Piece]) -> Write:
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


def constant_text(value: Any) -> str:
    """Return the compact JSON text of a constant."""
    return str(value) if isinstance(value, Decimal) else coding.compact(value)


def escaped(value: Any) -> str:
    """Return an answer as a part of a JSON string; silence and a reason give nothing."""
    if value is None or type(value) is Absent:
        return ""
    if type(value) is bool:
        return "true" if value else "false"
    return encode_basestring(str(value))[1:-1]


def by_table(name: str, texts: dict[Any, str], silence: str, absent: Callable[[str], str]) -> Callable[[Record], str]:
    """Return the function of an item by the texts of its codelist's rows."""

    def write(record: Record) -> str:
        answer = record.get(name)
        if answer is None:
            return silence
        found = texts.get(answer)
        return absent(answer.reason) if found is None else found

    return write


def by_lens(
    name: str, start: str, write_value: Callable[[Any], str], silence: str, absent: Callable[[str], str]
) -> Callable[[Record], str]:
    """Return the function of an item by its lens, behind `start`."""

    def write(record: Record) -> str:
        answer = record.get(name)
        if answer is None:
            return silence
        return absent(answer.reason) if type(answer) is Absent else start + write_value(answer)

    return write


def reference_texts(target: Target) -> tuple[str, str]:
    """Return what stands before, and between, the two places of the answer in a Reference."""
    before = f'{{"reference":"{target.type}/{target.prefix}'
    return before, f'","identifier":{{"system":"{target.system}","value":"'


def reference(target: Target) -> Callable[[Any], str]:
    """Return the function from an answer to its Reference, by id and by identifier."""
    before, between = reference_texts(target)
    return lambda answer: f'{before}{answer}{between}{answer}"}}}}'


def reference_by_digest(target: Target) -> Callable[[Any], str]:
    """Write a reference to a resource whose business key may be no FHIR id: its id is a digest then."""
    between = f'","identifier":{{"system":"{target.system}","value":'

    def write(answer: Any) -> str:
        name = fhir_id(f"{target.prefix}{answer}")
        return f'{{"reference":"{target.type}/{name}{between}{encode_basestring(str(answer))}}}}}'

    return write


def or_else(write: Callable[[Record], str], otherwise: Callable[[Record], str]) -> Callable[[Record], str]:
    """Return `write`, and `otherwise` where it gives nothing."""
    return lambda record: write(record) or otherwise(record)


def fill(start: str, name: Callable[[Record], str]) -> Write:
    """Return the function of a text that ends in a name."""
    return lambda record: f'{start}{fhir_id(name(record))}"'


def only_if(there: presence.Alive, write: Write) -> Callable[[Record], str]:
    """Return `write` where the element is there."""
    return lambda record: write(record) if there(record) else ""


def or_reason(
    write: Callable[[Record], str], only: Hole, key: str, entries: list[Node] | None
) -> Callable[[Record], str]:
    """Return `write`, but for an answer that is missing for a reason: that stands beside the element, in a list at its
    place.
    """
    name = only.item.id
    values = [constant_text(node.value) if isinstance(node, Const) else "null" for node in entries or ()]

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


def unless_empty(write: Write, start: str) -> Callable[[Record], str]:
    """Return `start` and the list, nothing for an empty one."""

    def listed(record: Record) -> str:
        found = write(record)
        return "" if found == "[]" else start + found

    return listed


def each_group(each: Item, write: Write) -> Callable[[Record], str]:
    """Write an entry for each entry of a group."""
    return lambda record: "".join([write(inner) for inner in scoped(each, record)])


def scoped(each: Item, record: Record) -> list[Record]:
    """Return the record as each entry of a group sees it."""
    prefix = f"{each.id}."
    return [record | {prefix + name: answer for name, answer in entry.items()} for entry in record.get(each.id, ())]


def each_answer(each: Item, write: Write, write_reason: Write) -> Callable[[Record], str]:
    """Write an entry for each answer of a many-valued item; for a reason in their place one, that says it."""
    name = each.id

    def entries(record: Record) -> str:
        answers = record.get(name, ())
        if type(answers) is Absent:
            return str(write_reason(record))
        inner = dict(record)
        written = []
        for inner[name] in answers:
            written.append(write(inner))
        return "".join(written)

    return entries


def each_resource(each: Item, write: WriteResource) -> WriteResource:
    """Write a resource for each answer of a many-valued item or entry of a group."""

    def resources(record: Record) -> Sequence[tuple[str, str]]:
        answers = record.get(each.id, ())
        if type(answers) is Absent:  # nothing tells such a resource apart
            return ()
        inner = scoped(each, record) if each.type == "group" else [record | {each.id: one} for one in answers]
        return [made for one in inner for made in write(one)]

    return resources
