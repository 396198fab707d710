"""References between the entries of a transaction: those that lead nowhere, and those that get their target's id.

What is rewritten is what R4 names: Reference, uri, url, oid and uuid, and links of narrative; never a canonical, nor an
identifier. Source: http://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from adapter.fhir import json
from adapter.fhir.definitions import UnknownType, fields
from adapter.outcome import Issue

LINKS = ("uri", "url", "oid", "uuid")

_RELATIVE = re.compile(r"[A-Z][A-Za-z]{0,63}/[A-Za-z0-9\-.]{1,64}", re.ASCII)
_IDENTIFIED = re.compile(
    r"(?P<type>[A-Z][A-Za-z]{0,63})\?identifier=(?P<system>[^|&\s]{1,500})\|(?P<value>[^|&,]{1,500})", re.ASCII
)
_ATTRIBUTE = re.compile(r"""\b(href|src)(\s?=\s?)(["'])([^"'<>]{1,2000})\3""", re.ASCII)
_LOCAL = b'"reference":"urn:'
_SEARCH = re.compile(rb'"reference":"(?:[^"?\\]|\\.)*\?')
_DANGLING = "No entry of this Bundle has this fullUrl: send that entry too, or refer to a stored resource."

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Targets:
    """What references of one Bundle lead to: fullUrl -> Type/id, and search -> Type/id of what it found."""

    entries: Mapping[str, str]
    searches: Mapping[str, str] = field(default_factory=dict)

    def change(self, full_url: str) -> Change:
        """What becomes of a reference that stands in the entry of this fullUrl."""
        base = _base(full_url)

        def changed(reference: str) -> str:
            if reference in self.searches:
                return self.searches[reference]
            bare = reference.partition("/_history/")[0]
            named = f"{base}/{bare}" if base is not None and _RELATIVE.fullmatch(bare) else bare
            return self.entries.get(named, reference)

        return changed


def unresolved(entries: Sequence[Mapping[str, Any]]) -> Iterator[Issue]:
    """Yield an issue for each reference to an entry that the Bundle does not hold. The entries are FHIR."""
    if _LOCAL not in json.write(entries):
        return
    known = {entry["fullUrl"] for entry in entries if "fullUrl" in entry}
    for position, entry in enumerate(entries):
        for reference, path in references(entry.get("resource"), f"Bundle.entry[{position}].resource"):
            if reference.startswith("urn:") and reference not in known:
                yield Issue("error", "not-found", _DANGLING, path)


def conditional(reference: str) -> bool:
    """True if a reference is a search, to be looked up: `Patient?identifier=…`."""
    return "?" in reference and "://" not in reference.partition("?")[0] and not reference.startswith(("urn:", "#"))


def may_search(resources: Sequence[Any]) -> bool:
    """False if no reference below these values is a search, at a fraction of the cost of looking at each."""
    return _SEARCH.search(json.write(resources)) is not None


def references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield each literal reference below a value, with the FHIRPath where it stands."""
    if isinstance(value, list):
        for position, entry in enumerate(value):
            yield from references(entry, f"{path}[{position}]")
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"], f"{path}.reference"
        for key, entry in value.items():
            yield from references(entry, f"{path}.{key}")


def named(value: Any, type_: str, own: frozenset[str]) -> Any:
    """The value with each search for a `type_` by an identifier of a system that is not `own` as that identifier.

    Whom a hospital calls so is told by its links, and by no search: `Patient?identifier=system|value`.
    """
    if isinstance(value, list):
        return [named(each, type_, own) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("reference")
    found = _IDENTIFIED.fullmatch(unquote(reference)) if isinstance(reference, str) and "?" in reference else None
    if found is None or found["type"] != type_ or found["system"] in own:
        return {key: named(each, type_, own) for key, each in value.items()}
    identifier = {"system": found["system"], "value": found["value"]}
    return {"identifier": identifier} | {key: each for key, each in value.items() if key != "reference"}


def rewritten(resource: dict[str, Any], change: Change) -> dict[str, Any]:
    """The resource with `change` made of every reference and link in it, and nothing else."""
    found: dict[str, Any] = _object(resource, resource["resourceType"], change)
    return found


def _object(value: dict[str, Any], type_: str, change: Change) -> dict[str, Any]:
    try:
        known = fields(value["resourceType"] if type_ == "Resource" else type_)
    except (UnknownType, KeyError):
        return value
    kinds = {key: each.type for key, each in known.items()}
    found = {key: _value(each, kinds.get(key.removeprefix("_"), ""), change) for key, each in value.items()}
    if type_ == "Reference" and isinstance(value.get("reference"), str):
        found["reference"] = change(value["reference"])
    return found


def _value(value: Any, type_: str, change: Change) -> Any:
    if isinstance(value, list):
        return [_value(each, type_, change) for each in value]
    if isinstance(value, dict):
        return _object(value, type_, change)
    if not isinstance(value, str):
        return value
    if type_ in LINKS:
        return change(value)
    return _linked(value, change) if type_ == "xhtml" else value


def _linked(div: str, change: Change) -> str:
    return _ATTRIBUTE.sub(lambda found: f"{found[1]}{found[2]}{found[3]}{change(found[4])}{found[3]}", div)


def _base(full_url: str) -> str | None:
    """The server's part of a fullUrl that ends in Type/id; None of any other."""
    parts = full_url.rsplit("/", 2)
    rest = full_url.startswith(("http://", "https://")) and len(parts) == 3 and _RELATIVE.fullmatch("/".join(parts[1:]))
    return parts[0] if rest else None
