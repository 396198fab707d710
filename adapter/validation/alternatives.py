"""Types and profiles of which a value has one: a type is refused, or one profile of several is enough.

Source: http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.profile
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import is_primitive
from adapter.validation.finding import Check, Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.element import Element
    from adapter.validation.plan import Plans
    from adapter.validation.scope import Scope

Conforms = Callable[[Any, str, "Scope"], Found]
"""Returns what keeps a value from conforming to a profile."""


def refused_type(type_name: str, names: set[str], stated: Constraints) -> Check:
    """Return the check that refuses every value of a type, which is none of those that a profile names."""
    text = f"A {type_name} is not allowed here by the profile {stated.profile}: {', '.join(sorted(names))}."

    def check(value: Any, scope: Scope) -> Found:
        return [error("structure", text, "profile-type", "", stated.profile)]

    return check


def as_resource(value: Any, url: str, scope: Scope) -> Found:
    """Hold a resource to a profile."""
    return scope.judge.conforms(value, url, scope)


def as_here(plans: Plans, element: Element) -> Conforms:
    """Return what holds a value to a profile where it stands, which decides about the extensions in it."""
    field = element.field
    path = field.type if "." in field.type else element.path

    def conforms(value: Any, url: str, scope: Scope) -> Found:
        from adapter.validation.plan import Kind

        profile = None if is_primitive(field.type) else plans.element_profile(url)
        if profile is None:
            return scope.judge.conforms(value, url, scope)
        type_name = field.type if "#" in url or "." in field.type else profile.type
        return plans.check_of(Kind(type_name, path, (profile.root,)))(value, scope)

    return conforms


def any_profile(urls: tuple[str, ...], stated: Constraints, conforms: Conforms) -> Check:
    """Return the check that refuses what conforms to none of several profiles."""
    text = f"This conforms to none of {', '.join(urls)}, as the profile {stated.profile} wants."

    def check(value: Any, scope: Scope) -> Found:
        if any(not _errors(conforms(value, url, scope)) for url in urls):
            return None
        return [error("structure", text, "profile-type", "", stated.profile)]

    return check


def _errors(found: Found) -> list[Finding]:
    return [each for each in found or () if each.severity == "error"]
