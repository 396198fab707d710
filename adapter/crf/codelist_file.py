"""Codelists as they are read from YAML: tables of answers (rows) and how each place says them (columns)."""

from __future__ import annotations

from typing import Any

from adapter.crf.faults import Faults, mapping, spell, text, word
from adapter.crf.form_file import labels
from adapter.crf.nearest import hint
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.study import Answer, Codelist, Labels

Cells = dict[str, tuple[str, ...]]


def read_codelists(content: Any, faults: Faults, file: str) -> list[Codelist]:
    """Return the codelists of a file, which is a mapping of them."""
    if content is None:
        return []
    if not isinstance(content, Map):
        faults.add(file, 1, f"{file} is a mapping of codelists, not {spell(content)}")
        return []
    found = []
    for key in content:
        table = mapping(content[key], content, key, f"the codelist {word(key)}", faults)
        if table is None:
            faults.at(content, key, f"the codelist {word(key)} has no rows")
        else:
            found.append(_codelist(word(key), table, content.line_of(key), faults))
    return found


def _codelist(codelist_id: str, table: Map, line: int, faults: Faults) -> Codelist:
    columns = _columns(table, faults)
    rows = {key: _cells(table, key, columns, faults) for key in table if key not in ("columns", "labels")}
    silence = rows.pop(None, None)
    answers: dict[Answer, Cells] = {key: cells for key, cells in rows.items() if key is not None}
    if not answers:
        faults.at(table, None, f"the codelist {codelist_id} has no rows")
    if "unknown" in answers and silence and any("unknown" in cell for cell in silence.values()):
        faults.at(table, None, "`unknown` is a row and also what ~ is written as: it could not be read back")
    return Codelist(
        id=codelist_id,
        columns=columns,
        rows=answers,
        silence=silence,
        labels=_row_labels(table, answers, faults),
        file=table.file,
        line=line,
        lines={key: table.line_of(key) for key in answers},
    )


def _columns(table: Map, faults: Faults) -> dict[str, str | None]:
    columns = mapping(table.get("columns"), table, "columns", "columns", faults)
    if columns is None:
        return {}
    for key in columns:
        if isinstance(columns[key], list | dict):
            faults.at(
                columns,
                key,
                f"the code system of a column is a uri, a name, or nothing, not {spell(columns[key])}",
            )
    return {word(key): text(columns[key]) for key in columns}


def _cells(table: Map, key: Any, columns: dict[str, str | None], faults: Faults) -> Cells:
    row = table[key]
    cells: Cells = dict.fromkeys(columns, ())
    if isinstance(row, Map):
        for column in row:
            if column not in columns:
                faults.at(
                    row,
                    column,
                    f"row {word(key)}: unknown column {word(column)}{hint(word(column), columns)}",
                )
            cells[word(column)] = _alternatives(row, column, faults)
    elif row is not None and len(columns) == 1:
        cells[next(iter(columns))] = _alternatives(table, key, faults)
    elif row is not None:
        many = f"one of its columns: {', '.join(columns)}" if columns else "a column; declare `columns:`"
        faults.at(table, key, f"row {word(key)}: {spell(row)} must say to which column it belongs, {many}")
    return cells


def _alternatives(where: Map, key: Any, faults: Faults) -> tuple[str, ...]:
    cell = where[key]
    entries = list(cell) if isinstance(cell, Seq) else [] if cell is None else [cell]
    texts = [text(entry) for entry in entries]
    if None in texts:
        faults.at(where, key, "a cell is a code, or a list of codes of which the first is written")
    if len(set(texts)) != len(texts):
        faults.at(where, key, "a code stands twice in one cell")
    return tuple(one for one in texts if one is not None)


def _row_labels(table: Map, answers: dict[Answer, Cells], faults: Faults) -> dict[Answer, Labels]:
    found = mapping(table.get("labels"), table, "labels", "labels", faults)
    if found is None:
        return {}
    for key in found:
        if key not in answers and key is not None:
            faults.at(found, key, f"a label for {word(key)}, which is no row{hint(word(key), map(word, answers))}")
    return {key: labels(found, faults, key) for key in found if key is not None}
