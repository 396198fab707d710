"""Codes that R4 binds: what a hole may write into an element whose codes are fixed, and what where it has no answer.

Where R4 requires a code, HL7's validator refuses a reason that stands alone; so do we. Source:
http://hl7.org/fhir/R4/terminologies.html#required
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapter.crf.faults import word
from adapter.fhir import definitions
from adapter.fhir.definitions import Field
from adapter.mapping import coding
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


UNKNOWN = "unknown"
CODED = ("code", "Coding", "CodeableConcept")


def reasoned(hole: Hole, field: Field) -> Hole:
    """Return the hole with what stands beside the reason of a missing answer, or that none can stand there."""
    if hole.type not in CODED:
        return hole
    unknown = _silent_row(hole)
    if unknown is None and field.strength == "required":
        unknown = _of_r4(hole, field)
    lacking, needed = unknown is None and field.strength == "required", field.min > 0
    return replace(hole, unknown=unknown, reasonless=lacking and not needed, needed=lacking and needed)


def _silent_row(hole: Hole) -> Any:
    """Return what the `~` row of the hole's codelist writes, None where there is none."""
    table = hole.table
    return None if table is None or table.silence is None else coding.row_value(hole, table.silence)


def _of_r4(hole: Hole, field: Field) -> Any:
    """Return R4's own `unknown` as the hole writes it, None where the codes that it requires have none."""
    if field.codes is None or UNKNOWN not in field.codes:
        return None
    every = definitions.systems(field.binding or "") or {}
    system = next((system for system, codes in every.items() if UNKNOWN in codes), None)
    return coding.value_of(hole, [coding.coding_of(None if hole.type == "code" else system, UNKNOWN)])
