"""StructureDefinitions of types → rows: paths, cardinalities, types, bindings, invariants; no other prose than theirs.

A row is {"kind", "base", "abstract"?, "elements": [...], "invariants": [[key, severity, expression, human]...]}; an
element is {"name", "min", "max" (null = many), "types": [[type, target...]...], "profile"?, "binding"?:
[url, strength], "modifier"?, "summary"?, "invariants"?}. What a type inherits unchanged is left to its base.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.fhir.generation.package import Published, Resource

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = STRUCTURE + "structuredefinition-fhir-type"
SYSTEM_TYPES = "http://hl7.org/fhirpath/System."
KINDS = {"resource": "resource", "complex-type": "complex", "primitive-type": "primitive"}

CORRECTED = {
    # Its text, "If there are more than one enableWhen, enableBehavior must be specified", was meant.
    "enableWhen.count() > 2 implies enableBehavior.exists()": "enableWhen.count() > 1 implies enableBehavior.exists()",
}
"""Expressions of the package that say something else than their own text: as they should be."""

Row = dict[str, Any]


def rows(published: Published) -> dict[str, Row]:
    """Return every type of the packages by name: types, their backbones by path, and Quantity's profiles."""
    found: dict[str, Row] = {}
    for structure in sorted(published.structures.values(), key=lambda structure: str(structure["id"])):
        if is_type(structure):
            found.update(_types_of(structure, published))
    return {name: _without_inherited(row, found) for name, row in found.items()}


def is_type(structure: Resource) -> bool:
    """Tell whether this defines a type that JSON can hold: no logical model, no profile but Quantity's."""
    if structure["kind"] not in KINDS or "snapshot" not in structure:
        return False
    return structure.get("derivation") != "constraint" or is_quantity_profile(structure)


def is_quantity_profile(structure: Resource) -> bool:
    """Tell SimpleQuantity and MoneyQuantity: R4 lists them with the types, and they are profiles."""
    return structure.get("derivation") == "constraint" and structure["type"] == "Quantity"


def _types_of(structure: Resource, published: Published) -> Iterator[tuple[str, Row]]:
    """Yield the type itself, then each of its elements that has elements of its own."""
    elements = structure["snapshot"]["element"]
    root = elements[0]["path"]
    parents = {element["path"].rpartition(".")[0] for element in elements}
    for element in elements:
        path = element["path"]
        if path != root and path not in parents:
            continue
        row = _head(structure) if path == root else _backbone(element)
        children = [child for child in elements if _is_child(child, path, structure)]
        row["elements"] = [element_row(child, published, parents) for child in children]
        row["invariants"] = invariants(element)
        yield (structure["id"] if path == root else path), row


def _head(structure: Resource) -> Row:
    kind = "profile" if is_quantity_profile(structure) else KINDS[structure["kind"]]
    row: Row = {"kind": kind, "base": structure.get("baseDefinition", "").removeprefix(STRUCTURE) or None}
    if structure["abstract"]:
        row["abstract"] = True
    return row


def _backbone(element: Resource) -> Row:
    return {"kind": "backbone", "base": _type_code(element["type"][0])}


def _is_child(element: Resource, path: str, structure: Resource) -> bool:
    """Tell the elements directly below a path; the `value` of a primitive is the value itself, no element."""
    parent, _, name = element["path"].rpartition(".")
    is_value = structure["kind"] == "primitive-type" and name == "value"
    return bool(parent == path and not is_value)


def element_row(element: Resource, published: Published, parents: set[str]) -> Row:
    """Return one element as a row."""
    path = element["path"]
    row: Row = {"name": path.rpartition(".")[2], "min": element["min"], "max": _maximum(element["max"])}
    row["types"] = [[path]] if path in parents else types(element, published)
    for stated in element.get("type", ()):
        if stated["code"] == "Quantity" and "profile" in stated:
            row["profile"] = stated["profile"][0].removeprefix(STRUCTURE)
    if "valueSet" in element.get("binding", {}):
        binding = element["binding"]
        row["binding"] = [binding["valueSet"].partition("|")[0], binding["strength"]]
    for flag, stated in (("modifier", "isModifier"), ("summary", "isSummary")):
        if element.get(stated):
            row[flag] = True
    row["invariants"] = [] if path in parents else invariants(element)
    return {key: value for key, value in row.items() if value != [] or key == "types"}


def _maximum(stated: str) -> int | None:
    return None if stated == "*" else int(stated)


def types(element: Resource, published: Published) -> list[list[str]]:
    """Return [type, target...] of each type allowed; no targets means any."""
    if "contentReference" in element:
        return [[element["contentReference"].partition("#")[2]]]
    if element.get("base", {}).get("path") == "Resource.id":
        return [["id"]]  # the definitions say string; the specification's own page says id
    stated_types = (stated for stated in element.get("type", ()) if "code" in stated)
    return [[_type_code(stated), *_targets(stated, published)] for stated in stated_types]


def _type_code(stated: Resource) -> str:
    """Return the FHIR type: what is typed System.String names its FHIR type in an extension."""
    code: str = stated["code"]
    if not code.startswith(SYSTEM_TYPES):
        return code
    for extension in stated.get("extension", ()):
        if extension["url"] == FHIR_TYPE:
            return str(extension.get("valueUrl") or extension["valueUri"])
    return code.removeprefix(SYSTEM_TYPES).lower()


def _targets(stated: Resource, published: Published) -> list[str]:
    names = []
    for url in stated.get("targetProfile", ()):
        structure = published.structures.get(url)
        names.append(url.rpartition("/")[2] if structure is None else structure["type"])
    return [] if "Resource" in names else list(dict.fromkeys(names))


def invariants(element: Resource) -> list[list[str]]:
    """Return [key, severity, expression, what it says to people] of the constraints that FHIRPath states."""
    return [
        [
            stated["key"],
            stated["severity"],
            CORRECTED.get(stated["expression"], stated["expression"]),
            stated.get("human", ""),
        ]
        for stated in element.get("constraint", ())
        if "expression" in stated
    ]


def _without_inherited(row: Row, found: dict[str, Row]) -> Row:
    """Return the row less what its bases say already, and less ele-1 and ext-1 that every element repeats."""
    everywhere = found["Element"]["invariants"] + found["Extension"]["invariants"]
    inherited_elements: dict[str, Row] = {}
    inherited_invariants: list[list[str]] = []
    for base in _chain(row, found):
        inherited_elements = {**_by_name(base["elements"]), **inherited_elements}
        inherited_invariants += base["invariants"]
    elements = [_less(element, everywhere) for element in row["elements"]]
    same = [_less(element, everywhere) for element in inherited_elements.values()]
    own = [stated for stated in row["invariants"] if stated not in inherited_invariants]
    return {**row, "elements": [element for element in elements if element not in same], "invariants": own}


def _by_name(elements: list[Row]) -> dict[str, Row]:
    return {element["name"]: element for element in elements}


def _chain(row: Row, found: dict[str, Row]) -> Iterator[Row]:
    while (base := row.get("base")) is not None:
        row = found[base]
        yield row


def _less(element: Row, everywhere: list[list[str]]) -> Row:
    kept = [stated for stated in element.get("invariants", ()) if stated not in everywhere]
    row = {key: value for key, value in element.items() if key != "invariants"}
    return {**row, "invariants": kept} if kept else row
