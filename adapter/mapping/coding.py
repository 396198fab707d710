"""Lenses of codelists: an answer to a code, a Coding or a CodeableConcept, by the cells of a table, and back.

Written texts are made once, one for each row. Backwards a hole narrows the rows: with one hole for an item a row is
its answer; an item with several (`{attendance:status}`, `{attendance:class}`) is answered when they have met.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from adapter.crf.study import Answer
from adapter.mapping.notes import MISS, SILENT, Note, Notes
from adapter.mapping.plan import Hole, Table

Rows = frozenset[Answer | None]
"""The rows that a place allows; None stands for the `~` row."""

Fewest = Callable[[Rows], Any]


def row_value(hole: Hole, row: dict[str, tuple[str, ...]]) -> Any:
    """Return the JSON value of a row at a hole, None where its cells are empty."""
    codings = [coding_of(system, row[column][0]) for column, system in _table(hole).columns if row.get(column)]
    return value_of(hole, codings) if codings else None


def row_text(hole: Hole, row: dict[str, tuple[str, ...]]) -> str:
    """Return the JSON text of a row at a hole, '' where its cells are empty."""
    value = row_value(hole, row)
    return "" if value is None else compact(value)


def written(hole: Hole) -> Iterator[tuple[Any, Any]]:
    """Yield (name, JSON value) of each code as it may come alone, then of each row as it is written.

    The name is the code, or the system and code of the first coding.
    """
    table = _table(hole)
    codes = by_coding(table) if hole.type in ("Coding", "CodeableConcept") else _every(table)
    values = [value_of(hole, [coding_of(system, code)]) for system, code in codes]
    for value in [*values, *(row_value(hole, row) for row in table.rows.values())]:
        first = value["coding"][0] if hole.type == "CodeableConcept" and value is not None else value
        yield (first.get("system"), first["code"]) if isinstance(first, dict) else first, value


def coding_of(system: str | None, code: str) -> dict[str, str]:
    """Return the Coding of a code, without a system where it has none."""
    return {"code": code} if system is None else {"system": system, "code": code}


def value_of(hole: Hole, codings: list[dict[str, str]]) -> Any:
    """Return codings as the value of a hole's type: a concept of all, or the first as a Coding or its code alone."""
    if hole.type == "CodeableConcept":
        return {"coding": codings}
    return codings[0] if hole.type == "Coding" else typed(codings[0]["code"], hole.type)


def compact(value: Any) -> str:
    """Return compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def typed(cell: str, fhir_type: str) -> Any:
    """Return a cell as the JSON value of a primitive type. ValueError if it is none."""
    if fhir_type == "boolean":
        if cell not in ("true", "false"):
            raise ValueError(f"{cell!r} is neither true nor false")
        return cell == "true"
    return int(cell) if fhir_type in ("integer", "positiveInt", "unsignedInt") else cell


def answer_texts(hole: Hole) -> dict[Answer, str]:
    """Return the JSON text of each answer, '' where the row has no cell here."""
    return {answer: row_text(hole, row) for answer, row in _table(hole).rows.items()}


def silence_text(hole: Hole) -> str:
    """Return the JSON text of the `~` row, '' where the codelist has none."""
    silence = _table(hole).silence
    return "" if silence is None else row_text(hole, silence)


def has_silence(hole: Hole) -> bool:
    """True if the hole's codelist has a `~` row, so that what it writes is read as silence."""
    return hole.table is not None and hole.table.silence is not None


def expected(hole: Hole) -> str:
    """Return the codes that a hole reads, in words."""
    cells = [code for _, code in _every(_table(hole))]
    return f"one of codelist {_table(hole).codelist}: {', '.join(dict.fromkeys(cells))}"


def reader(hole: Hole) -> Callable[[Any, Notes], Rows | Any]:
    """Return the reading half: parsed JSON → the rows that it allows, or MISS."""
    table = _table(hole)
    if hole.type == "CodeableConcept":
        return _concept_reader(by_coding(table), table.words)
    if hole.type == "Coding":
        return _coding_reader(by_coding(table))
    return _primitive_reader(hole)


def all_rows(hole: Hole) -> set[Rows]:
    """Return every set of rows that a code, or the codings of one concept, can allow at a hole."""
    table = _table(hole)
    found = set(by_coding(table).values()) | {frozenset({answer}) for answer in (*table.rows, None)}
    return found | {one & other for one in found for other in found}


def fewest_cells(tables: Iterable[Table]) -> Fewest:
    """Return the function that finds, of several rows, the one that fills fewer columns than every other, else MISS."""
    filled: dict[Answer | None, frozenset[str]] = {}
    for table in tables:
        for row, column, _, _ in _cells(table):
            filled[row] = filled.get(row, frozenset()) | {column}

    def choose(rows: Rows) -> Any:
        for row in rows:
            if all(other is row or filled[row] < filled[other] for other in rows):
                return row
        return MISS

    return choose


def settle(rows: Rows) -> Any:
    """Return the answer that is left when all holes of an item have met: SILENT for `~`, MISS for none or several."""
    if len(rows) != 1:
        return MISS
    (row,) = rows
    return SILENT if row is None else row


def _table(hole: Hole) -> Table:
    if hole.table is None:
        raise TypeError(f"{hole.item.id} has no codelist")
    return hole.table


def _cells(table: Table) -> Iterable[tuple[Answer | None, str, str | None, str]]:
    """Yield (row, column, system, code) of every cell and alternative."""
    rows = [*table.rows.items(), *([(None, table.silence)] if table.silence is not None else [])]
    for row, cells in rows:
        for column, system in table.columns:
            for code in cells.get(column, ()):
                yield row, column, system, code


def _every(table: Table) -> Iterable[tuple[str | None, str]]:
    yield from ((system, code) for _, _, system, code in _cells(table))


def by_coding(table: Table) -> dict[tuple[str | None, str], Rows]:
    """Return (system, code) → the rows that say so, a site's own codings included."""
    found: dict[tuple[str | None, str], set[Answer | None]] = {}
    for row, _, system, code in _cells(table):
        found.setdefault((system, code), set()).add(row)
    for answer, codings in table.codings.items():
        for coding in codings:
            found.setdefault(coding, set()).add(answer)
    return {coding: frozenset(rows) for coding, rows in found.items()}


def _primitive_reader(hole: Hole) -> Callable[[Any, Notes], Rows | Any]:
    rows: dict[Any, set[Answer | None]] = {}
    for row, _, _, code in _cells(_table(hole)):
        rows.setdefault(typed(code, hole.type), set()).add(row)
    for word, answer in _table(hole).words.items():
        rows.setdefault(word, set()).add(answer)
    allowed = {(type(code), code): frozenset(found) for code, found in rows.items()}

    def read(value: Any, _notes: Notes) -> Rows | Any:
        return allowed.get((type(value), value), MISS) if type(value) in (str, bool, int) else MISS

    return read


def _coding_reader(rows: dict[tuple[str | None, str], Rows]) -> Callable[[Any, Notes], Rows | Any]:
    def read(value: Any, notes: Notes) -> Rows | Any:
        found = rows_of(value, rows)
        if found is None:
            return MISS
        note_rest(value, ("system", "code"), notes)
        return found

    return read


def rows_of(coding: Any, rows: dict[tuple[str | None, str], Rows]) -> Rows | None:
    """Return the rows of a Coding, None for one that is not in the table. A missing system does no harm if the code is
    unique.
    """
    if type(coding) is not dict:
        return None
    system, code = coding.get("system"), coding.get("code")
    if type(code) is not str or not (system is None or type(system) is str):
        return None
    found = rows.get((system, code))
    if found is None and system is None:
        alike = {known for (_, other), known in rows.items() if other == code}
        found = alike.pop() if len(alike) == 1 else None
    return found


def note_rest(value: dict[str, Any], read: tuple[str, ...], notes: Notes) -> None:
    """Note every key of an object but those that were read."""
    if len(value) > len(read) or not value.keys() <= set(read):
        notes.extend(Note(value[key], key) for key in value if key not in read)


def _concept_reader(
    rows: dict[tuple[str | None, str], Rows], words: dict[str, Answer]
) -> Callable[[Any, Notes], Rows | Any]:
    def read(value: Any, notes: Notes) -> Rows | Any:
        if type(value) is not dict:
            return MISS
        codings = value.get("coding", ())
        if len(value) == 1 and type(codings) is list and len(codings) == 1:
            found = _lone(codings[0], rows)
            if found is not None:
                return found
        return whole(value, codings, notes)

    def whole(value: dict[str, Any], codings: Any, notes: Notes) -> Rows | Any:
        allowed: Rows | None = None
        before = len(notes)
        for position, coding in enumerate(codings if type(codings) is list else ()):
            allowed = _narrow(coding, position, rows, allowed, notes)
        note_rest(value, ("coding",), notes)
        text = value.get("text")
        if allowed is None and type(text) is str and text in words:
            allowed = frozenset({words[text]})
            notes[before:] = [note for note in notes[before:] if note.segments != ["text"]]
        return allowed if allowed else MISS

    return read


def _lone(coding: Any, rows: dict[tuple[str | None, str], Rows]) -> Rows | None:
    """Return the rows of a coding that is a system and a code and nothing else: the common case."""
    if type(coding) is not dict or len(coding) != 2:
        return None
    system, code = coding.get("system"), coding.get("code")
    return rows.get((system, code)) if type(system) is str and type(code) is str else None


def _narrow(
    coding: Any, position: int, rows: dict[tuple[str | None, str], Rows], allowed: Rows | None, notes: Notes
) -> Rows | None:
    """Narrow the rows by one coding of a concept; one that is not in the table is noted and narrows nothing."""
    found = rows_of(coding, rows)
    if found is None:
        notes.append(Note(coding, position, "coding"))
        return allowed
    notes.extend(Note(coding[key], key, position, "coding") for key in coding if key not in ("system", "code"))
    return found if allowed is None else allowed & found
