"""Reading answers: what stands at a hole, through its lens, its codelist or its reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapter.mapping import coding, lens, text
from adapter.mapping.ids import DIGEST, fhir_id
from adapter.mapping.notes import MISS, SILENT, Note, Notes
from adapter.mapping.plan import Hole, Target, Text
from adapter.mapping.taken import KEPT, LONGEST, ROWS, Logged, Read, Slot, Taken, slot_of


def by_lens(hole: Hole, made: lens.Lens) -> Read:
    """Return the reader of a hole through its lens."""
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


def coded(hole: Hole, narrowed: bool) -> Read:
    """Read a codelist's code. `narrowed`: other places tell the same item too, so its rows are kept, to be met in the
    end.
    """
    careful = _coded_with_care(hole, narrowed)
    known: dict[Any, tuple[Any, Logged]] = {}
    for name, value in coding.written(hole):
        taken = Taken()
        if careful(value, taken) and len(taken.log) == 1 and not taken.notes:
            known[name] = value, taken.log[0]
    if hole.type == "CodeableConcept":
        return _known_concept(known, careful)
    return _known_coding(known, careful) if hole.type == "Coding" else _known_code(known, careful)


def _coded_with_care(hole: Hole, narrowed: bool) -> Read:
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


def _known_concept(known: dict[Any, tuple[Any, Logged]], careful: Read) -> Read:
    """The common case of a concept: its codings are those that are written for a row, and there is nothing else."""

    def read(value: Any, taken: Taken) -> bool:
        try:
            first = value["coding"][0]
            usual, logged = known[first["system"], first["code"]]
        except (IndexError, KeyError, TypeError):
            return careful(value, taken)
        if value != usual:
            return careful(value, taken)
        taken.log.append(logged)
        return True

    return read


def _known_coding(known: dict[Any, tuple[Any, Logged]], careful: Read) -> Read:
    """The common case of a coding: a system, a code, and nothing else."""

    def read(value: Any, taken: Taken) -> bool:
        try:
            usual, logged = known[value["system"], value["code"]]
        except (KeyError, TypeError):
            return careful(value, taken)
        if value != usual:
            return careful(value, taken)
        taken.log.append(logged)
        return True

    return read


def _known_code(known: dict[Any, tuple[Any, Logged]], careful: Read) -> Read:
    def read(value: Any, taken: Taken) -> bool:
        hit = known.get(value) if type(value) is str else None
        if hit is None:
            return careful(value, taken)
        taken.log.append(hit[1])
        return True

    return read


def referring(hole: Hole, target: Target, match: Callable[[str], Any]) -> Read:
    """Read a Reference by its literal, its identifier, or both if they agree."""
    literal = f"{target.type}/{target.prefix}"
    expects = f"a reference to a {target.type} of this study, by {literal}… or by an identifier of {target.system}"
    slot = slot_of(hole)
    known: dict[str, tuple[dict[str, Any], Logged]] = {}  # what we write for an answer, to compare whole

    def careful(value: Any, taken: Taken) -> bool:
        if type(value) is not dict or value.get("type", target.type) != target.type:
            return _refuse(hole, value, expects, taken)
        answer = _named(value, _by_identifier(value, target), target)
        if answer is None or match(answer) is None:
            return _refuse(hole, value, expects, taken)
        _note_reference_rest(value, target, taken)
        taken.log.append((slot, answer))
        _keep(known, answer, slot, target)
        return True

    def read(value: Any, taken: Taken) -> bool:
        try:
            usual, logged = known[value["reference"]]
        except (KeyError, TypeError):
            return careful(value, taken)
        if value != usual:
            return careful(value, taken)
        taken.log.append(logged)
        return True

    return read


def _keep(known: dict[str, tuple[dict[str, Any], Logged]], answer: str, slot: Slot, target: Target) -> None:
    if len(known) >= KEPT:
        known.clear()
    literal = f"{target.type}/{fhir_id(target.prefix + answer)}"
    if len(answer) <= LONGEST:
        identifier = {"system": target.system, "value": answer}
        known[literal] = {"reference": literal, "identifier": identifier}, (slot, answer)


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


def by_text(node: Text, patterns: dict[str, str]) -> Read:
    """Read an interpolated string; holes that are empty in it stay silent. Texts repeat: what one says is kept."""
    understand = _understanding(node, patterns)
    known: dict[str, list[Logged]] = {}

    def read(value: Any, taken: Taken) -> bool:
        logged = known.get(value) if type(value) is str else None
        if logged is None:
            logged = understand(value) if type(value) is str else None
            if logged is None:
                return False
            if len(known) >= KEPT:
                known.clear()
            if len(value) <= LONGEST:
                known[value] = logged
        taken.log.extend(logged)
        return True

    return read


def _understanding(node: Text, patterns: dict[str, str]) -> Callable[[str], list[Logged] | None]:
    """Return the function from a text to what its holes say, None for a text that is another."""
    match = text.inverter(node, patterns).fullmatch
    holes = [part for part in node.parts if isinstance(part, Hole)]
    fields = [(slot_of(hole, None if hole.table is None else ROWS), _text_value(hole)) for hole in holes]
    parts = text.parts_found(node)

    def understand(value: str) -> list[Logged] | None:
        found = match(value)
        if found is None:
            return None
        try:
            said = [(slot, parse(part)) for (slot, parse), part in zip(fields, parts(found), strict=True) if part]
        except ValueError:  # a number beyond measure
            return None
        return None if any(answer is MISS for _, answer in said) else said

    return understand


def _text_value(hole: Hole) -> Callable[[str], Any]:
    """Return the function from a part of a text to an answer: a set of rows for a codelist, MISS outside the range."""
    item = hole.item
    if hole.table is not None:
        rows: dict[str, set[Any]] = {}
        for (_, code), found in coding.by_coding(hole.table).items():
            rows.setdefault(code, set()).update(found)
        return {code: frozenset(found) for code, found in rows.items()}.get
    parse = text.parser(item)
    if item.low is None and item.high is None:
        return parse
    within = lens.whole(item) if parse is int else lens.ranged(item, lambda value, _notes: value)
    return lambda part: within(parse(part), _NO_NOTES)


_NO_NOTES: Notes = []
"""A part of a text is read or not: nothing is left to be noted."""
