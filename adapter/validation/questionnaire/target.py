"""References as answers: the types and profiles of what they may refer to.

Source: http://hl7.org/fhir/R4/extension-questionnaire-referenceresource.html, …-referenceprofile.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import is_resource
from adapter.validation.finding import Found, error, note
from adapter.validation.questionnaire.reading import CORE, Object, extensions
from adapter.validation.questionnaire.walk import Limit, Walk
from adapter.validation.resolve import resolve

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def targets_of(item: Object) -> Iterator[Limit]:
    """Yield the checks of a Reference."""
    types = [each for each in extensions(item, CORE + "questionnaire-referenceResource") if type(each) is str]
    if types:
        yield _of_type(types)
    profiles = [each for each in extensions(item, CORE + "questionnaire-referenceProfile") if type(each) is str]
    if profiles:
        yield _of_profile(profiles)


def _of_type(types: list[str]) -> Limit:
    shown = " or ".join(types)

    def check(value: Any, walk: Walk) -> Found:
        kind = type_of(value, walk.scope)
        if kind is None:
            return [note("not-supported", f"Whether this refers to a {shown} cannot be told.", "qr-reference")]
        if kind in types:
            return None
        return [error("structure", f"This refers to a {kind}: a {shown} is expected.", "qr-reference")]

    return check


def type_of(value: Any, scope: Scope) -> str | None:
    """Return the type of the resource that a Reference names: as its url has it, as its target shows, as it says."""
    if type(value) is not dict:
        return None
    by_url = _by_url(value)
    if by_url is not None and is_resource(by_url):
        return by_url
    target = resolve(value, scope)
    for stated in (target.get("resourceType") if type(target) is dict else None, value.get("type")):
        if type(stated) is str and is_resource(stated):
            return stated
    return None


def _by_url(value: Object) -> str | None:
    reference = value.get("reference")
    if type(reference) is not str or reference.startswith(("#", "urn:")):
        return None
    steps = reference.partition("/_history/")[0].split("/")
    return steps[-2] if len(steps) > 1 else None


def _of_profile(profiles: list[str]) -> Limit:
    shown = " or ".join(profiles)

    def check(value: Any, walk: Walk) -> Found:
        target = resolve(value, walk.scope)
        if type(target) is not dict:
            return None
        judge = walk.scope.judge
        held = [each for each in profiles if judge.definitions.profile(each) is not None]
        if len(held) < len(profiles) or any(not _refuses(judge.conforms(target, each, walk.scope)) for each in held):
            return None
        return [error("structure", f"What this refers to does not conform to {shown}.", "qr-reference")]

    return check


def _refuses(found: Found) -> bool:
    return found is not None and any(each.severity == "error" for each in found)
