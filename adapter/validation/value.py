"""The check of one value of an element: its type's own check, then what bindings, references and profiles ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.fhir import primitive
from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import Field, bases, fields, is_primitive, is_resource
from adapter.validation import codes, extension, fixed, reference
from adapter.validation.alternatives import any_profile, as_here, as_resource, refused_type
from adapter.validation.finding import Check, Found, error, warning
from adapter.validation.invariant import Rule, ruled, rules_at
from adapter.validation.memory import remembering
from adapter.validation.narrative import check_narrative

if TYPE_CHECKING:
    from adapter.validation.element import Element
    from adapter.validation.plan import Plans
    from adapter.validation.scope import Scope

RESOURCES = frozenset({"Resource", "DomainResource"})

EACH_ANOTHER = RESOURCES | {"Annotation", "Attachment", "Identifier", "Narrative", "Period", "Signature"}
"""Types whose values do not repeat themselves; those that hold resources do not either."""

CORE = "http://hl7.org/fhir/StructureDefinition/"
TEXTS = frozenset({"string", "markdown"})
BLANKS = "Blanks alone say nothing, and XML may trim them away: leave the element out."


def check_of(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> Check:
    """Return the check of one value under what is stated; made once for each element and combination."""
    key = (element.kind.identity, element.field.key, tuple(map(id, stated)))
    check = plans.values.get(key)
    if check is None:
        check = _in_turn(tuple(_checks(plans, element, stated)))
        if _comes_again(element.field) or (is_primitive(element.field.type) and _element_rules(element, stated)):
            check = remembering(check, plans.memories)
        check = _in_turn((check, *_target_checks(plans, element, stated)))
        plans.keep(key, check)
    return check


def _comes_again(field: Field) -> bool:
    """Tell whether values of an element repeat themselves, as far as its type tells that."""
    if field.type in EACH_ANOTHER or is_primitive(field.type):
        return False
    return not any(each.type in RESOURCES for each in fields(field.type).values())


def _checks(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> list[Check]:
    field = element.field
    if is_primitive(field.type):
        stated += _roots(plans, stated, field.type)
    checks = [_primitive(plans, element) if is_primitive(field.type) else _typed(plans, element, stated)]
    checks += codes.checks_of(plans, element, stated)
    checks += [each for one in stated for each in fixed.checks_of(one, field.type)]
    checks += _element_rules(element, stated)
    if field.type == "Reference":
        checks.append(_reference_check(plans, element, stated))
    checks += _allowed_types(plans, element, stated)
    checks += _unknown_profiles(plans, element, stated)
    return checks


def _in_turn(checks: tuple[Check, ...]) -> Check:
    if len(checks) == 1:
        return checks[0]
    first, rest = checks[0], checks[1:]

    def check(value: Any, scope: Scope) -> Found:
        found = first(value, scope)
        if found is not None and any(each.code in ("structure", "value") and not each.steps for each in found):
            return found  # of the wrong type: what follows may take the type for granted
        for each in rest:
            wrong = each(value, scope)
            if wrong is not None:
                found = wrong if found is None else [*found, *wrong]
        return found

    return check


def _primitive(plans: Plans, element: Element) -> Check:
    """The format of a primitive; where R4 lists its codes, membership of the list says it all."""
    field = element.field
    if field.type == "xhtml":
        return check_narrative
    judge = primitive.judge_of(field.type)
    if field.type == "code" and field.codes is not None:
        return codes.listed(field.codes, judge, field.binding or "")

    def check(value: Any, scope: Scope) -> Found:
        expected = judge(value)
        if expected is None:
            return None
        if value is None:
            return [error("structure", "null stands for nothing here: leave the element out.", "null")]
        if field.type in TEXTS and type(value) is str and value.isspace() and judge(f"x{value}") is None:
            return [warning("invalid", BLANKS, "format")]  # "SHOULD always contain non-whitespace content"
        key = "type" if isinstance(value, list | dict) else "format"
        return [error("value", f"{expected[0].upper()}{expected[1:]}.", key)]

    return check


def _typed(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> Check:
    """The check of an object: of the type's fields under these overlays, and those of the type's own profiles."""
    from adapter.validation.plan import Kind

    field = element.field
    if field.type in RESOURCES:
        return _resource(plans, element, stated)
    if field.type == "Extension":
        return extension.check_of(plans, element, stated)
    more = () if field.profile is None else (f"{CORE}{field.profile}",)  # SimpleQuantity
    stated = tuple(plans.grafted(one, _roots(plans, (one,), field.type)) for one in stated)
    roots = _roots(plans, stated, field.type, more)
    path = field.type if "." in field.type else element.path
    return plans.check_of(Kind(field.type, path, stated + roots))


def _roots(
    plans: Plans, stated: tuple[Constraints, ...], type_name: str, more: tuple[str, ...] = ()
) -> tuple[Constraints, ...]:
    """Return what the profiles state that values of a type have."""
    urls = [url for one in stated for url in _only_profile(one, type_name)]
    profiled = [plans.element_profile(url) for url in dict.fromkeys((*urls, *more))]
    return tuple(profile.root for profile in profiled if profile is not None)


def _only_profile(stated: Constraints, type_name: str) -> tuple[str, ...]:
    """The profile that values of a type have, where there is just one; of several any will do, see _allowed_types."""
    found = [each.profiles for each in stated.types if each.code == type_name and each.profiles]
    return found[0] if len(found) == 1 and len(found[0]) == 1 else ()


def _resource(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> Check:
    check = resource_check(plans, element, stated)
    return lambda value, scope: check(value, scope, None)


ResourceCheck = Callable[[Any, "Scope", str | None], Found]
"""Judges a resource inside another one, which may be an entry with a fullUrl."""


def resource_check(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> ResourceCheck:
    """Return the check of a resource inside another: of the types that profiles allow there, held to theirs.

    What is stated of the element that holds it is said from outside: there %resource is the resource around.
    """
    within, contained = plans.validator.check_within, element.field.key == "contained"
    rules = tuple(rules_at("", "Resource", stated))
    typed = bool(rules) or any(each.types for each in stated)
    stated = tuple(replace(each, invariants=()) if each.invariants else each for each in stated)
    known: dict[str, tuple[tuple[str, ...], Check | None]] = {}

    def check(value: Any, scope: Scope, full_url: str | None) -> Found:
        name = value.get("resourceType") if typed and type(value) is dict else None
        if type(name) is not str or not is_resource(name):
            return within(value, scope, contained, (), stated, full_url)
        if name not in known:
            known[name] = _asked(name, stated)
        profiles, more = known[name]
        found = ruled(value, scope, rules, within(value, scope, contained, profiles, stated, full_url))
        wrong = None if more is None else more(value, scope)
        return found if wrong is None else [*(found or ()), *wrong]

    return check


def _asked(name: str, stated: tuple[Constraints, ...]) -> tuple[tuple[str, ...], Check | None]:
    """Return the profiles of a type of resource where it stands, and the check of what else is asked there."""
    profiles: list[str] = []
    checks: list[Check] = []
    for one in (each for each in stated if each.types):
        fitting = [each.profiles for each in one.types if each.code in (name, *bases(name))]
        urls = dict.fromkeys(url for each in fitting for url in each)
        if not fitting:
            checks.append(refused_type(name, {each.code for each in one.types}, one))
        elif not all(fitting):
            continue  # types are alternatives, and one of them asks for nothing more
        elif len(urls) == 1:
            profiles += urls
        else:
            checks.append(any_profile(tuple(urls), one, as_resource))
    return tuple(profiles), _in_turn(tuple(checks)) if checks else None


def about_primitive(plans: Plans, element: Element) -> Check:
    """Return the check of the object beside a primitive: its id and extensions."""
    from adapter.validation.plan import Kind

    stated = tuple(replace(each, invariants=()) for each in element.stated)  # those are of the value
    return plans.check_of(Kind(element.field.type, element.path, stated))


def _reference_check(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> Check:
    """Return the check of a Reference as it is written: R4's targets, narrowed by those of the profiles."""
    targets = [set(element.field.targets)] if element.field.targets else []
    for asked in _targets(stated):
        types = {plans.type_of(url) for url in asked}
        if None not in types:
            targets.append({name for name in types if name is not None})
    allowed = tuple(sorted(set.intersection(*targets))) if targets else ()
    allowed = () if "Resource" in allowed else allowed
    return lambda value, scope: reference.check_reference(value, scope, allowed)


def _targets(stated: tuple[Constraints, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the targets that each profile asks of a reference."""
    for one in stated:
        asked = tuple(target for each in one.types if each.code == "Reference" for target in each.targets)
        if asked:
            yield asked


def _target_checks(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> list[Check]:
    """Return the check of what a Reference leads to, where profiles ask something of that and it is at hand."""
    if element.field.type != "Reference":
        return []
    profiles = [asked for asked in _targets(stated) if any(plans.profile(url) is not None for url in asked)]
    return [lambda value, scope: plans.validator.check_target(value, scope, profiles)] if profiles else []


def _element_rules(element: Element, stated: tuple[Constraints, ...]) -> list[Check]:
    """R4's invariants that stand at the element (a backbone's are its type's); at a primitive those of profiles too."""
    type_name = element.field.type
    own = "" if "." in type_name or type_name == "xhtml" else element.field.path
    rules = tuple(rules_at(own, type_name, stated if is_primitive(type_name) else ()))
    return [_rule_check(rules)] if rules else []


def _rule_check(rules: tuple[Rule, ...]) -> Check:
    return lambda value, scope: ruled(value, scope, rules, None)


def _allowed_types(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> list[Check]:
    """Refuse a type of a choice that a profile leaves out; hold a value to one of several profiles of its type."""
    checks: list[Check] = []
    for one in stated:
        names = {each.code for each in one.types}
        if names and element.field.type not in names | {"Resource"} and element.field.type not in RESOURCES:
            checks.append(refused_type(element.field.type, names, one))
        several = [each.profiles for each in one.types if each.code == element.field.type and len(each.profiles) > 1]
        if several and element.field.type not in RESOURCES:
            checks.append(any_profile(several[0], one, as_here(plans, element)))
    return checks


def _unknown_profiles(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> list[Check]:
    """Return what tells of a type's profiles that are not known, so that a value cannot be held to them."""
    if element.field.type == "Extension":
        return []  # an extension tells so itself
    asked = [(each, one) for one in stated for each in one.types if each.code == element.field.type and each.profiles]
    unknown = [(each, one) for each, one in asked if not any(plans.type_of(url) for url in each.profiles)]
    return [_untold(" or ".join(each.profiles), one) for each, one in unknown]


def _untold(urls: str, stated: Constraints) -> Check:
    text = f"The profile {urls}, which {stated.profile} asks of this, is not known here: it was not held to it."
    return lambda value, scope: [warning("not-found", text, "unknown-profile", "", stated.profile)]
