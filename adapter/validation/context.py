"""Where an extension may stand, as far as only the resource decides: FHIRPath, extensions around it, profiles, rules.

What the path alone decides extension.py has judged. Only resources that hold such extensions pay: they are gone
through once, to find the elements that hold them. Source: R4, StructureDefinition.context and contextInvariant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapter.fhir.constraints import Profile
from adapter.fhir.definitions import Field, fields, is_primitive, is_type
from adapter.fhir.fhirpath import Env, EvaluationError, FhirPathError, Typed, Undecided, compile_expression
from adapter.validation.finding import Finding, Found, error, note
from adapter.validation.scope import Scope

_SLICE = re.compile(r":[^.]*", re.ASCII)

Held: TypeAlias = tuple[dict[str, Any], Profile, bool]
"""An extension, its definition, and whether what the path alone decides has not allowed it yet."""

Matched: TypeAlias = dict[str, frozenset[int]]

RESOURCES = ("Resource", "DomainResource")
EXTENSIONS = ("extension", "modifierExtension")


@dataclass(frozen=True, slots=True)
class Holder:
    """An element that may hold extensions: `focus` as FHIRPath sees it, `holds` the object that they are in."""

    focus: Any
    holds: dict[str, Any]
    type: str
    path: str  # as definitions name it: 'Patient.name'
    step: str  # FHIRPath from the resource on: '.name[0]'


def is_told_by_resource(context: tuple[str, str]) -> bool:
    """Tell a context that only the resource decides: a FHIRPath, an extension around it, an element of a profile."""
    kind, expression = context
    return kind in ("fhirpath", "extension") or (kind == "element" and "#" in expression)


def check_contexts(resource: dict[str, Any], scope: Scope) -> Found:
    """Judge the extensions that were set aside while the resource was judged."""
    if scope.held is None:
        return None
    held: dict[int, Held] = {}
    for extension, profile, is_open in scope.held:  # judged more than once where profiles are alternatives
        before = held.get(id(extension))
        held[id(extension)] = extension, profile, is_open and (before is None or before[2])
    matched: Matched = {}
    found: list[Finding] = []
    type_ = resource["resourceType"]
    for holder in _holders(Holder(resource, resource, type_, type_, "")):
        for key in EXTENSIONS:
            entries = holder.holds.get(key)
            for place, each in enumerate(entries if isinstance(entries, list) else ()):
                if id(each) in held:
                    wrong = _judged(held[id(each)], holder, scope, matched)
                    found += [_at(finding, f"{holder.step}.{key}[{place}]") for finding in wrong]
    return found or None


def _at(finding: Finding, step: str) -> Finding:
    finding.steps.append(step)
    return finding


def _holders(holder: Holder) -> Iterator[Holder]:
    """Yield an element and every one below it; resources within it are judged by themselves."""
    yield holder
    known = fields(holder.type) if is_type(holder.type) else {}
    for key, content in holder.holds.items():
        field = known.get(key.removeprefix("_"))
        if field is None or field.type in RESOURCES:
            continue
        for place, each in enumerate(content if isinstance(content, list) else [content]):
            if isinstance(each, dict):
                yield from _holders(_inner(holder, field, each, place))


def _inner(holder: Holder, field: Field, each: dict[str, Any], place: int) -> Holder:
    """Return one value of an element; of a primitive, `each` is what stands beside it."""
    value = holder.holds.get(field.key)
    if isinstance(value, list):
        value = value[place] if place < len(value) else None
    return Holder(
        Typed(value, field.type, each) if is_primitive(field.type) else each,
        each,
        field.type,
        field.type if "." in field.type else f"{holder.path}.{field.element}",
        f"{holder.step}{_named(field)}{f'[{place}]' if field.many else ''}",
    )


def _named(field: Field) -> str:
    if field.element == field.key:
        return f".{field.key}"
    return f".{field.element[:-3]}.ofType({field.type})"


def _judged(held: Held, holder: Holder, scope: Scope, matched: Matched) -> Iterator[Finding]:
    extension, profile, is_open = held
    try:
        contexts = sorted(profile.contexts, key=_names_slice)
        if is_open and not any(_matches(each, holder, scope, matched) for each in contexts):
            allowed = ", ".join(expression for _, expression in profile.contexts)
            text = f"{profile.url} may stand in {allowed}, not in this {holder.path}."
            yield error("extension", text, "extension-context", "", profile.url)
        for rule in profile.context_invariants:
            if not compile_expression(rule, holder.type).holds(holder.focus, _env(scope, extension)):
                text = f"{profile.url} may not stand here: {rule} does not hold of this {holder.path}."
                yield error("extension", text, "extension-context", "", profile.url)
    except (EvaluationError, FhirPathError) as reason:
        text = f"Whether {profile.url} may stand here was not judged: {reason}."
        yield note("not-supported", text, "extension-context")


def _matches(context: tuple[str, str], holder: Holder, scope: Scope, matched: Matched) -> bool:
    kind, expression = context
    if not is_told_by_resource(context):
        return False
    if kind == "extension":
        return holder.type == "Extension" and holder.holds.get("url") == expression
    if kind == "element":
        return _is_of_profile(expression, holder, scope)
    if expression not in matched:
        matched[expression] = _selected(expression, scope)
    return id(holder.holds) in matched[expression]


def _selected(expression: str, scope: Scope) -> frozenset[int]:
    """Return what an expression selects in the resource, by the identity of what may hold extensions."""
    found = compile_expression(expression, scope.resource["resourceType"]).evaluate(scope.resource, _env(scope))
    return frozenset(id(_holding(each)) for each in found)


def _holding(item: Any) -> Any:
    if not isinstance(item, Typed):
        return item
    return item.value if item.twin is None else item.twin


def _names_slice(context: tuple[str, str]) -> bool:
    """Tell a context which is a slice of a profile: asked last, for it is not told here which entries are of one."""
    return context[0] == "element" and ":" in context[1].partition("#")[2]


def _is_of_profile(expression: str, holder: Holder, scope: Scope) -> bool:
    """Tell whether the element is the one that an id names in a profile which the resource is held to."""
    url, _, identity = expression.partition("#")
    known = [scope.judge.definitions.profile(each) for each in scope.profiles]
    applied = {name for each in known if each is not None for name in (each.url, *each.bases)}
    if url.partition("|")[0] not in applied or _SLICE.sub("", identity) != holder.path:
        return False
    if ":" in identity:
        raise Undecided(f"it may where this is {identity}")
    return True


def _env(scope: Scope, extension: Any = None) -> Env:
    asked = (scope.resource, scope.root, scope.resolve, scope.member_of, scope.conforms_to, scope.html_ok)
    return Env(*asked, extension=extension)
