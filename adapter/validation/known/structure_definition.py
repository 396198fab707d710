"""StructureDefinitions: a profile stands on what it says it constrains, and states what that allows.

"a profile ... SHALL NOT ... break the rules of the structure on which it is based". Source:
http://hl7.org/fhir/R4/profiling.html, http://hl7.org/fhir/R4/structuredefinition.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import bases, is_resource, is_type, kind
from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import each, part, text

if TYPE_CHECKING:
    from adapter.fhir.profile import Flaw
    from adapter.validation.scope import Scope

PROFILED = frozenset({"SimpleQuantity", "MoneyQuantity"})
"""Profiles of Quantity that R4's table of types holds."""

ABSTRACT = frozenset({"Resource", "DomainResource"})

KINDS = {"resource": "resource", "primitive": "primitive-type"}


def check_structure_definition(value: dict[str, Any], scope: Scope) -> Found:
    """Return what keeps a profile from being one."""
    from adapter.fhir.differential import is_profile

    if not is_profile(value):
        return None
    found = [*_about_type(value), *_bindings(value, scope), *_profiles(value, scope)]
    places = {text(element, "id") or text(element, "path"): step for step, element in _elements(value)}
    for flaw in _flaws(value, scope):
        step = places.get(flaw.element, ".differential" if "differential" in value else "")
        found.append(error("business-rule", f"{flaw.element}: {flaw.why}.", "profile-element", step))
    return found or None


def _elements(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for step, element in each(part(value, "differential"), "element"):
        yield f".differential{step}", element


def _about_type(value: dict[str, Any]) -> Iterator[Finding]:
    """Judge kind and context by the type that is constrained."""
    type_name, stated = text(value, "type"), text(value, "kind")
    if type_name is None or not is_type(type_name):
        return
    right = KINDS.get(kind(type_name), "complex-type")
    if stated is not None and stated != right:
        told = f"{type_name} is of kind {right}: a profile has the kind of what it constrains."
        yield error("business-rule", told, "profile-kind", ".kind")
    if "context" in value and type_name != "Extension":
        told = f"A profile of {type_name} has no context: extensions have one."
        yield error("business-rule", told, "profile-context", ".context[0]")


def _bindings(value: dict[str, Any], scope: Scope) -> Iterator[Finding]:
    terminology = scope.judge.definitions.terminology
    for step, element in _elements(value):
        url = text(part(element, "binding"), "valueSet")
        if url is not None and terminology.is_system(url.partition("|")[0]):
            told = f"{url[:80]} is a code system: a binding names a value set."
            yield error("business-rule", told, "profile-binding", f"{step}.binding.valueSet")


def _profiles(value: dict[str, Any], scope: Scope) -> Iterator[Finding]:
    """A profile of a type is one of that type, or an element of any; a target is a resource."""
    for step, element in _elements(value):
        for place, stated in each(element, "type"):
            code = text(stated, "code")
            for key, url, at in _named(stated):
                of = None if "#" in url else _type_of(url, scope)
                if of is not None and not (_is_target(of) if key == "targetProfile" else _is_of(of, code)):
                    told = f"{url[:120]} is of the type {of}, which the type {code} stated here is not about."
                    yield error("business-rule", told, "profile-element", f"{step}{place}{at}")


def _is_target(of: str) -> bool:
    return of in ABSTRACT or is_resource(of)


def _is_of(of: str, code: str | None) -> bool:
    """Tell whether a profile of one type may be that of a type that is stated: any resource's of a Resource."""
    return code == of or (code == "Quantity" and of in PROFILED) or (code in ABSTRACT and code in bases(of))


def _named(stated: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the key, url and place of the profiles that a type names; of an element within one, with # and its id."""
    from adapter.fhir.differential import profiles

    for key in ("profile", "targetProfile"):
        held = stated.get(key)
        for number, url in enumerate(profiles(held, stated.get(f"_{key}")) if type(held) is list else ()):
            if type(url) is str:
                yield key, url, f".{key}[{number}]"


def _type_of(url: str, scope: Scope) -> str | None:
    """Return the type that a canonical of R4 or of a loaded profile speaks of; None where it is not at hand."""
    from adapter.fhir.conformance import type_named

    named = type_named(url)
    if named is not None:
        return named
    known = scope.judge.definitions.profile(url)
    return None if known is None else known.type


def _flaws(value: dict[str, Any], scope: Scope) -> list[Flaw]:
    """Return what the loader of packages would say of the elements; nothing where the base is not at hand."""
    from adapter.fhir import definition_shape, differential, element_flaws, profile
    from adapter.fhir.conformance import type_named

    definitions = scope.judge.definitions
    if definition_shape.why_not(value) is not None or "differential" not in value or not is_type(value["type"]):
        return []
    base, on = value["baseDefinition"], type_named(value["baseDefinition"])
    rows = definitions.chain(base) if on is None else []
    if rows is None:
        return []
    named = rows[-1]["type"] if rows else on
    if named != value["type"]:
        return [profile.Flaw(value["type"], f"the base {base} is of type {named}")]
    return profile.flaws([*rows, differential.row(value, "differential")], element_flaws.flaws)
