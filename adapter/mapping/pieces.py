"""Pieces of JSON text: constants, and functions of the record that give the text between them ('' where nothing is)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from adapter.crf.record import Absent, Record
from adapter.crf.study import Item
from adapter.mapping import coding, presence
from adapter.mapping.ids import fhir_id
from adapter.mapping.plan import Const, Hole, Node, Target

Write = Callable[[Record], str]
WriteResource = Callable[[Record], Sequence[tuple[str, str]]]

FEW = 4
"""How many pieces are written by one expression; more are written in groups."""


@dataclass(frozen=True, slots=True)
class Given:
    """A piece that is an answer itself: it is there in every record, and its characters need no escape."""

    item: str


Piece = str | Given | Write


def closure(pieces: Sequence[Piece]) -> Write:
    """Return one function of the record for a list of pieces."""
    groups = [_group(group) for group in _grouped(_joined(pieces))]
    if len(groups) <= FEW:
        return _together(groups)
    return lambda record: "".join([write(record) for write in groups])


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with texts that follow one another made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return joined


def _grouped(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces in groups of at most FEW answers, or FEW functions, with the texts about them."""
    groups: list[list[Piece]] = [[]]
    for piece in pieces:
        holding = [each for each in groups[-1] if not isinstance(each, str)]
        another = holding and type(piece) is not str and isinstance(holding[0], Given) != isinstance(piece, Given)
        if another or (len(holding) == FEW and not isinstance(piece, str)):
            groups.append([])
        groups[-1].append(piece)
    return groups


def _group(pieces: list[Piece]) -> Write:
    """Return the function of one group: texts and answers, or texts and functions."""
    texts, holding = [""], []
    for piece in pieces:
        if isinstance(piece, str):
            texts[-1] += piece
        else:
            holding.append(piece)
            texts.append("")
    answers = [piece.item for piece in holding if isinstance(piece, Given)]
    if answers:
        return _with_answers(texts, answers)
    writers = [piece for piece in holding if not isinstance(piece, (str, Given))]
    return writers[0] if texts == ["", ""] else _with_writers(texts, writers)


def _with_answers(texts: list[str], items: list[str]) -> Write:
    """Return the function of one to four answers between texts."""
    start, second, third, fourth = [*texts[:-1], "", "", ""][:FEW]
    a, b, c, d = [*items, "", "", ""][:FEW]
    end = texts[-1]
    if len(items) == 1:
        return lambda record: f"{start}{record[a]!s}{end}"
    if len(items) == 2:
        return lambda record: f"{start}{record[a]!s}{second}{record[b]!s}{end}"
    if len(items) == 3:
        return lambda record: f"{start}{record[a]!s}{second}{record[b]!s}{third}{record[c]!s}{end}"
    return lambda record: f"{start}{record[a]!s}{second}{record[b]!s}{third}{record[c]!s}{fourth}{record[d]!s}{end}"


def _with_writers(texts: list[str], writers: list[Write]) -> Write:
    """Return the function of up to four functions between texts."""
    start, second, third, fourth = [*texts[:-1], "", "", "", ""][:FEW]
    a, b, c, d = [*writers, *[_no_piece] * FEW][:FEW]
    end = texts[-1]
    if not writers:
        return lambda _record: end
    if len(writers) == 1:
        return lambda record: f"{start}{a(record)}{end}"
    if len(writers) == 2:
        return lambda record: f"{start}{a(record)}{second}{b(record)}{end}"
    if len(writers) == 3:
        return lambda record: f"{start}{a(record)}{second}{b(record)}{third}{c(record)}{end}"
    return lambda record: f"{start}{a(record)}{second}{b(record)}{third}{c(record)}{fourth}{d(record)}{end}"


def _together(groups: list[Write]) -> Write:
    return groups[0] if len(groups) == 1 else _with_writers([""] * (len(groups) + 1), groups)


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


def as_it_is(name: str, start: str, end: str, silence: str, absent: Callable[[str], str]) -> Callable[[Record], str]:
    """Return the function of an item whose answer is written as it is, between `start` and `end`."""

    def write(record: Record) -> str:
        answer = record.get(name)
        if answer is None:
            return silence
        return absent(answer.reason) if type(answer) is Absent else f"{start}{answer!s}{end}"

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
