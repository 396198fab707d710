"""Whether contained resources hang together with the resource that holds them: R4's dom-2 to dom-5.

That `#id` references lead somewhere is reference.py's. Source: http://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def check_contained(resource: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with the contained resources of one that has some."""
    held = resource.get("contained")
    inner = [(place, each) for place, each in enumerate(held) if type(each) is dict] if type(held) is list else []
    if resource is not scope.root and inner:
        return [
            error("invariant", "A contained resource contains no other: put them side by side.", "dom-2", ".contained")
        ]
    found: list[Finding] = []
    seen: set[str] = set()
    for place, each in inner:
        found += [_at(place, finding) for finding in (*_identity(each, seen), *_meta(each))]
    named = {text for key, each in resource.items() if key != "contained" for text in _local(each)}
    for place, each in inner:
        outside = named | {text for other, one in inner if other != place for text in _local(one)}
        if f"#{each.get('id')}" not in outside and "#" not in set(_local(each)):
            text = (
                "Nothing refers to this contained resource, nor does it to the one around it: refer to it, or drop it."
            )
            found.append(_at(place, error("invariant", text, "dom-3")))
    return found or None


def _at(place: int, finding: Finding) -> Finding:
    finding.steps.append(f".contained[{place}]")
    return finding


def _identity(each: dict[str, Any], seen: set[str]) -> Iterator[Finding]:
    name = each.get("id")
    if isinstance(name, str) and name in seen:
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
        yield error(
            "invariant", "A contained resource has no security label: label the one around it.", "dom-5", ".meta"
        )


def _local(value: Any) -> Iterator[str]:
    """Yield every text below that begins with '#', which is how contained resources are named."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if each.startswith("#"):
                yield each
        elif isinstance(each, dict | list):
            waiting.extend(each.values() if isinstance(each, dict) else each)
