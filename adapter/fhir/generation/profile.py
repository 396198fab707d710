"""Profiles and extensions → rows: their differentials without prose, as `adapter.fhir.differential` makes them.

Known defects of the published definitions are corrected here, each with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapter.fhir import differential
from adapter.fhir.differential import Row
from adapter.fhir.generation.package import Published

NO_SLICES = {
    "http://hl7.org/fhir/StructureDefinition/catalog": {"Composition.date"},
    "http://hl7.org/fhir/StructureDefinition/familymemberhistory-genetic": {
        "FamilyMemberHistory.relationship",
        "FamilyMemberHistory.sex",
        "FamilyMemberHistory.condition",
    },
}
"""Elements that have a slice name and no slicing, in differential and snapshot alike: HL7's validator takes what is
stated there as stated of the element itself. Only there: R4 asks for slicing before a slice."""


EXTENSIBLE = {
    "http://hl7.org/fhir/StructureDefinition/vitalsigns": {"Observation.component.value[x]"},
}
"""Bindings that are said to be required and cannot be meant so: the units of ten vital signs for whatever is observed
beside one, an oxygen flow or a cuff's size. HL7's validator takes this one for extensible, too, when it loads R4."""


def rows(published: Published) -> dict[str, Row]:
    """Return every profile of the packages by url, extensions included."""
    profiles = {url: each for url, each in sorted(published.structures.items()) if differential.is_profile(each)}
    return {url: _corrected(differential.row(each, "differential")) for url, each in profiles.items()}


def _corrected(row: Row) -> Row:
    """Return the row without slice names that name no slice, and without bindings that ask too much."""
    unsliced, loose = NO_SLICES.get(row["url"], set()), EXTENSIBLE.get(row["url"], set())
    if not unsliced and not loose:
        return row
    return {**row, "elements": [_loosened(_unsliced(element, unsliced), loose) for element in row["elements"]]}


def _loosened(element: Row, loose: set[str]) -> Row:
    if element["path"] not in loose:
        return element
    return {**element, "binding": {**element["binding"], "strength": "extensible"}}


def _unsliced(element: Mapping[str, object], unsliced: set[str]) -> Row:
    kept = {key: value for key, value in element.items() if key != "sliceName" or element["path"] not in unsliced}
    path = str(element["path"])
    is_below = any(path == each or path.startswith(each + ".") for each in unsliced)
    return {**kept, "id": path} if is_below else kept
