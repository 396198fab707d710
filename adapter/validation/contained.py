"""Whether contained resources hang together with the resource that holds them: R4's dom-2 to dom-5.

That `#id` references lead somewhere is reference.py's. Source: http://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import fields, is_type
from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

NAMING = frozenset({"canonical", "uri", "url"})
"""The types that name a contained resource as `#id`, beside Reference.reference."""


def check_contained(resource: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with the contained resources of one that has some."""
    held = resource.get("contained")
    inner = [(place, each) for place, each in enumerate(held) if type(each) is dict] if type(held) is list else []
    if resource is not scope.root and inner:
        text = "A contained resource contains no other: put them side by side."
        return [error("invariant", text, "dom-2", ".contained")]
    seen: set[str] = set()
    found = [_at(place, finding) for place, each in inner for finding in (*_identity(each, seen), *_meta(each))]
    found += [_at(place, each) for place, each in _unreferenced(resource, inner)]
    return found or None


def _at(place: int, finding: Finding) -> Finding:
    finding.steps.append(f".contained[{place}]")
    return finding


def _identity(each: dict[str, Any], seen: set[str]) -> Iterator[Finding]:
    name = each.get("id")
    if name is None:
        text = "A contained resource has an id: nothing can refer to it without."
        yield error("required", text, "contained-id")
    elif isinstance(name, str) and name in seen:
        yield error("duplicate", f"Two contained resources have the id {name[:64]!r}.", "contained-id", ".id")
    elif isinstance(name, str):
        seen.add(name)


def _meta(each: dict[str, Any]) -> Iterator[Finding]:
    meta = each.get("meta")
    if not isinstance(meta, dict):
        return
    if "versionId" in meta or "lastUpdated" in meta:
        text = "A contained resource has no versionId and no lastUpdated: it has no life of its own."
        yield error("invariant", text, "dom-4", ".meta")
    if "security" in meta:
        text = "A contained resource has no security label: label the one around it."
        yield error("invariant", text, "dom-5", ".meta")


def _unreferenced(resource: dict[str, Any], inner: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, Finding]]:
    """Yield the contained resources that nothing else refers to, and which do not refer to the one around them."""
    around = {key: value for key, value in resource.items() if key != "contained"}
    own = [set(_named(each)) for _, each in inner]
    named = Counter(chain(set(_named(around)), *own))  # how many resources name it
    for (place, each), names in zip(inner, own, strict=True):
        name = f"#{each.get('id')}"
        is_named = named[name] > (name in names) or "#" in names
        if each.get("id") is not None and not is_named:
            text = (
                "Nothing refers to this contained resource, nor does it to the one around it: refer to it, or drop it."
            )
            yield place, error("invariant", text, "dom-3")


def _named(resource: dict[str, Any]) -> Iterator[str]:
    """Yield every `#id` below a resource where it names a contained one; in other texts it is just a text."""
    waiting: list[tuple[str, str, Any]] = [(str(resource.get("resourceType")), "", resource)]
    while waiting:
        type_name, key, value = waiting.pop()
        if isinstance(value, str):
            if value.startswith("#") and (key == "reference" or type_name in NAMING):
                yield value
        elif isinstance(value, list):
            waiting += [(type_name, key, each) for each in value]
        elif isinstance(value, dict):
            waiting += [(_type_of(type_name, name), name, each) for name, each in value.items()]


def _type_of(type_name: str, key: str) -> str:
    field = fields(type_name).get(key.removeprefix("_")) if is_type(type_name) else None
    return "" if field is None else field.type
