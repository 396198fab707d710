"""What changes the meaning of a resource: R4 forbids to work with one whose modifiers are not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adapter.mapping.plan import ResourcePlan, holes
from adapter.outcome import Issue

VOID = "entered-in-error"
"""The status of a resource that should never have been: its record is void."""

_MODIFIES = re.compile(r"(?P<place>.*?\.(?P<name>modifierExtension(?:\[[0-9]+\])?|implicitRules))(?:\.|\[|$)")
_MEANT = {
    "modifierExtension": (
        "extension",
        "This may change what the resource means, and no map of this study reads it: send the resource without.",
    ),
    "implicitRules": (
        "not-supported",
        "Rules that must be known to understand the resource are not followed here: send it without them.",
    ),
}


def not_understood(paths: Iterable[str | None]) -> Iterator[Issue]:
    """Yield an error for each modifier that no map reads, once, told from the paths of what was not read.

    R4 forbids to work with a resource whose modifierExtension or implicitRules are not understood.
    Source: http://hl7.org/fhir/R4/extensibility.html#modifierExtension
    """
    matches = [_MODIFIES.match(path) for path in paths if path is not None]
    places = {match["place"]: match["name"] for match in matches if match is not None}
    for place, name in places.items():
        code, text = _MEANT[name.partition("[")[0]]
        yield Issue("error", code, text, place)


def says_void(plan: ResourcePlan) -> bool:
    """True if `entered-in-error` is an answer of the form, as its codelist says."""
    tables = [hole.table for hole in holes(plan.root) if hole.table is not None]
    return any(VOID in cell for table in tables for row in table.rows.values() for cell in row.values())
