"""`_summary` and `_elements`: a part of a resource, tagged as such; what is marked is R4's own `isSummary`.

Source: http://hl7.org/fhir/R4/search.html#summary
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.api.failure import failure
from adapter.fhir.definitions import Field, UnknownType, fields

TAG = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}

SUMMARIES = ("true", "text", "data", "count", "false")

ALWAYS = ("resourceType", "id", "meta")
"""What every subset has."""

WRAPPERS = ("Bundle", "OperationOutcome", "Parameters")
"""What carries an answer, and is none itself."""

Kept = Callable[[str, Field], bool]
"""Whether a subset keeps an element, by its key and its definition."""


@dataclass(frozen=True, slots=True)
class Subset:
    """The part of each resource that a request asks for."""

    summary: str = "false"
    elements: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """True when nothing is left out."""
        return self.summary == "false" and not self.elements

    def of(self, resource: Any) -> Any:
        """The part of a resource, or of each entry of a searchset or history; of what carries an answer all."""
        if self.is_whole or not isinstance(resource, dict):
            return resource
        if resource.get("resourceType") == "Bundle" and resource.get("type") in ("searchset", "history"):
            return self._of_bundle(resource)
        return resource if resource.get("resourceType") in WRAPPERS else self._part(resource)

    def _of_bundle(self, bundle: dict[str, Any]) -> dict[str, Any]:
        if self.summary == "count":
            links = [link for link in bundle.get("link", ()) if link["relation"] == "self"]
            return {key: links if key == "link" else value for key, value in bundle.items() if key != "entry"}
        entries = [
            {key: self.of(value) if key == "resource" else value for key, value in entry.items()}
            for entry in bundle.get("entry", ())
        ]
        return bundle | ({"entry": entries} if entries else {})

    def _part(self, resource: dict[str, Any]) -> dict[str, Any]:
        type_ = resource["resourceType"]
        if self.elements:
            return _tagged(_top(resource, type_, lambda key, field: self._named(key, field) or _needed(key, field)))
        if self.summary == "data":
            return _tagged({key: value for key, value in resource.items() if key != "text"})
        if self.summary == "text":
            return _tagged(_top(resource, type_, lambda key, field: key == "text" or field.min > 0))
        return _tagged(_summarized(resource, type_))

    def _named(self, key: str, field: Field) -> bool:
        return not self.elements.isdisjoint((key, field.element, field.element.removesuffix("[x]")))


WHOLE = Subset()


def subset(arguments: Mapping[str, str]) -> Subset:
    """Read `_summary` and `_elements` of a query; `_elements` counts where both are given.

    Failure 400 for a summary that R4 does not know.
    """
    if "_summary" not in arguments and "_elements" not in arguments:
        return WHOLE
    summary = arguments.get("_summary", "false")
    if summary not in SUMMARIES:
        raise failure("invalid", f"_summary is one of {', '.join(SUMMARIES)}.")
    named = (name.strip().rpartition(".")[2] for name in arguments.get("_elements", "").split(","))
    return Subset(summary, frozenset(name for name in named if name))


def is_subsetted(resource: Mapping[str, Any]) -> bool:
    """True if a resource says that it is but a part of one."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(tags, list) and any(isinstance(tag, dict) and tag.get("code") == TAG["code"] for tag in tags)


def _needed(key: str, field: Field) -> bool:
    return field.min > 0 or field.modifier or key in ALWAYS


def _top(resource: dict[str, Any], type_: str, kept: Kept) -> dict[str, Any]:
    known = fields(type_)
    return {key: value for key, value in resource.items() if key in ALWAYS or _kept(known, key, kept)}


def _kept(known: Mapping[str, Field], key: str, kept: Kept) -> bool:
    field = known.get(key.removeprefix("_"))
    return field is not None and kept(field.key, field)


def _summarized(value: dict[str, Any], type_: str) -> dict[str, Any]:
    known = fields(type_)
    return {
        key: value[key] if key in ALWAYS or key.startswith("_") else _below(value[key], known[key].type)
        for key in value
        if key in ALWAYS or _kept(known, key, lambda _, field: field.summary or field.min > 0)
    }


def _below(value: Any, type_: str) -> Any:
    if isinstance(value, list):
        return [_below(each, type_) for each in value]
    if not isinstance(value, dict) or type_ in ("Resource", "xhtml", "Meta"):
        return value
    try:
        return _summarized(value, type_)
    except UnknownType:
        return value


def _tagged(part: dict[str, Any]) -> dict[str, Any]:
    meta = part.get("meta", {})
    tagged = {**meta, "tag": [*meta.get("tag", ()), TAG]}
    placed = {key: tagged if key == "meta" else value for key, value in part.items()}
    return placed if "meta" in placed else {**placed, "meta": tagged}
