"""What a map probably meant by a word that R4 has not: the hints behind the faults of `template`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapter.crf.study import Item
from adapter.fhir import definitions
from adapter.fhir.definitions import Field
from adapter.mapping import lens
from adapter.mapping.scope import near

MOST = 12
"""An extension may hold fifty types of value: so many names help nobody."""


def element_meant(key: str, kind: str) -> str:
    """Return what to say of an element that R4 has not: the types of a choice, or the nearest name, or ''."""
    choices = _choices(key, kind)
    if not choices or len(choices) > MOST:
        return near(key, definitions.fields(kind))
    return f"; write {' or '.join(choices)}"


def _choices(key: str, kind: str) -> list[str]:
    """Return the names of the choice that a key names without a type, or with one that R4 does not allow there."""
    fields = definitions.fields(kind).values()
    for element in dict.fromkeys(field.element for field in fields if field.element.endswith("[x]")):
        stem = element.removesuffix("[x]")
        if key == stem or (key.startswith(stem) and key[len(stem)].isupper()):
            return [field.key for field in fields if field.element == element]
    return []


def is_coding(meant: Any) -> bool:
    """Tell whether a name stands for a Coding, or for a list of them."""
    first = meant[0] if isinstance(meant, list) and meant else meant
    return isinstance(first, Mapping) and "code" in first and not {"coding", "text"} & first.keys()


def bare_hole(key: str) -> str:
    """Return what to say of an item that stands in braces without quotation marks, which YAML takes for an object."""
    return f'; a hole stands in quotation marks: "{{{key}}}"'


def scalar_meant(key: str, value: Mapping[str, Any]) -> str:
    """Return what to say of an object that stands where R4 has a primitive."""
    if any(one is None for one in value.values()):
        return ": a hole stands in quotation marks"
    return f": write {key}: {value['value']}" if value.keys() == {"value"} else ""


def alone_meant(parts: Sequence[Any], field: Field) -> str:
    """Return what to say of a text with a hole that stands where the hole alone would do, or ''."""
    found = [part.item for part in parts if not isinstance(part, str)]
    if len(found) != 1:
        return ""
    by_identifier = ", or an object with type and identifier" if field.type == "Reference" else ""
    return f'; write "{{{found[0]}}}" alone{by_identifier}'


def lens_meant(item: Item, field: Field) -> str:
    """Return what an item is, and what to write for it: another type of the same choice, or the types that it fills."""
    unit = " without a unit" if field.type == "Quantity" and item.unit is None else ""
    what = f"a {item.type}{unit}"
    of_choice = [key for key in _alike(field) if lens.name(item, key[1]) is not None]
    if of_choice:
        return f"{what}; write {' or '.join(key for key, _ in of_choice)}"
    fills = [kind for kind in FILLED if lens.name(item, kind) is not None]
    return f"{what}; it fills {', '.join(fills)}" if fills else what


def _alike(field: Field) -> list[tuple[str, str]]:
    """Return the keys and types of the choice to which a field belongs, none for what is no choice."""
    if not field.element.endswith("[x]"):
        return []
    kind = field.path.rpartition(".")[0]
    if not definitions.is_type(kind):
        return []
    return [(one.key, one.type) for one in definitions.fields(kind).values() if one.element == field.element]


FILLED = (
    "string",
    "code",
    "boolean",
    "integer",
    "positiveInt",
    "decimal",
    "date",
    "dateTime",
    "Quantity",
    "Coding",
    "CodeableConcept",
    "Reference",
)
"""The types of elements that holes fill most often, in the order in which they are told."""
