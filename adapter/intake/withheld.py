"""What is no FHIR cannot be told to name nobody: where R4 has no such element, or another shape of it, its text is
withheld, and that something stood there is kept. What is sent again is refused again, until somebody corrects it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapter.fhir.definitions import fields, is_primitive, is_resource, is_type

WITHHELD = "withheld"
"""What stands in the place of a text, or of an element's name, that R4 does not define."""

_NAME = re.compile(r"_?[A-Za-z]{1,64}", re.ASCII)


def withheld(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without the texts of which R4 does not say what they are; FHIR comes back as it is."""
    return dict(_members(resource, "Resource"))


def _kept(value: Any, kind: str | None) -> Any:
    if isinstance(value, list):
        return [_kept(each, kind) for each in value]
    if isinstance(value, Mapping):
        return dict(_members(value, kind))
    known = kind is not None and is_type(kind) and is_primitive(kind)
    return value if known or not isinstance(value, str) else WITHHELD


def _members(value: Mapping[str, Any], kind: str | None) -> Iterator[tuple[str, Any]]:
    if kind == "Resource":
        kind = _type_of(value)
    known = fields(kind) if kind is not None and is_type(kind) and not is_primitive(kind) else {}
    for name, each in value.items():
        if name == "resourceType":
            yield name, each if kind is not None else WITHHELD
        elif name.removeprefix("_") in known:
            yield name, _kept(each, "Element" if name.startswith("_") else known[name].type)
        else:
            yield (name if _NAME.fullmatch(name) else WITHHELD), _kept(each, None)


def _type_of(value: Mapping[str, Any]) -> str | None:
    found = value.get("resourceType")
    return found if isinstance(found, str) and is_resource(found) else None
