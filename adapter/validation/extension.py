"""Extensions: known ones as their definitions say, where they may stand; unknown ones with a note.

A modifier extension that is not known changes the meaning in a way nobody here can follow: refused. Source:
http://hl7.org/fhir/R4/extensibility.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.fhir.conformance import type_named
from adapter.fhir.constraints import Constraints, Profile
from adapter.fhir.definitions import bases, fields, is_type, kind
from adapter.fhir.kept import Kept
from adapter.validation.context import is_told_by_resource
from adapter.validation.finding import Check, Finding, Found, error, note

if TYPE_CHECKING:
    from adapter.validation.element import Element
    from adapter.validation.plan import Plans
    from adapter.validation.scope import Scope

KEPT = 200
"""Urls of which the check is kept, at each place."""


def check_of(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> Check:
    """Return the check of one entry of `extension` or `modifierExtension`."""
    checks: Kept[str, Check] = Kept(KEPT)

    def check(value: Any, scope: Scope) -> Found:
        url = value.get("url") if type(value) is dict else None
        if type(url) is not str:
            return _any(plans, element, stated)(value, scope)
        known = checks.get(url)
        if known is None:
            known = _by_url(plans, element, stated, url)
            checks.keep(url, known)
        return known(value, scope)

    return check


def _any(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> Check:
    from adapter.validation.plan import Kind

    return plans.check_of(Kind("Extension", element.path, stated))


def _by_url(plans: Plans, element: Element, stated: tuple[Constraints, ...], url: str) -> Check:
    """The check of extensions with one url: their shape, and what the url itself decides."""
    modifier, nested = element.field.key == "modifierExtension", element.kind.type == "Extension"
    if nested and ":" not in url:
        return _with(_any(plans, element, stated), _no_part(element, url))
    profile = plans.extension(url)
    if profile is None:
        return _with(_any(plans, element, stated), _unknown(plans, url, modifier=modifier))
    stated = tuple(plans.grafted(one, (profile.root,) if _is_of(one, profile) else ()) for one in stated)
    roots = (*stated, *(() if profile.root in stated else (profile.root,)))
    check = _with(_any(plans, element, roots), _misplaced(profile, element, modifier=modifier))
    return _set_aside(check, profile, is_open=not _stands_right(profile, element))


def _is_of(stated: Constraints, profile: Profile) -> bool:
    """Tell whether what is stated speaks of extensions of this profile."""
    return any(url.partition("|")[0] == profile.url for each in stated.types for url in each.profiles)


def _no_part(element: Element, url: str) -> Finding | None:
    """Return the error of a relative url that is none of the parts which the extension around it defines.

    Where that is closed, its slices say so already.
    """
    urls = [
        part.children["url"].fixed for one in element.stated for part in one.slices.values() if "url" in part.children
    ]
    closed = any(one.slicing is not None and one.slicing.rules == "closed" for one in element.stated)
    if not urls or url in urls or closed:
        return None
    text = f"{url[:200]!r} is no part of this extension: {', '.join(map(str, urls))}."
    return error("extension", text, "unknown-extension", ".url")


def _with(check: Check, finding: Finding | None) -> Check:
    if finding is None:
        return check
    return lambda value, scope: [finding.again(), *(check(value, scope) or ())]


def _set_aside(check: Check, profile: Profile, *, is_open: bool) -> Check:
    """Return a check that leaves to context.py what the whole resource decides about the extension's place."""
    asked = is_open and any(map(is_told_by_resource, profile.contexts))
    if not (asked or profile.context_invariants):
        return check

    def checked(value: Any, scope: Scope) -> Found:
        if scope.held is None:
            scope.held = []
        scope.held.append((value, profile, asked))
        return check(value, scope)

    return checked


def _unknown(plans: Plans, url: str, *, modifier: bool) -> Finding:
    if modifier:
        text = f"The modifier extension {url[:200]} is not known here: it may change the meaning of all around it."
        return error("extension", text, "unknown-modifier", ".url")
    if ":" not in url:
        return error("extension", f"An extension's url is absolute, {url[:200]!r} is not.", "extension-url", ".url")
    plain = url.partition("|")[0]
    if plain != url and plans.extension(plain) is not None:
        return error("extension", f"An extension's url has no version: write {plain[:200]}.", "extension-url", ".url")
    if plans.validator.definitions.own(url):
        text = f"{url[:200]} is of a package that is loaded, and not defined in it: check how it is written."
        return error("extension", text, "unknown-extension", ".url")
    return note(
        "informational", f"The extension {url[:200]} is not known here: its content is not judged.", "unknown-extension"
    )


def _misplaced(profile: Profile, element: Element, *, modifier: bool) -> Finding | None:
    if profile.modifier != modifier:
        right = "modifierExtension" if profile.modifier else "extension"
        return error("extension", f"{profile.url} belongs into {right}.", "extension-kind", ".url")
    if _stands_right(profile, element) or any(map(is_told_by_resource, profile.contexts)):
        return None
    allowed = ", ".join(expression for _, expression in profile.contexts)
    text = f"{profile.url} may stand in {allowed}, not in {element.kind.path}."
    return error("extension", text, "extension-context", ".url", profile.url)


def _stands_right(profile: Profile, element: Element) -> bool:
    """Tell whether one of the contexts is where the extension stands, as far as the path decides."""
    contexts = profile.contexts
    places = _places(element.kind.path, element.kind.type)
    if not contexts:
        return True
    return any(how == "element" and _of_core(expression) in places for how, expression in contexts)


def _of_core(expression: str) -> str:
    """Return an element's id without the url of R4's own type before it, which says the same."""
    url, _, identity = expression.partition("#")
    return identity if identity and type_named(url) is not None else expression


def _places(path: str, type_name: str) -> set[str]:
    """The names by which the place of an extension may be called: its path, its type, and what that is made from."""
    found = {*_paths(path), type_name, "Element"}  # any element, a resource too: so published extensions mean it
    if kind(type_name) == "resource":
        canonical = {"url", "status"} <= fields(type_name).keys()
        found.update(("Resource", "CanonicalResource") if canonical else ("Resource",))
    if path.endswith("[x]"):
        found.add(f"{path[:-3]}{type_name[:1].upper()}{type_name[1:]}")
    if is_type(type_name):
        found.update(bases(type_name))
    return found | {place.replace("[x]", "") for place in found}


def _paths(path: str) -> list[str]:
    """Return a path as its resource sees it, and each data type on the way: Patient.name.family, HumanName.family."""
    first, *steps = path.split(".")
    found, type_name = [first], first
    for step in steps:
        field = fields(type_name).get(step) if is_type(type_name) else None
        type_name = "" if field is None else field.type
        found = [*(f"{each}.{step}" for each in found), type_name]
    return found
