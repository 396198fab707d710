"""A StructureDefinition without its prose: the row of one profile, as the table and the cache keep it.

A row is {"url", "version"?, "title"?, "type", "base", "from": "differential" | "snapshot", "contexts"?:
[[type, expression]...], "contextInvariants"?: [FHIRPath...], "elements": [ElementDefinition, less what is not
judged...], "file"?}.
Source: https://hl7.org/fhir/R4/structuredefinition.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

Resource = dict[str, Any]
Row = dict[str, Any]

VALUES = ("fixed", "pattern", "minValue", "maxValue")
MIN_LENGTH = "http://hl7.org/fhir/StructureDefinition/minLength"
PROFILE_ELEMENT = "http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element"
STATED = ("min", "max", "maxLength")


def row(structure: Resource, elements: str, file: str | None = None) -> Row:
    """Return the row of a profile, by its `differential` or its `snapshot`; absent members are left out."""
    base = structure["baseDefinition"]
    contexts = [[context["type"], context["expression"]] for context in structure.get("context", ())]
    found = {
        "url": structure["url"],
        "version": structure.get("version"),
        "title": structure.get("title"),
        "type": structure["type"],
        "base": base,
        "from": elements,
        "contexts": contexts or None,
        "contextInvariants": structure.get("contextInvariant") or None,
        "file": file,
        "elements": [_element(each) for each in structure[elements]["element"]],
    }
    return {key: value for key, value in found.items() if value is not None}


def is_profile(structure: Resource) -> bool:
    """Tell a StructureDefinition that constrains a type, an extension's included, from one that defines a type."""
    return structure.get("derivation") == "constraint" and structure.get("kind") != "logical"


def _element(stated: Resource) -> Row:
    kept = {key: stated[key] for key in ("id", "path", "sliceName", *STATED) if key in stated}
    if stated.get("isModifier"):
        kept["isModifier"] = True
    kept.update((key, value) for key, value in stated.items() if key.startswith(VALUES))
    kept.update(("minLength", each["valueInteger"]) for each in extensions(stated, MIN_LENGTH))
    for key, lean in _LEAN.items():
        if key in stated:
            kept[key] = lean(stated[key])
    return {key: value for key, value in kept.items() if value != []}


def extensions(stated: Resource, url: str) -> list[Resource]:
    """Return the extensions of one url; of what is no list of objects, none."""
    held = stated.get("extension")
    each_one = held if isinstance(held, list) else ()
    return [each for each in each_one if isinstance(each, dict) and each.get("url") == url]


def _types(stated: list[Resource]) -> list[Row]:
    kept = [_only(entry, ("code", "targetProfile")) for entry in stated if "code" in entry]
    for lean, entry in zip(kept, (entry for entry in stated if "code" in entry), strict=True):
        if "profile" in entry:
            lean["profile"] = list(profiles(entry["profile"], entry.get("_profile")))
    return kept


def profiles(urls: list[str], beside: Any) -> Iterator[str]:
    """Yield each profile, with # and the id of the element within it where the extension beside it names one."""
    twins = beside if isinstance(beside, list) else []
    for url, twin in zip_longest(urls, twins[: len(urls)]):
        said = extensions(twin, PROFILE_ELEMENT) if isinstance(twin, dict) else []
        yield f"{url}#{said[0].get('valueString', '')}" if said else url


def _slicing(stated: Resource) -> Row:
    lean = _only(stated, ("rules", "ordered"))
    return {**lean, "discriminator": [_only(each, ("type", "path")) for each in stated.get("discriminator", ())]}


def _binding(stated: Resource) -> Row:
    return _only(stated, ("strength", "valueSet"))


def _constraints(stated: list[Resource]) -> list[Row]:
    """Keep what FHIRPath states; a constraint that XPath alone states is not judged."""
    return [_only(entry, ("key", "severity", "expression", "human")) for entry in stated if "expression" in entry]


def _only(stated: Resource, keys: tuple[str, ...]) -> Row:
    return {key: stated[key] for key in keys if key in stated}


_LEAN: dict[str, Callable[[Any], Any]] = {
    "type": _types,
    "slicing": _slicing,
    "binding": _binding,
    "constraint": _constraints,
}
