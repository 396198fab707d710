"""Extension definitions → rows: {"contexts", "modifier"?, "min", "max", "types"?, "binding"?, "nested"?}.

`types` is absent where any value may stand, and empty where none may. Differentials are enough: a slice
that a package leaves alone is what Extension itself says.
"""

from __future__ import annotations

from typing import Any

from adapter.fhir.generation.package import Published, Resource
from adapter.fhir.generation.structure import Row, types


def rows(published: Published) -> dict[str, Row]:
    """Return every extension that the packages define, by url."""
    found: dict[str, Row] = {}
    for url, structure in sorted(published.structures.items()):
        if structure["type"] == "Extension" and structure.get("derivation") == "constraint":
            elements = structure["snapshot" if "snapshot" in structure else "differential"]["element"]
            row = _row("Extension", {element["id"]: element for element in elements}, published)
            row["contexts"] = [context["expression"] for context in structure.get("context", ())]
            found[url] = row
    return found


def _row(place: str, elements: dict[str, Resource], published: Published) -> Row:
    """Return the row of an extension, or of one nested in it, that stands at an element id."""
    root = elements.get(place, {})
    row: Row = {"min": root.get("min", 0), "max": None if root.get("max", "*") == "*" else int(root["max"])}
    if root.get("isModifier"):
        row["modifier"] = True
    row.update(_value(place, elements, published))
    nested = {
        _url(place, name, elements): _row(f"{place}.extension:{name}", elements, published)
        for name in _slices(place, elements)
    }
    return {**row, "nested": nested} if nested else row


def _slices(place: str, elements: dict[str, Resource]) -> list[str]:
    """Return the names of the extensions nested directly here, whether or not their own line is stated."""
    start = f"{place}.extension:"
    below = (identity.removeprefix(start) for identity in elements if identity.startswith(start))
    return list(dict.fromkeys(name.partition(".")[0] for name in below))


def _url(place: str, name: str, elements: dict[str, Resource]) -> str:
    """Return the url of a nested extension: fixed, or its profile's, or the slice's name."""
    root = elements.get(f"{place}.extension:{name}", {})
    profiles = [profile for stated in root.get("type", ()) for profile in stated.get("profile", ())]
    stated_url = elements.get(f"{place}.extension:{name}.url", {}).get("fixedUri")
    return str(stated_url or (profiles or [name])[0])


def _value(place: str, elements: dict[str, Resource], published: Published) -> dict[str, Any]:
    """Return the `types` and `binding` of an extension's value; slices of value[x] say more than itself."""
    whole = elements.get(f"{place}.value[x]", {})
    if whole.get("max") == "0":
        return {"types": []}
    slices = [element for identity, element in elements.items() if identity.startswith(f"{place}.value[x]:")]
    slices = [element for element in slices if "." not in element["id"].removeprefix(f"{place}.value[x]:")]
    stated = [element for element in slices if element.get("max") != "0"] or [whole]
    allowed = [kind for element in stated for kind in types(element, published)]
    found: dict[str, Any] = {"types": allowed} if allowed else {}
    bindings = [stated["binding"] for stated in (*stated, whole) if "valueSet" in stated.get("binding", {})]
    if bindings:
        found["binding"] = [bindings[0]["valueSet"].partition("|")[0], bindings[0]["strength"]]
    return found
