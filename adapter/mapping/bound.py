"""Codes that R4 binds: what a hole may write into an element whose codes are fixed."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.crf.faults import word
from adapter.fhir.definitions import Field
from adapter.mapping.plan import Hole, Table
from adapter.mapping.scope import near


def outside(table: Table, hole: Hole, field: Field) -> Iterator[str]:
    """Yield why a cell of a codelist cannot stand in the element that the hole fills: one fault for each code."""
    if field.codes is None or hole.type != "code":
        return
    rows = [*dict(table.rows).items(), *([] if table.silence is None else [(None, table.silence)])]
    for answer, row in rows:
        for code in (code for column, _ in table.columns for code in row.get(column, ())):
            if code not in field.codes:
                allowed = f"R4 allows {', '.join(sorted(field.codes))}{near(str(code), field.codes)}"
                yield f"codelist {table.codelist}, row {word(answer)}: {code!r} cannot stand in {field.path}: {allowed}"
